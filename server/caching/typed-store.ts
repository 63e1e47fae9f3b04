import { Problem } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import type { KeyRing } from '../base/key-ring.ts';
import { Envelope } from '../memcache/envelope.ts';
import type { Cas, Item, KeyListing, Outcome, Worth } from '../memcache/store.ts';
import { nextVersion, VERSION_BYTES, versionAt } from '../memcache/version.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { RequestStore, type ValueStore } from './request-store.ts';

const FORMAT = 1;
const PURPOSE = 'value';
const SEALS_REMEMBERED = 1_000;

interface TypedStoreOptions {
  readonly store: ValueStore;
  /** What all keys begin with: it tells these values from sessions and from those of others on the same servers. */
  readonly prefix: string;
  /** `null` where the store is this process's memory. */
  readonly keyRing: KeyRing | null;
  readonly clock: Clock;
  /** What the values are taken for where there is no room left. */
  readonly worth?: Worth | undefined;
  /** Told how long values are to live, in seconds. */
  readonly onLifetime?: ((seconds: number) => void) | undefined;
}

/** A value that was not written by this installation under this key, or was damaged. */
export class UnreadableItem extends Problem {
  /** With 503, it may be one that a newer program reads. */
  constructor(key: string, status: 500 | 503 = 500) {
    const newer = status === 503 ? ', or was written by a newer Trellis' : '';
    const what = `The value ${key} was not sealed for this key by this installation, or was changed${newer}.`;
    super(status, 'unreadable-value', what, status === 503 ? { retryAfterS: 1 } : {});
  }
}

/** A value as it was found; handed back with a change, the change is made only while the value is still there. */
export class Found<Value> {
  readonly bytes: Buffer;
  readonly cas: Cas;
  readonly #open: () => unknown;

  constructor({ value, cas }: Item, open: () => unknown) {
    this.bytes = value;
    this.cas = cas;
    this.#open = open;
  }

  /** Opened and decoded each time it is asked for. */
  get value(): Value {
    return this.#open() as Value;
  }

  /** No two writes share it. */
  get version(): Buffer {
    return this.bytes.subarray(0, VERSION_BYTES);
  }
}

/**
 * A store for values of any kind that sessions can hold, instead of bytes: sealed, so that whoever else uses the servers
 * can neither read nor forge them. Keys are as the store wants them, prefix included; times to live are in seconds.
 * In format 1, what is sealed is the value in the format of codec/values.ts.
 */
export class TypedStore {
  readonly #options: TypedStoreOptions;
  readonly #store: ValueStore;
  readonly #prefix: string;
  readonly #seals = new BoundedMap<string, ItemSeal>(SEALS_REMEMBERED);

  constructor(options: TypedStoreOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#prefix = `${options.prefix}:`;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.find<Value>(key))?.value;
  }

