import type { KeyedTable, Storage } from './storage/storage.ts';

/**
 * Sessions that a person ended by name, kept until no record of them could be good any more: whatever memcached holds
 * meanwhile, or is put back there, they stay ended. Few are, since it takes somebody who is signed in.
 */
export class EndedSessions {
  readonly #table: KeyedTable<number>;

  constructor(storage: Storage) {
    this.#table = storage.table('ended sessions');
  }

  /** When the session with this key in its store was ended, in milliseconds since 1970. */
  endedAt(key: string): number | undefined {
    return this.#table.get(key);
  }

  add(key: string, endedAt: number, until: number): Promise<void> {
    return this.#table.whenFree(() => this.#table.set(key, endedAt, until));
  }
}
