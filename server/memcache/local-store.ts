import { wallClock, type Clock } from '../base/clock.ts';
import type { StoreInspector, InspectedValue } from './store-inspector.ts';
import { MemoryFull, StoreClosed, ValueTooLarge } from './errors.ts';
import { checkKeys } from './keys.ts';
import { MemoryBudget, type Share } from './memory-budget.ts';
import type {
  Cas,
  FormerStatus,
  Item,
  KeyEntry,
  KeyListing,
  MemoryUse,
  Outcome,
  ServerStatus,
  Store,
  Worth,
} from './store.ts';

interface LocalStoreOptions {
  readonly maxBytes?: number;
  readonly maxValueBytes?: number;
  readonly clock?: Clock;
  /** Told when the memory is nearly full, full, and has room again. */
  readonly onMemory?: (use: MemoryUse) => void;
}

interface LocalValue extends Share {
  readonly value: Buffer;
  readonly state: Cas;
  expires: number;
}

const MIB = 1024 * 1024;
/** What an entry takes beside its key and value, as measured. */
const ENTRY_OVERHEAD_BYTES = 500;
/** Sizes are counted in steps, as memory is given out: a session that grows by a few bytes does not grow. */
const STEP_BYTES = 64;
/** Looking for what has expired takes a few milliseconds where there are 100,000 entries. */
const SWEEP_EVERY_MS = 1_000;

/**
 * A store in the memory of this process: the same promises as a cluster's, until the process ends. It is limited; what
 * happens when it is full, says `Worth`.
 */
export class LocalStore implements Store {
  readonly maxValueBytes: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, LocalValue>();
  readonly #budget: MemoryBudget;
  /** Nothing expires before. */
  #firstExpires = Infinity;
  #sweptAt = -Infinity;
  #isClosed = false;

  constructor({ maxBytes = 64 * MIB, maxValueBytes = MIB - 512, clock = wallClock, onMemory }: LocalStoreOptions = {}) {
    this.maxValueBytes = maxValueBytes;
    this.#clock = clock;
    this.#budget = new MemoryBudget({ limitBytes: maxBytes, clock, onState: onMemory ?? (() => {}) });
  }

  /** A lower limit throws nothing out that lies here already. */
  set maxBytes(maxBytes: number) {
    this.#budget.limitBytes = maxBytes;
  }

  get memory(): MemoryUse {
    this.#sweep();
    this.#budget.note();
    return this.#budget.use;
  }

