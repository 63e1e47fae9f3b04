import { wallClock, type Clock } from '../base/clock.ts';
import type { Contents, HeldValue } from './contents.ts';
import { StoreClosed, ValueTooLarge } from './errors.ts';
import { checkKeys } from './keys.ts';
import type { Cas, Item, KeyEntry, KeyListing, Outcome, ServerStatus, Store } from './store.ts';

export interface LocalStoreOptions {
  /** When more is stored, what was not used for longest goes. */
  readonly maxBytes?: number;
  readonly maxValueBytes?: number;
  readonly clock?: Clock;
}

interface Entry {
  readonly value: Buffer;
  readonly state: Cas;
  readonly expires: number;
}

/** What a walk over the store shows of an entry. */
export interface LocalEntry {
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

const ENTRY_OVERHEAD_BYTES = 200;
const SWEEP_EVERY_MS = 10_000;

/** A store in the memory of this process: the same promises as a cluster's, until the process ends. */
export class LocalStore implements Store {
  readonly maxValueBytes: number;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  /** In order of use: the first was not used for longest. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #sweptAt = -Infinity;
  #isClosed = false;

  constructor(options: LocalStoreOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
    this.maxValueBytes = options.maxValueBytes ?? 1024 * 1024 - 512;
    this.#clock = options.clock ?? wallClock;
  }

  async get(key: string): Promise<Item | undefined> {
    const entry = this.#find(key);
    return entry === undefined ? undefined : { value: Buffer.from(entry.value), cas: entry.state };
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    const found = new Map<string, Item>();
    for (const key of keys) {
      const item = await this.get(key);
      if (item !== undefined) found.set(key, item);
    }
    return found;
  }

  async set(key: string, value: Buffer, ttlS: number, cas?: Cas): Promise<Outcome> {
    const state = this.#find(key)?.state;
    if (cas !== undefined && state === undefined) return 'missing';
    if (cas !== undefined && state !== cas) return 'exists';
    return this.#put(key, value, ttlS);
  }

  async add(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    return this.#find(key) === undefined ? this.#put(key, value, ttlS) : 'exists';
  }

  async replace(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    return this.#find(key) === undefined ? 'missing' : this.#put(key, value, ttlS);
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    const state = this.#find(key)?.state;
    if (state === undefined) return 'missing';
    if (cas !== undefined && state !== cas) return 'exists';
    this.#remove(key);
    return 'stored';
  }

  async touch(key: string, ttlS: number): Promise<boolean> {
    const entry = this.#find(key);
    if (entry === undefined) return false;
    this.#entries.set(key, { ...entry, expires: this.#expires(ttlS) });
    return true;
  }

  async increment(key: string, by: number, initial: number, ttlS: number): Promise<number> {
    const entry = this.#find(key);
    const value = entry === undefined ? initial : Number(entry.value.toString('latin1')) + by;
    const remainingS = entry === undefined ? ttlS : (entry.expires - this.#clock()) / 1000;
    this.#put(key, Buffer.from(String(value)), remainingS);
    return value;
  }

  async servers(): Promise<readonly ServerStatus[]> {
    return [];
  }

  placesOf(): readonly string[] {
    return [];
  }

  async keys(prefix: string, limit: number): Promise<KeyListing> {
    if (this.#isClosed) throw new StoreClosed();
    const keys: KeyEntry[] = [];
    let hasMore = false;
    for (const { key, bytes, expires } of this.entries()) {
      if (!key.startsWith(prefix)) continue;
      hasMore = keys.length === limit;
      if (hasMore) break;
      keys.push({ key, bytes, expires, servers: [] });
    }
    return { keys, hasMore, walked: [], unreachable: [] };
  }

  /** Everything that lies here, without counting as use. */
  get contents(): Contents {
    const anything = async (limit: number) => {
      const { keys, ...listing } = await this.keys('', limit);
      return { ...listing, keys: keys.map((entry) => ({ ...entry, lastAccess: null })) };
    };
    return { prefix: '', keys: anything, look: async (key) => ({ found: this.#look(key), unreachable: [] }) };
  }

  /** Every living entry, the one not used for longest first. */
  *entries(): Generator<LocalEntry> {
    const now = this.#clock();
    for (const [key, { value, expires }] of this.#entries) {
      if (expires > now) yield { key, bytes: value.length, expires };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#entries.clear();
    this.#bytes = 0;
  }

  #look(key: string): readonly HeldValue[] {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expires <= this.#clock()) return [];
    const { value, expires } = entry;
    const remainingS = (expires - this.#clock()) / 1_000;
    return [{ server: null, value: Buffer.from(value), bytes: value.length, remainingS, lastAccess: null }];
  }

  /** Counts as use. */
  #find(key: string): Entry | undefined {
    if (this.#isClosed) throw new StoreClosed();
    checkKeys(key);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expires > this.#clock()) this.#entries.set(key, entry);
    else this.#bytes -= size(key, entry);
    return this.#entries.get(key);
  }

  #put(key: string, value: Buffer, ttlS: number): Outcome {
    if (value.length > this.maxValueBytes) throw new ValueTooLarge(value.length, this.maxValueBytes);
    this.#remove(key);
    const entry = { value: Buffer.from(value), state: { brand: 'cas' } as const, expires: this.#expires(ttlS) };
    if (ttlS > 0) {
      this.#entries.set(key, entry);
      this.#bytes += size(key, entry);
      this.#makeRoom();
    }
    return 'stored';
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#bytes -= size(key, entry);
    this.#entries.delete(key);
  }

  #makeRoom(): void {
    if (this.#bytes > this.#maxBytes && this.#clock() - this.#sweptAt > SWEEP_EVERY_MS) this.#sweep();
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#remove(key);
    }
  }

  #sweep(): void {
    this.#sweptAt = this.#clock();
    for (const [key, entry] of this.#entries) if (entry.expires <= this.#sweptAt) this.#remove(key);
  }

  #expires(ttlS: number): number {
    return this.#clock() + ttlS * 1000;
  }
}

function size(key: string, entry: Entry): number {
  return key.length + entry.value.length + ENTRY_OVERHEAD_BYTES;
}
