import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Json } from '../storage/storage.ts';
import type { KeyedTable, TableEntries } from '../storage/tables.ts';

/** How finely something is kept, and for how long: what is older is kept more coarsely. */
export interface Level {
  readonly name: string;
  readonly everyS: number;
  /** So far back it is shown; before that, what is coarser. */
  readonly shownS: number;
  readonly keptS: number;
  /** So many digits of a time in seconds begin the keys of a part that is read at once: about a hundred rows. */
  readonly digits: number;
}

const HOUR_S = 60 * 60;
const DAY_S = 24 * HOUR_S;

/** The finest first. Each but the last is kept somewhat longer than it is shown, so that the next one is made of it after a standstill. */
export const LEVELS = [
  { name: 'recent 10 s', everyS: 10, shownS: HOUR_S, keptS: 2 * HOUR_S, digits: 7 },
  { name: 'recent minutes', everyS: 60, shownS: DAY_S, keptS: DAY_S + HOUR_S, digits: 6 },
  { name: 'recent ten minutes', everyS: 600, shownS: 90 * DAY_S, keptS: 90 * DAY_S, digits: 5 },
] as const satisfies readonly Level[];

export const [FINEST, MINUTES, COARSEST] = LEVELS;

/** The most points that are given at once. */
const MOST_POINTS = 1_010;
/** Who asks for the last hour asks a little later, or has another clock. */
const LATENESS_S = 60;
const STEPS_S = [10, 60, 120, 600, 1_200, 3_600, 10_800];

/** How far apart points are over a span, and the level that they are made of. Times are in seconds. */
export function stepFor(from: number, to: number, now: number): { readonly everyS: number; readonly level: Level } {
  const steps = STEPS_S.map((everyS) => ({
    everyS,
    level: LEVELS.findLast((each) => each.everyS <= everyS) ?? FINEST,
  }));
  const fits = ({ everyS, level }: (typeof steps)[number]) =>
    (to - from) / everyS <= MOST_POINTS && from >= now - level.shownS - LATENESS_S;
  return steps.find(fits) ?? steps.at(-1)!;
}

export function inSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** The beginning of the stretch that a time is in. */
export function floorTo(everyS: number, time: number): number {
  return Math.floor(time / everyS) * everyS;
}

/** The rows of a table whose keys begin with a time from `from` up to `to`, which is left out; perhaps with some before them. */
export async function rowsBetween<Value extends Json>(
  table: KeyedTable<Value>,
  { digits }: Level,
  from: number,
  to: number,
): Promise<TableEntries<Value>> {
  const blockS = 10 ** (10 - digits);
  const rows: (readonly [string, Value])[] = [];
  for (let block = floorTo(blockS, from); block < to; block += blockS) {
    rows.push(...(await table.entries(String(block).slice(0, digits))));
    // A table may be read on this thread: whoever waits for it has a turn after each part.
    await nextTurn();
  }
  return rows;
}

/** The time with which a key begins. */
export function timeIn(key: string): number {
  return Number(key.slice(0, 10));
}
