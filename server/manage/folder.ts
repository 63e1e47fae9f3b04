import { composed } from '../../schema/composed.ts';
import { normaliseId } from '../../schema/ids.ts';
import { childPath } from '../../schema/paths.ts';
import { CHILD_PAGES, listChildren, listTypes, renameObject } from '../../schema/endpoints/objects.ts';
import { visible } from '../../schema/invisible.ts';
import { invalidAt } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { ChangingCall } from '../publisher/call.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { idProblem } from './checks.ts';
import { addableTypes, describeChild, describeObject, describeType } from './describe.ts';
import { chooseAgain, followTo, NOTHING_FOLLOWED, pagesOf, together, type Followed } from './links.ts';
import { pageQuery } from './page-query.ts';
import { nameChanges, Services } from './services.ts';

const BY_ID = { sort: 'id', order: 'asc', filter: '' } as const;

const children = method(listChildren, {
  permission: 'Access contents information',
  async run({ object, tree, request }) {
    const query = pageQuery(request.query, CHILD_PAGES);
    const at = request.query.get('at');
    const offset = at === null ? query.offset : await startOfPage(object, composed(at), query.limit);
    const page = await tree.children(object, { ...query, offset, ...(at !== null && BY_ID) });
    const [folder, ...items] = await Promise.all([object, ...page.objects].map(describeChild));
    return { total: page.total, offset, items, folder: folder! };
  },
});

const types = method(listTypes, {
  permission: 'View management screens',
  run: (call) => Promise.all(addableTypes(call.object, call).map((type) => describeType(type, call.tree))),
});

const rename = method(renameObject, {
  permission: 'Delete objects',
  async run(call) {
    const { object: folder, body } = call;
    const object = await childNamed(folder, body.from);
    const to = normaliseId(body.to);
    const problem =
      object.id === to ? undefined : (renameProblem(object) ?? (await idProblem(folder, to, object.definition)));
    if (problem !== undefined) throw invalidAt('/to', problem);
    const oldPath = object.path;
    const services = await Services.before([object], [folder]);
    const followed = await renameTo(object, to, call, body.updateLinks ?? true);
    const changes = await services.changes();
    call.describe(`Renamed ${oldPath} to ${to}`);
    return async () => ({
      ...(await describeObject(object, call)),
      ...followed,
      services: nameChanges(changes, call),
    });
  },
});

/** What a folder shows and does with what it contains. */
export const folderViews = viewsOn('folder', children, types, rename);

/** Of pages of so many: where the one begins that an id is on. */
async function startOfPage(folder: TreeObject, id: string, limit: number): Promise<number> {
  const place = await folder.tree.placeOf(folder, id);
  return limit === 0 ? place : place - (place % limit);
}

async function childNamed(folder: TreeObject, name: string): Promise<TreeObject> {
  const id = composed(name);
  const object = await folder.tree.findChild(folder, id);
  if (object !== undefined) return object;
  throw invalidAt('/from', `${visible(childPath(folder.path, id))} does not exist`);
}

/** Gives it the id, and takes along the paths that lead to it and the pages that know it by its id. */
async function renameTo(object: TreeObject, id: string, call: ChangingCall, takesAlong: boolean): Promise<Followed> {
  if (object.id === id) return NOTHING_FOLLOWED;
  const oldPath = object.path;
  const pages = takesAlong ? await pagesOf(object) : [];
  call.tree.change(object, { id });
  return together([await followTo(object, oldPath, call, takesAlong), chooseAgain(pages, object, call.tree, call)]);
}

function renameProblem(object: TreeObject): string | undefined {
  const fixed = object.definition?.fixedId;
  if (fixed === undefined && object.definition?.isEssential !== true) return undefined;
  return `Cannot rename a ${object.type.toLowerCase()}: it is found by its name.`;
}
