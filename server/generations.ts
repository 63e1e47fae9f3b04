import { BoundedMap } from './base/limits.ts';
import type { KeyedTable, Storage } from './storage/storage.ts';

const REMEMBERED = 10_000;

/** The key of the number that all sessions of a user are under, whichever container they are in. */
export function generationOfUser(name: string): string {
  return `user ${name}`;
}

/**
 * Numbers that end what was made under a lower one: sessions, kept answers. They are outside revisions, undo, copy and
 * export. Each is read once while nobody writes anything.
 */
export class Generations {
  readonly #storage: Storage;
  readonly #table: KeyedTable<number>;
  readonly #known = new BoundedMap<string, number>(REMEMBERED);
  #asOf = -1;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#table = storage.table('generations');
  }

  of(key: string): number {
    const asOf = this.#storage.changeCount();
    if (asOf !== this.#asOf) this.#known.clear();
    this.#asOf = asOf;
    const value = this.#known.get(key) ?? this.#table.get(key) ?? 0;
    this.#known.set(key, value);
    return value;
  }

  /** In one step, which every process sees at its next request. */
  raise(key: string): void {
    this.#table.update(key, (number) => (number ?? 0) + 1);
  }
}
