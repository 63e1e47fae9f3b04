import type { Generations } from './generations.ts';
import type { SmallTable } from '../storage/tables.ts';

/** The key of a number that rises whenever a session is ended: an older version looks for more only where it has. */
const ENDINGS = 'ended sessions';

/**
 * Sessions that a person ended by name, kept until no record of them could be good any more: whatever memcached holds
 * meanwhile, or is put back there, they stay ended. Few are, since it takes somebody who is signed in.
 */
export class EndedSessions {
  readonly #table: SmallTable<number>;
  readonly #generations: Generations;

  constructor(table: SmallTable<number>, generations: Generations) {
    this.#table = table;
    this.#generations = generations;
  }

  /** When the session with this key in its store was ended, in milliseconds since 1970. */
  endedAt(key: string): number | undefined {
    return this.#table.get(key);
  }

  add(key: string, endedAt: number, until: number): Promise<void> {
    return this.#table.update((ended, draftOf) => {
      ended.set(key, endedAt, until);
      this.#generations.raiseIn(draftOf, ENDINGS);
    });
  }
}
