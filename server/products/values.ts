import { keyOf } from '../caching/key.ts';
import { TypedStore } from '../caching/typed-store.ts';
import type { Store } from '../memcache/store.ts';
import type { TreeObject } from '../objects/object.ts';
import { siteOf } from '../site.ts';

/** What keys of an object's values begin with: those of a cache, and those of any other product. */
type Kind = 'c' | 'v';

/**
 * The values that an object keeps in a store, which is what a MemCache Proxy provides as `cache.store`: typed, sealed,
 * and under keys that no other object, installation or session has. Renaming the object keeps them; a copy starts empty.
 */
export function valuesOf(object: TreeObject, store: Store, kind: Kind = 'v'): TypedStore {
  const { installation, keyRing, clock, serverNotes } = siteOf(object);
  const { oid } = object;
  const prefix = `${kind}-${keyOf(installation, String(oid)).slice(0, 12)}`;
  // Nobody misses a page that was kept and is gone.
  const onLifetime = kind === 'c' ? undefined : (seconds: number) => serverNotes.keeps(oid, seconds);
  return new TypedStore({ store, prefix, keyRing, clock, worth: kind === 'c' ? 'spare' : undefined, onLifetime });
}
