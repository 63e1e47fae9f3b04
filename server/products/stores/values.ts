import { keyOf } from '../../caching/key.ts';
import { RequestStore, type ValueStore } from '../../caching/request-store.ts';
import { TypedStore } from '../../caching/typed-store.ts';
import type { Store } from '../../memcache/store.ts';
import type { TreeReader } from '../../objects/reader.ts';
import type { TreeObject } from '../../objects/object.ts';
import { siteOf } from '../../site/site.ts';

/** What keys of an object's values begin with: those of a cache, and those of any other product. */
type Kind = 'c' | 'v';

/**
 * The values that an object keeps in a store, which is what a MemCache Proxy provides as `cache.store`: typed, sealed,
 * and under keys that no other object, installation or session has. Renaming the object keeps them; a copy starts empty.
 * One request asks for each value once (request-store.ts).
 */
export function valuesOf(object: TreeObject, store: Store, kind: Kind = 'v', ownPrefix = ''): TypedStore {
  const { installation, keyRing, clock, serverNotes } = siteOf(object);
  const { oid } = object;
  const named = ownPrefix === '' ? '' : `${ownPrefix}:`;
  const prefix = `${named}${kind}-${keyOf(installation, String(oid)).slice(0, 12)}`;
  // Nobody misses a page that was kept and is gone; a cache has one store for all requests.
  if (kind === 'c') return new TypedStore({ store, prefix, keyRing, clock, worth: 'spare' });
  const onLifetime = (seconds: number) => serverNotes.keeps(oid, seconds);
  return new TypedStore({ store: inRequest(object.tree, store), prefix, keyRing, clock, onLifetime });
}

const STORES = Symbol('the stores that this request reads');

/** A store as the request behind a tree uses it; outside of a request, the store itself. */
function inRequest(tree: TreeReader, store: Store): ValueStore {
  const { scope } = tree;
  if (scope === undefined) return store;
  const stores = (scope.get(STORES) ?? new Map()) as Map<Store, RequestStore>;
  scope.set(STORES, stores);
  const known = stores.get(store) ?? new RequestStore(store, () => tree.scope !== scope);
  stores.set(store, known);
  return known;
}
