import type { Cas, Check, Item, KeyListing, Outcome, Store, Worth } from '../memcache/store.ts';

/** What a request remembers at most. Beyond it the first are forgotten, and asked for again. */
const MOST_VALUES = 1_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** What is asked of a store for the sake of single values. */
export type ValueStore = Omit<Store, 'servers' | 'placesOf' | 'close'>;

interface RequestedItem {
  readonly item: Promise<Item | undefined>;
  bytes: number;
}

/**
 * A store as one request uses it: each value is asked for once, however often and by however many at once it is read, and
 * what is missing stays so. What the request itself writes it sees: it asks again. A failure is not remembered. Everybody
 * is handed a copy. When the request is over nothing is remembered any more.
 */
export class RequestStore implements ValueStore {
  readonly #store: ValueStore;
  readonly #isOver: () => boolean;
  readonly #asked = new Map<string, RequestedItem>();
  #bytes = 0;

  constructor(store: ValueStore, isOver: () => boolean) {
    this.#store = store;
    this.#isOver = isOver;
  }

  async get(key: string, check?: Check): Promise<Item | undefined> {
    if (this.#isOver()) return this.#store.get(key, check);
    return copyOf(await (this.#asked.get(key)?.item ?? this.#remember(key, this.#store.get(key, check))));
  }

  async getMulti(keys: readonly string[], checkFor?: (key: string) => Check): Promise<Map<string, Item>> {
    if (this.#isOver()) return this.#store.getMulti(keys, checkFor);
    const missing = [...new Set(keys)].filter((key) => !this.#asked.has(key));
    const found = missing.length === 0 ? undefined : this.#store.getMulti(missing, checkFor);
    for (const key of missing)
      void this.#remember(
        key,
        found!.then((items) => items.get(key)),
      ).catch(() => undefined);
    const items = await Promise.all(keys.map((key) => this.get(key, checkFor?.(key))));
    return new Map(keys.flatMap((key, index) => (items[index] === undefined ? [] : [[key, items[index]]])));
  }

  set(key: string, value: Buffer, ttlS: number, cas?: Cas, worth?: Worth): Promise<Outcome> {
    return this.#write(key, () => this.#store.set(key, value, ttlS, cas, worth));
  }

  add(key: string, value: Buffer, ttlS: number, worth?: Worth, check?: Check): Promise<Outcome> {
    return this.#write(key, () => this.#store.add(key, value, ttlS, worth, check));
  }

  replace(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    return this.#write(key, () => this.#store.replace(key, value, ttlS));
  }

  delete(key: string, cas?: Cas): Promise<Outcome> {
    return this.#write(key, () => this.#store.delete(key, cas));
  }

  touch(key: string, ttlS: number, check?: Check): Promise<boolean> {
    return this.#write(key, () => this.#store.touch(key, ttlS, check));
  }

  getAndTouch(key: string, ttlS: number, check?: Check): Promise<Buffer | undefined> {
    return this.#write(key, () => this.#store.getAndTouch(key, ttlS, check));
  }

  increment(key: string, by: number, initial: number, ttlS: number): Promise<number> {
    return this.#write(key, () => this.#store.increment(key, by, initial, ttlS));
  }

  /** The next who reads it asks again: whoever waits for somebody else's change wants that. */
  forget(key: string): void {
    this.#bytes -= this.#asked.get(key)?.bytes ?? 0;
    this.#asked.delete(key);
  }

  keys(prefix: string, limit: number): Promise<KeyListing> {
    return this.#store.keys(prefix, limit);
  }

  get maxValueBytes(): number {
    return this.#store.maxValueBytes;
  }

  #remember(key: string, item: Promise<Item | undefined>): Promise<Item | undefined> {
    const asked: RequestedItem = { item, bytes: 0 };
    this.#asked.set(key, asked);
    item.then(
      (found) => this.#keep(key, asked, found),
      () => this.#asked.get(key) === asked && this.forget(key),
    );
    return item;
  }

  #keep(key: string, asked: RequestedItem, found: Item | undefined): void {
    if (this.#asked.get(key) !== asked) return;
    asked.bytes = found?.value.length ?? 0;
    this.#bytes += asked.bytes;
    for (const first of this.#asked.keys()) {
      if (this.#asked.size <= MOST_VALUES && this.#bytes <= MOST_BYTES) return;
      this.forget(first);
    }
  }

  /** Whatever comes of it: also what was refused, or failed, may have changed what is there. */
  async #write<Result>(key: string, write: () => Promise<Result>): Promise<Result> {
    this.forget(key);
    try {
      return await write();
    } finally {
      // What was read meanwhile may be what was there before.
      this.forget(key);
    }
  }
}

function copyOf(item: Item | undefined): Item | undefined {
  return item === undefined ? undefined : { value: Buffer.from(item.value), cas: item.cas };
}
