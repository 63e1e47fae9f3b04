import { listAssociations, changeAssociations, type AssociationItem } from '../../../schema/endpoints/caches.ts';
import { visible } from '../../../schema/invisible.ts';
import { Invalid, invalidAt } from '../../base/errors.ts';
import { listed } from '../../manage/describe.ts';
import { requirePermission } from '../../manage/object.ts';
import type { TreeObject } from '../../objects/object.ts';
import {
  CACHEABLE,
  CHANGE_CACHE_SETTINGS,
  chosenCacheManager,
  findCacheManager,
} from '../../publisher/invoke-cached.ts';
import type { Call } from '../../publisher/call.ts';
import { byView, method } from '../../publisher/views.ts';
import { associate } from './cache-tab.ts';

const PERMISSION = 'Change cache managers';
const MOST_ITEMS = 500;
const MOST_FOLDERS = 1000;

const list = method(listAssociations, {
  permission: PERMISSION,
  async run(call) {
    const { object: manager, request, tree } = call;
    const { types } = tree.database;
    const names = types.providing(CACHEABLE);
    const wanted = request.query.getAll('type');
    const sought = names.filter((type) => wanted.length === 0 || wanted.includes(type));
    const folder = manager.parent ?? manager;
    const found = await findBelow(folder, sought, request.query.get('deep') !== 'no');
    const visible = found.filter((object) => call.may('View management screens', object));
    const items = await Promise.all(visible.map((object) => itemFrom(call, object)));
    const shown = request.query.get('show') === 'associated' ? items.filter((item) => item.isAssociated) : items;
    return {
      types: names.map((type) => ({ type, icon: types.find(type)?.icon ?? '' })),
      folder: folder.path,
      items: shown.slice(0, MOST_ITEMS),
      hasMore: shown.length > MOST_ITEMS,
    };
  },
});

const change = method(changeAssociations, {
  permission: PERMISSION,
  async run(call) {
    const { object: manager, body } = call;
    const made = await eachOf(call, body.add, '/add', async (object) => {
      const isMade = associate(call, object, manager.id);
      const reached = await findCacheManager(object);
      if (reached?.oid !== manager.oid) throw new Invalid(`'${object.path}' does not find ${manager.path} upward.`);
      return isMade;
    });
    const removed = await eachOf(call, body.remove, '/remove', async (object) => {
      if ((await findCacheManager(object))?.oid !== manager.oid) return false;
      return associate(call, object, '');
    });
    const line = `${made} association(s) made, ${removed} removed.`;
    call.describe(`Changed what ${manager.path} keeps: ${line}`);
    return { line };
  },
});

export const associateMethods = byView(list, change);
export const associateTab = { id: 'associate', label: 'Associate', element: 'associate-tab' };

/** How many of the objects at these paths the step changed. */
async function eachOf(
  call: Call,
  paths: readonly string[],
  pointer: string,
  step: (object: TreeObject) => Promise<boolean>,
): Promise<number> {
  let count = 0;
  for (const [index, path] of paths.entries()) {
    const object = await call.tree.find(path);
    if (object?.doesProvide(CACHEABLE) !== true) {
      throw invalidAt(`${pointer}/${index}`, `There is nothing at '${visible(path)}' that a cache could keep.`);
    }
    requirePermission(call, CHANGE_CACHE_SETTINGS, object);
    if (await step(object)) count += 1;
  }
  return count;
}

/** Folders are gone through one after the other, so that a large site is looked at only in part and never all at once. */
async function findBelow(top: TreeObject, names: readonly string[], isDeep: boolean): Promise<readonly TreeObject[]> {
  const folderTypes = top.tree.database.types.all().filter(({ contains }) => contains !== undefined);
  const folderNames = folderTypes.map(({ type }) => type);
  const found: TreeObject[] = [];
  const folders = [top];
  for (let looked = 0; looked < Math.min(folders.length, MOST_FOLDERS) && found.length <= MOST_ITEMS; looked += 1) {
    const folder = folders[looked]!;
    found.push(...(await top.tree.childrenOfTypes(folder, names)));
    if (isDeep) folders.push(...(await top.tree.childrenOfTypes(folder, folderNames)));
  }
  return found;
}

async function itemFrom(call: Call, object: TreeObject): Promise<AssociationItem> {
  return {
    ...listed(object),
    manager: chosenCacheManager(object),
    isAssociated: (await findCacheManager(object))?.oid === call.object.oid,
    mayChange: call.may(CHANGE_CACHE_SETTINGS, object),
  };
}