  /** As `get`, with what it takes to change it by compare-and-set. */
  async find<Value>(key: string): Promise<Found<Value> | undefined> {
    const seal = this.#sealOf(key);
    const item = await this.#store.get(this.#prefix + key, seal.isSound);
    if (item === undefined) return undefined;
    if (!seal.hasKnownFormat(item.value)) seal.open(item.value);
    return new Found<Value>(item, () => this.#open(key, item.value));
  }

  /** Only what was found, by key. A look at many: it counts as asking for none of them. */
  async getMulti<Value>(keys: readonly string[]): Promise<Map<string, Value>> {
    const items = await this.#store.getMulti(
      keys.map((key) => this.#prefix + key),
      (storeKey) => this.#sealOf(storeKey.slice(this.#prefix.length)).isSound,
    );
    const values = new Map<string, Value>();
    for (const key of keys) {
      const item = items.get(this.#prefix + key);
      if (item !== undefined) values.set(key, this.#open(key, item.value) as Value);
    }
    return values;
  }

  /** With what was found: only while it is still there. Without: whatever is there is replaced. */
  set(key: string, value: unknown, ttlS: number, found?: Found<unknown>): Promise<Outcome> {
    this.#options.onLifetime?.(ttlS);
    return this.#store.set(this.#prefix + key, this.#seal(key, value, found), ttlS, found?.cas, this.#options.worth);
  }

  /** Stores only where nothing is stored. */
  add(key: string, value: unknown, ttlS: number): Promise<Outcome> {
    this.#options.onLifetime?.(ttlS);
    const { isSound } = this.#sealOf(key);
    return this.#store.add(this.#prefix + key, this.#seal(key, value), ttlS, this.#options.worth, isSound);
  }

  /** Stores only where something is stored. */
  replace(key: string, value: unknown, ttlS: number): Promise<Outcome> {
    this.#options.onLifetime?.(ttlS);
    return this.#store.replace(this.#prefix + key, this.#seal(key, value), ttlS);
  }

  /** Says whether something was there; with what was found: only that. */
  async delete(key: string, found?: Found<unknown>): Promise<boolean> {
    return (await this.#store.delete(this.#prefix + key, found?.cas)) === 'stored';
  }

  touch(key: string, ttlS: number): Promise<boolean> {
    this.#options.onLifetime?.(ttlS);
    return this.#store.touch(this.#prefix + key, ttlS, this.#sealOf(key).isSound);
  }

  /** Gives a value, and another time to live to it, at once. */
  async getAndTouch<Value>(key: string, ttlS: number): Promise<Value | undefined> {
    this.#options.onLifetime?.(ttlS);
    const value = await this.#store.getAndTouch(this.#prefix + key, ttlS, this.#sealOf(key).isSound);
    return value === undefined ? undefined : (this.#open(key, value) as Value);
  }

  /** Adds to a counter, which is apart from other values and in clear. Gives what it is then; it starts at `initial`. */
  increment(key: string, by: number, initial: number, ttlS: number): Promise<number> {
    this.#options.onLifetime?.(ttlS);
    return this.#store.increment(this.#prefix + key, by, initial, ttlS);
  }

  /** Within one request a value is asked for once; after this it is asked for again, for whoever waits for a change. */
  forget(key: string): void {
    if (this.#store instanceof RequestStore) this.#store.forget(this.#prefix + key);
  }

  /** At most so many of the keys that begin with this, prefix included. */
  keys(beginning: string, limit: number): Promise<KeyListing> {
    return this.#store.keys(this.#prefix + beginning, limit);
  }

  /** What a value may take, as it is stored. */
  get maxValueBytes(): number {
    return this.#store.maxValueBytes;
  }

  #seal(key: string, value: unknown, found?: Found<unknown>): Buffer {
    const version = found === undefined ? versionAt(this.#options.clock()) : nextVersion(found.version);
    return this.#sealOf(key).seal(encode(value, key), version);
  }

  #open(key: string, bytes: Buffer): unknown {
    return decode(this.#sealOf(key).open(bytes));
  }

  #sealOf(key: string): ItemSeal {
    const known = this.#seals.get(key);
    if (known !== undefined) return known;
    const seal = new ItemSeal(this.#options.keyRing, this.#prefix + key);
    this.#seals.set(key, seal);
    return seal;
  }
}

/** Seals and opens what one key of a store holds. */
class ItemSeal extends Envelope {
  constructor(keyRing: KeyRing | null, storeKey: string) {
    super(storeKey, keyRing?.sealer(PURPOSE, storeKey) ?? null, '');
  }

  seal(plain: Buffer, version: Buffer): Buffer {
    return this.wrap(plain, version, FORMAT);
  }

  open(value: Buffer): Buffer {
    return this.unwrap(value);
  }

  protected check(value: Buffer): Buffer {
    return this.open(value);
  }

  protected isKnown(format: number): boolean {
    return format === FORMAT;
  }

  protected get what(): string {
    return `value ${this.key}`;
  }

  protected unreadable(): UnreadableItem {
    return new UnreadableItem(this.key);
  }

  protected override ofUnknownKey(): UnreadableItem {
    return this.unreadable();
  }

  protected override ofUnknownFormat(): UnreadableItem {
    return new UnreadableItem(this.key, 503);
  }
}

/** The encoded value that was sealed for a store's key. */
export function openSealed(keyRing: KeyRing | null, storeKey: string, bytes: Buffer): Buffer {
  return new ItemSeal(keyRing, storeKey).open(bytes);
}
