import type { SessionMeasure } from '../../../schema/endpoints/recent.ts';
import { COUNTED, type Counted } from '../../../schema/endpoints/statistics.ts';
import type { Counts } from '../../recent/figures.ts';
import { countAt } from '../../manage/recent-times.ts';
import type { SessionCounts } from '../../sessions/counts.ts';

/** What is counted of sessions in the order in which it is recorded, after the longest wait: more may follow in time. */
export function totalsOf(counts: SessionCounts): Counts {
  return COUNTED.map((name) => counts[name]);
}

export function placeOf(name: Counted): number {
  return 1 + COUNTED.indexOf(name);
}

const SLOWEST = 0;
const ANSWERS = 1 + COUNTED.length;
const WAITED = ANSWERS + 1;
const BYTES = WAITED + 1;
const LIMIT_BYTES = BYTES + 1;

/** What several counts of the session containers come to, as people speak of it. */
const SUMS: Partial<Readonly<Record<SessionMeasure, readonly Counted[]>>> = {
  begun: ['begun'],
  ended: ['ended'],
  reads: ['reads'],
  writes: ['writes'],
  conflicts: ['merged', 'sameKeyRerun', 'sameKeyNewest', 'sameKeyFailed'],
  refusals: ['refused'],
  errors: ['errors'],
};

/** How often something happened; `undefined` for what is not counted so. */
export function sumFor(measure: SessionMeasure, counts: Counts | undefined): number | undefined {
  return SUMS[measure]?.reduce((sum, name) => sum + countAt(counts, placeOf(name)), 0);
}

/** How much of how much memory of processes the sessions took on average, in so many points. */
export function memoryIn(counts: Counts | undefined, points: number) {
  const limitBytes = Math.round(countAt(counts, LIMIT_BYTES) / points);
  return { bytes: Math.round(countAt(counts, BYTES) / points), limitBytes: limitBytes === 0 ? null : limitBytes };
}

/** How long the store took, on average and at most, in milliseconds; `null` where it was not asked. */
export function waitIn(counts: Counts | undefined): {
  readonly meanMs: number | null;
  readonly slowestMs: number | null;
} {
  const answers = countAt(counts, ANSWERS);
  if (answers === 0) return { meanMs: null, slowestMs: null };
  return { meanMs: countAt(counts, WAITED) / answers, slowestMs: countAt(counts, SLOWEST) };
}
