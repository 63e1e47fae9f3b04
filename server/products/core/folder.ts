import { defineType } from '../../objects/types.ts';
import { answer } from '../../publisher/answer.ts';
import { method, type Method } from '../../publisher/views.ts';
import { NotFound } from '../../base/errors.ts';

/** What a visitor of a folder gets: its `index_html`. */
const index = method({
  http: 'GET',
  permission: 'View',
  summary: 'The folder’s index_html.',
  async run(call) {
    call.reads.listing(call.object);
    const page = await call.connection.findChild(call.object, 'index_html');
    const view = page?.definition?.view as Method | undefined;
    if (page === undefined || view === undefined || !call.may(view.permission, page)) {
      throw new NotFound(`There is nothing at '${call.object.path}'.`);
    }
    return answer({ ...call, object: page }, view);
  },
});

export const folder = defineType({
  type: 'Folder',
  description: 'Holds other objects',
  icon: 'folder',
  group: 'Folders',
  suggestedId: 'folder',
  addPermission: 'Add Folders',
  contains: 'objects',
  properties: {},
  view: index,
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
  view: index,
});