  async get(key: string): Promise<Item | undefined> {
    return itemOf(this.#ask(key));
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    const found = new Map<string, Item>();
    for (const key of keys) {
      const item = itemOf(this.#find(key));
      if (item !== undefined) found.set(key, item);
    }
    return found;
  }

  async set(key: string, value: Buffer, ttlS: number, cas?: Cas, worth?: Worth): Promise<Outcome> {
    const state = this.#ask(key)?.state;
    if (cas !== undefined && state === undefined) return 'missing';
    if (cas !== undefined && state !== cas) return 'exists';
    return this.#put(key, value, ttlS, worth);
  }

  async add(key: string, value: Buffer, ttlS: number, worth?: Worth): Promise<Outcome> {
    return this.#ask(key) === undefined ? this.#put(key, value, ttlS, worth) : 'exists';
  }

  async replace(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    return this.#ask(key) === undefined ? 'missing' : this.#put(key, value, ttlS);
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    const state = this.#find(key)?.state;
    if (state === undefined) return 'missing';
    if (cas !== undefined && state !== cas) return 'exists';
    this.#remove(key);
    return 'stored';
  }

  async touch(key: string, ttlS: number): Promise<boolean> {
    const entry = this.#ask(key);
    if (entry !== undefined) entry.expires = this.#expires(ttlS);
    return entry !== undefined;
  }

  async getAndTouch(key: string, ttlS: number): Promise<Buffer | undefined> {
    return (await this.touch(key, ttlS)) ? (await this.get(key))?.value : undefined;
  }

  async increment(key: string, by: number, initial: number, ttlS: number): Promise<number> {
    const entry = this.#ask(key);
    const value = entry === undefined ? initial : Number(entry.value.toString('latin1')) + by;
    const remainingS = entry === undefined ? ttlS : (entry.expires - this.#clock()) / 1000;
    this.#put(key, Buffer.from(String(value)), remainingS);
    return value;
  }

  async servers(): Promise<readonly ServerStatus[]> {
    return [];
  }

  async formerServers(): Promise<readonly FormerStatus[]> {
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
  get inspector(): StoreInspector {
    const anything = async (limit: number) => {
      const { keys, ...listing } = await this.keys('', limit);
      return { ...listing, keys: keys.map((entry) => ({ ...entry, lastAccess: null })) };
    };
    return { prefix: '', keys: anything, look: async (key) => ({ found: this.#look(key), unreachable: [] }) };
  }

  /** Every living entry. */
  *entries(): Generator<Omit<KeyEntry, 'servers'>> {
    const now = this.#clock();
    for (const [key, { value, expires }] of this.#entries) {
      if (expires > now) yield { key, bytes: value.length, expires };
    }
  }

  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#remove(key);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const key of this.#entries.keys()) this.#remove(key);
  }

  #look(key: string): readonly InspectedValue[] {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expires <= this.#clock()) return [];
    const { value, expires } = entry;
    const remainingS = (expires - this.#clock()) / 1_000;
    return [{ server: null, value: Buffer.from(value), bytes: value.length, remainingS, lastAccess: null }];
  }

  #find(key: string): LocalValue | undefined {
    if (this.#isClosed) throw new StoreClosed();
    checkKeys(key);
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expires > this.#clock()) return entry;
    this.#remove(key);
    return undefined;
  }

  #ask(key: string): LocalValue | undefined {
    const entry = this.#find(key);
    if (entry !== undefined) this.#budget.ask(key, entry);
    return entry;
  }

  /** Whatever is there was asked for just now. */
  #put(key: string, value: Buffer, ttlS: number, worth?: Worth): Outcome {
    if (value.length > this.maxValueBytes) throw new ValueTooLarge(value.length, this.maxValueBytes);
    if (worth === 'spare' || !(ttlS > 0)) this.#remove(key);
    if (!(ttlS > 0)) return 'stored';
    const bytes = Math.ceil((key.length + value.length + ENTRY_OVERHEAD_BYTES) / STEP_BYTES) * STEP_BYTES;
    const before = this.#entries.get(key);
    this.#makeRoom(bytes - (before?.bytes ?? 0), worth);
    this.#remove(key);
    const standing = worth === 'spare' ? 'spare' : worth === 'owed' || before !== undefined ? 'kept' : 'new';
    const expires = this.#expires(ttlS);
    const entry: LocalValue = { value: ownCopy(value), state: { brand: 'cas' }, expires, bytes, standing };
    this.#entries.set(key, entry);
    this.#budget.take(key, entry);
    return 'stored';
  }

  #makeRoom(bytes: number, worth: Worth | undefined): void {
    const budget = this.#budget;
    if (bytes <= 0 || budget.isAmpleFor(bytes)) return;
    this.#sweep();
    if (!budget.mayTake(bytes, worth)) throw new MemoryFull(budget.limitBytes);
    for (let key; (key = budget.nextToLeave(bytes, worth)) !== undefined;) this.#remove(key);
    budget.note();
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#budget.give(key, entry);
  }

  #sweep(): void {
    const now = this.#clock();
    if (now < this.#firstExpires || now - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = now;
    this.#firstExpires = Infinity;
    for (const [key, { expires }] of this.#entries) {
      if (expires <= now) this.#remove(key);
      else this.#firstExpires = Math.min(this.#firstExpires, expires);
    }
  }

  #expires(ttlS: number): number {
    const expires = this.#clock() + ttlS * 1000;
    this.#firstExpires = Math.min(this.#firstExpires, expires);
    return expires;
  }
}

function itemOf(entry: LocalValue | undefined): Item | undefined {
  return entry && { value: Buffer.from(entry.value), cas: entry.state };
}

/** In memory of its own: a small Buffer usually shares some with others, and holds on to all of it. */
function ownCopy(value: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(value.length);
  value.copy(copy);
  return copy;
}
