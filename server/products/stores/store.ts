import type { Store } from '../../memcache/store.ts';
import { capability } from '../../objects/capability.ts';
import type { Closable } from '../../objects/database.ts';
import { isRuntimeState } from '../../objects/runtime-state.ts';
import type { TreeObject } from '../../objects/object.ts';

/** An object that others can keep values in. */
export const STORE = capability<Promise<Store>>('cache.store', 'a MemCache Proxy or another store');

/** The store that an object provides. One that is not its runtime state is closed at an orderly end all the same. */
export async function storeOf(object: TreeObject): Promise<Store> {
  const store = await object.provide(STORE);
  if (!isRuntimeState(store) && !closables.has(store)) {
    const closable = { path: object.path, close: () => store.close() };
    closables.set(store, closable);
    object.tree.database.closables.add(closable);
  }
  return store;
}

/** How many copies a store keeps of each value; one, where it does not say. */
export function replicasOf({ properties }: { readonly properties: Readonly<Record<string, unknown>> }): number {
  return Number(properties['replicas'] ?? 1);
}

const closables = new WeakMap<Store, Closable>();
