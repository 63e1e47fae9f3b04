import { capability } from '../objects/capability.ts';
import type { TreeObject } from '../objects/object.ts';
import type { Call } from './call.ts';
import { visitsOf, type Method } from './views.ts';

/** Stored beside an object's properties, and in no form: the id of its cache manager. */
export const CHOSEN_CACHE_MANAGER = '@cache_manager';

/** What choosing one asks of whoever does it. */
export const CHANGE_CACHE_SETTINGS = 'Change cache settings';

/** What a cache manager provides. A fault of its own never reaches the visitor: the answer is then made anew. */
export interface AnswerCache {
  /** What `render` answers to this call, or answered to another one like it, where that still holds. */
  answer(call: Call, render: Render): Promise<unknown>;
}

/** An object that keeps pages. */
export const CACHE_MANAGER = capability<AnswerCache>('cache.manager', 'a cache manager');

/** An object whose pages a cache manager may keep: its view says by `call.reads` what they are made from. */
export const CACHEABLE = capability<true>('cache.page', 'a page that can be kept');

export type Render = (call: Call) => Promise<unknown>;

/** What a method answers; where it is the view of an object with a cache manager, perhaps what it answered before. */
export async function invokeCached(call: Call, method: Method): Promise<unknown> {
  if (chosenCacheManager(call.object) === '') return method.call(call);
  const manager = await findCacheManager(call.object);
  if (manager === undefined || !visitsOf(call.object).includes(method)) return method.call(call);
  const cache = manager.provide(CACHE_MANAGER);
  return cache.answer(call, (recorded) => method.call(recorded));
}

/** The id of the cache manager that was chosen for an object; empty: none. */
export function chosenCacheManager({ state }: TreeObject): string {
  const id = state.properties[CHOSEN_CACHE_MANAGER];
  return typeof id === 'string' ? id : '';
}

/** The cache manager that was chosen for an object: the nearest of that id upward. */
export async function findCacheManager(object: TreeObject): Promise<TreeObject | undefined> {
  const id = chosenCacheManager(object);
  if (id === '' || !object.doesProvide(CACHEABLE)) return undefined;
  const { tree } = object;
  const oid = await tree.remembered(`cache manager of ${object.oid}`, async () => {
    const managers = await tree.findServices(object, CACHE_MANAGER);
    return managers.find((manager) => manager.id === id)?.oid;
  });
  return oid === undefined ? undefined : tree.findByOid(oid);
}
