import { defineType } from '../../objects/types.ts';
import { invokeCached } from '../../publisher/invoke-cached.ts';
import type { Call } from '../../publisher/call.ts';
import { method, visitsOf } from '../../publisher/views.ts';
import { PLACE } from './page-locale.ts';
import { MethodNotAllowed, NotFound } from '../../base/errors.ts';

/** What a visitor of a folder gets: its `index_html`, which also takes the forms that are sent to the folder. */
const index = [
  method({
    http: 'GET',
    permission: 'View',
    summary: 'The folder’s index_html.',
    run: (call) => visitIndex(call, 'GET'),
  }),
  method({ http: 'POST', permission: 'View', summary: 'A form for it.', run: (call) => visitIndex(call, 'POST') }),
];

async function visitIndex(call: Call, http: 'GET' | 'POST'): Promise<unknown> {
  call.reads.listing(call.object);
  const page = await call.tree.findChild(call.object, 'index_html');
  const visits = visitsOf(page).filter(({ permission }) => page !== undefined && call.may(permission, page));
  if (page === undefined || visits.length === 0) throw new NotFound(`There is nothing at '${call.object.path}'.`);
  const visit = visits.find((each) => each.http === http);
  if (visit === undefined) throw new MethodNotAllowed(http, ['GET', 'HEAD']);
  return invokeCached({ ...call, object: page }, visit);
}

export const folder = defineType({
  type: 'Folder',
  description: 'Holds other objects',
  icon: 'folder',
  group: 'Folders',
  suggestedId: 'folder',
  addPermission: 'Add Folders',
  contains: 'objects',
  properties: PLACE,
  publish: { view: index },
});

export const temporaryFolder = defineType({
  type: 'Temporary Folder',
  description: 'Contents vanish when the server restarts',
  icon: 'folder-clock',
  group: 'Folders',
  suggestedId: 'temp_folder',
  addPermission: 'Add Temporary Folders',
  contains: 'volatile',
  properties: {},
  publish: { view: index },
});
