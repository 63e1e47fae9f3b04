import { BoundedMap } from '../base/limits.ts';
import { SealedElsewhere, WrittenByNewer } from '../memcache/envelope.ts';
import { isFull, ValueTooLarge } from '../memcache/errors.ts';
import { UnreadableValue } from '../sessions/values.ts';
import type { Holdings, Kept, Shelf } from './shelf.ts';
import { UnreadableItem, type TypedStore } from './typed-store.ts';

const MOST_LISTED = 20_000;
const OPENED_REMEMBERED = 250;
/** Larger answers are opened anew each time. */
const MAX_REMEMBERED_BYTES = 32 * 1024;

interface Opened {
  readonly version: Buffer;
  readonly kept: Kept;
}

/** Answers in a store that every process with the same tree and servers shares. */
export class StoreShelf implements Shelf {
  readonly isShared = true;
  readonly #store: TypedStore;
  /** What was opened lately. No two writes share a version, so the same version is the same answer. */
  readonly #opened = new BoundedMap<string, Opened>(OPENED_REMEMBERED);

  constructor(store: TypedStore) {
    this.#store = store;
  }

  async get(oid: number, key: string): Promise<Kept | undefined> {
    try {
      return await this.#find(oid, key);
    } catch (error) {
      // Forged, damaged, written by a newer Trellis, or sealed with a key that is not in the ring: it is made anew.
      if ([UnreadableItem, UnreadableValue, SealedElsewhere, WrittenByNewer].some((kind) => error instanceof kind))
        return undefined;
      throw error;
    }
  }

  /** What has no room is not kept: its page is made anew. */
  async put(oid: number, key: string, kept: Kept, seconds: number): Promise<void> {
    try {
      await this.#store.set(nameOf(oid, key), kept, seconds);
    } catch (error) {
      if (!(error instanceof ValueTooLarge) && !isFull(error)) throw error;
    }
  }

  async holdings(): Promise<Holdings> {
    const { keys, hasMore, unreachable } = await this.#store.keys('', MOST_LISTED);
    const byObject = Map.groupBy(keys, ({ key }) => oidIn(key));
    const holdings = [...byObject].map(([oid, entries]) => ({
      oid,
      entries: entries.length,
      bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    }));
    return { holdings, trouble: troubleOf(hasMore, unreachable) };
  }

  async #find(oid: number, key: string): Promise<Kept | undefined> {
    const found = await this.#store.find<Kept>(nameOf(oid, key));
    if (found === undefined) return undefined;
    const opened = this.#opened.get(key);
    if (opened?.version.equals(found.version)) return opened.kept;
    const kept = found.value;
    if (found.bytes.length <= MAX_REMEMBERED_BYTES)
      this.#opened.set(key, { version: Buffer.from(found.version), kept });
    return kept;
  }
}

function nameOf(oid: number, key: string): string {
  return `${oid}:${key}`;
}

/** A key is the store's prefix, the oid and the hash, with colons between them. */
function oidIn(key: string): number {
  return Number(key.split(':').at(-2));
}

function troubleOf(hasMore: boolean, unreachable: readonly Error[]): string | null {
  if (unreachable.length > 0) return `What is kept cannot be listed in full: ${unreachable[0]!.message}`;
  return hasMore ? `More is kept than can be listed: entries and memory are of the first ${MOST_LISTED}.` : null;
}
