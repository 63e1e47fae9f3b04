import { randomBytes } from 'node:crypto';
import { wallClock, type Clock } from '../base/clock.ts';
import type { KeyedTable } from '../storage/tables.ts';

const DAY_MS = 24 * 60 * 60_000;
const KEPT_MS = 400 * DAY_MS;
/** As many digits as the largest time that a Date has, so that keys are in the order of time. */
const TIME_DIGITS = 16;

/** Somebody looked at a value that is obscured elsewhere. */
export type Reveal = {
  readonly by: string;
  /** From which address. */
  readonly address: string;
  /** The key of the session, or the key on a memcached server. */
  readonly key: string;
  /** Whose session it was. */
  readonly owner: string | null;
  /** The item of the session; `null` where the value was revealed as a whole. */
  readonly item: string | null;
};

export type RevealRecord = Reveal & {
  /** Where the object was then. */
  readonly path: string;
  readonly time: number;
};

/** An object as far as this needs to know it. Those in process memory have negative numbers, which others get later. */
interface ObjectRef {
  readonly oid: number;
  readonly path: string;
}

/** Who looked at what is obscured: in the data file, whatever is logged, only ever added to, for 400 days. */
export class Reveals {
  readonly #table: KeyedTable<RevealRecord>;
  readonly #clock: Clock;

  constructor(table: KeyedTable<RevealRecord>, clock: Clock = wallClock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** To be called before the value is given away: what cannot be recorded is not revealed. */
  async record(object: ObjectRef, reveal: Reveal): Promise<void> {
    const time = this.#clock();
    const key = `${beginningFor(object)}${String(time).padStart(TIME_DIGITS, '0')} ${randomBytes(6).toString('hex')}`;
    const record = { ...reveal, path: object.path, time };
    await this.#table.update((reveals) => reveals.set(key, record, time + KEPT_MS));
  }

  /** What was revealed at an object, newest first; with a key, of that session or key alone. */
  async of(object: ObjectRef, key?: string): Promise<readonly RevealRecord[]> {
    const records = (await this.#table.entries(beginningFor(object))).map(([, record]) => record);
    return records.filter((record) => key === undefined || record.key === key).reverse();
  }
}

function beginningFor({ oid, path }: ObjectRef): string {
  return `${oid < 0 ? path : oid} `;
}
