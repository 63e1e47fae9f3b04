import { createHmac } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Draft, KeyedTable } from '../storage/tables.ts';

/** How often something happened, and when. */
export interface Tallied {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A few keys, which share an entry of the table. */
export type TallyRow = readonly (readonly [digest: string, count: number, time: number])[];

interface TallyOptions {
  /** Tells tallies in one table apart. */
  readonly name: string;
  /** What is older is forgotten. */
  readonly keptMs: number;
  readonly clock: Clock;
}

const ROW_CHARACTERS = 2;
const MOST_IN_A_ROW = 4;
const DIGEST_LENGTH = 22;

/**
 * Counts by key, in a table that does not grow without bound whatever keys strangers make up: at most four in each of 4,096
 * entries. Of too many in one, the one with the least count makes room, the oldest first. Keys are digests of which nobody
 * outside can tell the entry.
 */
export class Tally {
  readonly #options: TallyOptions;

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  async read(table: KeyedTable<TallyRow>, digest: string): Promise<Tallied | undefined> {
    return this.#find(await table.get(this.#rowOf(digest)), digest);
  }

  get(rows: Draft<TallyRow>, digest: string): Tallied | undefined {
    return this.#find(rows.get(this.#rowOf(digest)), digest);
  }

  set(rows: Draft<TallyRow>, digest: string, { count, time }: Tallied): void {
    this.#change(rows, digest, (others) => {
      const byCount = others.toSorted((one, other) => other[1] - one[1] || other[2] - one[2]);
      return [[digest, count, time], ...byCount.slice(0, MOST_IN_A_ROW - 1)];
    });
  }

  delete(rows: Draft<TallyRow>, digest: string): void {
    this.#change(rows, digest, (others) => others);
  }

  #find(row: TallyRow | undefined, digest: string): Tallied | undefined {
    const found = this.#fresh(row).find(([each]) => each === digest);
    return found && { count: found[1], time: found[2] };
  }

  #change(rows: Draft<TallyRow>, digest: string, change: (others: TallyRow) => TallyRow): void {
    const { clock, keptMs } = this.#options;
    const key = this.#rowOf(digest);
    const changed = change(this.#fresh(rows.get(key)).filter(([each]) => each !== digest));
    if (changed.length === 0) rows.delete(key);
    else rows.set(key, changed, clock() + keptMs);
  }

  #fresh(row: TallyRow = []): TallyRow {
    const { clock, keptMs } = this.#options;
    return row.filter(([, , time]) => clock() - time < keptMs);
  }

  #rowOf(digest: string): string {
    return `${this.#options.name} ${digest.slice(0, ROW_CHARACTERS)}`;
  }
}

/** Keys come from outside and may be long; their digests are not. Without the secret, none is found that shares an entry. */
export function digestOf(key: string, secret: string): string {
  return createHmac('sha256', secret).update(key).digest('base64url').slice(0, DIGEST_LENGTH);
}
