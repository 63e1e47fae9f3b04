import { nextCopyId } from '../../schema/ids.ts';
import { copyObjects, moveObjects, MOST_PASTED, type Pasted } from '../../schema/endpoints/clipboard.ts';
import { visible } from '../../schema/invisible.ts';
import { isWithin } from '../../schema/paths.ts';
import { invalidAt } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { Call, ChangingCall } from '../publisher/call.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { idProblem } from './checks.ts';
import { SEE } from './describe.ts';
import { followTo, together, type Followed } from './links.ts';
import { requirePermission, installed } from './object.ts';
import { nameChanges, Services } from './services.ts';

/** What a type that is not installed asks of whoever adds it is not known: this is asked of whoever looks after a folder. */
const ADD_UNKNOWN = 'Delete objects';

const copy = method(copyObjects, {
  permission: SEE,
  async run(call) {
    const { object: folder, body, tree } = call;
    const items: Pasted[] = [];
    let count = 0;
    let leftOut = 0;
    const objects = await objectsAt(body.paths, call);
    const services = await Services.before(objects, [folder]);
    for (const [index, object] of objects.entries()) {
      const copied = [object, ...(await tree.inside(object, MOST_PASTED))];
      count += copied.length;
      if (count > MOST_PASTED) refuseTooMany('copied');
      const id = await idOfCopy(object, folder);
      const problem = fixedProblem(object) ?? (await keptIdProblem(id, object, folder));
      if (problem !== undefined) refuse(index, `'${object.path}' cannot be copied to '${folder.path}': ${problem}`);
      const copies = await copyTree(copied, id, call);
      items.push({ from: object.path, path: copies[0]!.path });
      leftOut += copied.length - copies.length;
    }
    call.describe(wordsFor('Copied', items, folder));
    return { items, leftOut, services: nameChanges(await services.changes(), call) };
  },
});

const move = method(moveObjects, {
  permission: SEE,
  async run(call) {
    const { object: folder, body, tree } = call;
    const objects = await objectsAt(body.paths, call);
    const moving = new Set(objects);
    const items: Pasted[] = [];
    const followed: Followed[] = [];
    const parents = objects.flatMap(({ parent }) => parent ?? []);
    const services = await Services.before(objects, [...parents, folder, ...objects]);
    for (const [index, object] of objects.entries()) {
      const from = object.path;
      const problem = placeProblem(object, folder, moving) ?? (await keptIdProblem(object.id, object, folder));
      if (problem !== undefined) refuse(index, `'${from}' cannot be moved to '${folder.path}': ${problem}`);
      if (object.parent !== null) requirePermission(call, 'Delete objects', object.parent);
      requirePermission(call, addPermission(object), folder);
      tree.change(object, { folder });
      followed.push(await followTo(object, from, call, body.updateLinks ?? true));
      items.push({ from, path: object.path });
    }
    call.describe(wordsFor('Moved', items, folder));
    return { items, ...together(followed), services: nameChanges(await services.changes(), call) };
  },
});

/** Copying and moving objects into a folder, from wherever they are. */
export const clipboardViews = viewsOn('folder', copy, move);

/** The objects to be put into the folder, in the order of their paths in the body. */
async function objectsAt(paths: readonly string[], call: Call): Promise<readonly TreeObject[]> {
  installed(call.object);
  if (paths.length === 0) refuseAll('No items specified. Name the paths of objects.');
  if (paths.length > MOST_PASTED) refuseTooMany('named');
  const objects: TreeObject[] = [];
  for (const [index, path] of paths.entries()) {
    const object = await call.tree.find(path);
    if (object === undefined || !call.may(SEE, object))
      return refuse(index, `There is no object at '${visible(path)}'.`);
    if (objects.includes(object)) refuse(index, `'${path}' is named twice.`);
    objects.push(object);
  }
  return objects;
}

/** Copies a tree, its top first, under a new id; without what the caller may not see, and without what is in that. */
async function copyTree(tree: readonly TreeObject[], id: string, call: ChangingCall): Promise<readonly TreeObject[]> {
  const copies = new Map<TreeObject | null, TreeObject>();
  for (const object of tree) {
    const isTop = object === tree[0];
    const into = isTop ? call.object : copies.get(object.parent);
    if (into === undefined || !call.may(SEE, object)) continue;
    requirePermission(call, addPermission(object), into);
    copies.set(object, await call.tree.copy(object, into, isTop ? id : object.id));
  }
  return [...copies.values()];
}

/** The object's own id, or copy_of_ and so on where the folder has one of that id already. */
async function idOfCopy({ id, definition }: TreeObject, folder: TreeObject): Promise<string> {
  const isFree = async (wanted: string) => (await folder.tree.findChild(folder, wanted)) === undefined;
  let free = id;
  while (definition?.fixedId === undefined && !(await isFree(free))) free = nextCopyId(free);
  return free;
}

/** Why an object cannot be moved to a folder, whoever asks. */
function placeProblem(object: TreeObject, folder: TreeObject, moving: ReadonlySet<TreeObject>): string | undefined {
  for (let around = object.parent; around !== null; around = around.parent) {
    if (moving.has(around)) return `It is in '${around.path}', which is to be moved as well.`;
  }
  if (isWithin(folder.path, object.path)) return 'This object cannot be pasted into itself.';
  if (object.parent === folder) return 'It is there already.';
  if (!object.tree.isKeptBelow(object, folder)) {
    return 'What a temporary folder contains is kept in memory, and everything else on disk. Copy it, and delete the original.';
  }
  return fixedProblem(object);
}

function fixedProblem(object: TreeObject): string | undefined {
  if (object.parent === null) return 'It is the root.';
  return object.definition?.isEssential === true ? 'This server needs it where it is, and once.' : undefined;
}

/** Why the folder cannot take an id that comes with its object. */
function keptIdProblem(id: string, { definition }: TreeObject, folder: TreeObject): Promise<string | undefined> {
  return idProblem(folder, id, definition, { isKept: true });
}

function addPermission({ definition }: TreeObject): string {
  return definition?.addPermission ?? ADD_UNKNOWN;
}

function refuse(index: number, detail: string): never {
  throw invalidAt(`/paths/${index}`, detail);
}

function refuseTooMany(done: string): never {
  return refuseAll(`At most ${MOST_PASTED} objects can be ${done} at once, with what is in them. Choose fewer.`);
}

function refuseAll(detail: string): never {
  throw invalidAt('/paths', detail);
}

function wordsFor(done: string, items: readonly Pasted[], folder: TreeObject): string {
  const [only, another] = items;
  if (only === undefined || another !== undefined) return `${done} ${items.length} objects to ${folder.path}`;
  return `${done} ${only.from} to ${only.path}`;
}
