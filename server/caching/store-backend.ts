import { BoundedMap } from '../base/bounded-map.ts';
import { SealedElsewhere, WrittenByNewer } from '../memcache/envelope.ts';
import { isFull, ValueTooLarge } from '../memcache/errors.ts';
import { UnreadableValue } from '../codec/values.ts';
import type { CachedPage, PageListing, CacheBackend } from './cache-backend.ts';
import { UnreadableItem, type TypedStore } from './typed-store.ts';

const MOST_LISTED = 20_000;
const OPENED_REMEMBERED = 250;
const PUT_REMEMBERED = 10_000;
/** So many are dropped at once; what nobody finds any more runs out by itself. */
const MOST_DROPPED = 1_000;
/** Larger answers are opened anew each time. */
const MAX_REMEMBERED_BYTES = 32 * 1024;

interface Opened {
  readonly version: Buffer;
  readonly kept: CachedPage;
}

/** Pages in a store that every process with the same tree and servers shares. */
export class StoreBackend implements CacheBackend {
  readonly isShared = true;
  readonly #store: TypedStore;
  /** What was opened lately. No two writes share a version, so the same version is the same page. */
  readonly #opened = new BoundedMap<string, Opened>(OPENED_REMEMBERED);
  /** In which generation this process last put a key. */
  readonly #put = new BoundedMap<string, number>(PUT_REMEMBERED);

  constructor(store: TypedStore) {
    this.#store = store;
  }

  async get(oid: number, key: string, generation: number): Promise<CachedPage | undefined> {
    try {
      return await this.#find(nameOf(oid, generation, key), key);
    } catch (error) {
      // Forged, damaged, written by a newer Trellis, or sealed with a key that is not in the ring: it is made anew.
      if ([UnreadableItem, UnreadableValue, SealedElsewhere, WrittenByNewer].some((kind) => error instanceof kind))
        return undefined;
      throw error;
    }
  }

  /** What has no room is not kept: its page is made anew. What was put before an invalidation makes room. */
  async put(oid: number, key: string, kept: CachedPage, seconds: number): Promise<void> {
    const { generation } = kept;
    const before = this.#put.get(key) ?? generation;
    this.#put.set(key, generation);
    try {
      if (before !== generation) await this.#store.delete(nameOf(oid, before, key));
      await this.#store.set(nameOf(oid, generation, key), kept, seconds);
    } catch (error) {
      if (!(error instanceof ValueTooLarge) && !isFull(error)) throw error;
    }
  }

  async list(): Promise<PageListing> {
    const { keys, hasMore, unreachable } = await this.#store.keys('', MOST_LISTED);
    const entries = keys.map(({ key, bytes }) => ({ ...partsOf(key), bytes }));
    return { entries, trouble: troubleOf(hasMore, unreachable) };
  }

  async drop(names: readonly string[]): Promise<void> {
    await Promise.allSettled(names.slice(0, MOST_DROPPED).map((name) => this.#store.delete(name)));
  }

  async #find(name: string, key: string): Promise<CachedPage | undefined> {
    const found = await this.#store.find<CachedPage>(name);
    if (found === undefined) return undefined;
    const opened = this.#opened.get(key);
    if (opened?.version.equals(found.version)) return opened.kept;
    const kept = found.value;
    if (found.bytes.length <= MAX_REMEMBERED_BYTES)
      this.#opened.set(key, { version: Buffer.from(found.version), kept });
    return kept;
  }
}

/** With the generation in its name, what was invalidated is found by nobody, and seen to be so without being opened. */
function nameOf(oid: number, generation: number, key: string): string {
  return `${oid}:${generation}:${key}`;
}

/** A key is the store's prefix and such a name. */
function partsOf(key: string): { readonly name: string; readonly oid: number; readonly generation: number } {
  const parts = key.split(':').slice(-3);
  return { name: parts.join(':'), oid: Number(parts[0]), generation: Number(parts[1]) };
}

function troubleOf(hasMore: boolean, unreachable: readonly Error[]): string | null {
  if (unreachable.length > 0) return `What is kept cannot be listed in full: ${unreachable[0]!.message}`;
  return hasMore ? `More is kept than can be listed: entries and memory are of the first ${MOST_LISTED}.` : null;
}
