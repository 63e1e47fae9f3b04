import { BoundedMap } from '../base/limits.ts';
import type { Json, KeyedTable, Storage } from './storage.ts';

const REMEMBERED = 10_000;

/** A keyed table for what is asked much more often than written: each entry is read once while nobody writes anything. */
export class RememberedTable<Value extends Json> {
  readonly table: KeyedTable<Value>;
  readonly #storage: Storage;
  readonly #known = new BoundedMap<string, { readonly value: Value | undefined }>(REMEMBERED);
  #asOf = -1;

  constructor(storage: Storage, name: string) {
    this.#storage = storage;
    this.table = storage.table(name);
  }

  get(key: string): Value | undefined {
    const asOf = this.#storage.changeCount();
    if (asOf !== this.#asOf) this.#known.clear();
    this.#asOf = asOf;
    const known = this.#known.get(key);
    if (known !== undefined) return known.value;
    const value = this.table.get(key);
    this.#known.set(key, { value });
    return value;
  }
}
