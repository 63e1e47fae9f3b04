import { BoundedMap } from '../base/limits.ts';
import type { Generations } from './generations.ts';
import type { KeyedTable, Storage } from '../storage/storage.ts';

/** The key of a number that rises whenever a session is ended: until then, what was read of others holds. */
const ENDINGS = 'ended sessions';
const REMEMBERED = 10_000;
const NEVER = 0;

/**
 * Sessions that a person ended by name, kept until no record of them could be good any more: whatever memcached holds
 * meanwhile, or is put back there, they stay ended. Few are, since it takes somebody who is signed in.
 */
export class EndedSessions {
  readonly #table: KeyedTable<number>;
  readonly #generations: Generations;
  readonly #known = new BoundedMap<string, number>(REMEMBERED);
  #asOf = 0;

  constructor(storage: Storage, generations: Generations) {
    this.#table = storage.table('ended sessions');
    this.#generations = generations;
  }

  /** When the session with this key in its store was ended, in milliseconds since 1970. */
  endedAt(key: string): number | undefined {
    const asOf = this.#generations.of(ENDINGS);
    if (asOf !== this.#asOf) this.#known.clear();
    this.#asOf = asOf;
    const known = this.#known.get(key);
    if (known !== undefined) return known === NEVER ? undefined : known;
    const endedAt = this.#table.get(key);
    this.#known.set(key, endedAt ?? NEVER);
    return endedAt;
  }

  add(key: string, endedAt: number, until: number): Promise<void> {
    return this.#table.whenFree(() => {
      this.#table.set(key, endedAt, until);
      this.#generations.raise(ENDINGS);
    });
  }
}
