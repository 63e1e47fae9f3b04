import type { SessionMeasure } from '../../../schema/endpoints/recent.ts';
import { COUNTED, type Counted } from '../../../schema/endpoints/statistics.ts';
import type { Counts } from '../../recent/figures.ts';
import { WAITS, waitOf } from '../../recent/waits.ts';
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
const FIRST_WAIT = LIMIT_BYTES + 1;

const WAIT_MEASURES = ['meanMs', 'p95Ms', 'slowestMs'] as const satisfies readonly SessionMeasure[];
type WaitMeasure = (typeof WAIT_MEASURES)[number];

export function isWait(measure: SessionMeasure): measure is WaitMeasure {
  return (WAIT_MEASURES as readonly SessionMeasure[]).includes(measure);
}

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

/** How long the store took, in milliseconds; `null` where it was not asked. */
export function waitIn(counts: Counts | undefined): Readonly<Record<WaitMeasure, number | null>> {
  const answers = countAt(counts, ANSWERS);
  if (answers === 0) return { meanMs: null, p95Ms: null, slowestMs: null };
  const slowestMs = countAt(counts, SLOWEST);
  const p95Ms = waitOf(0.95, counts!.slice(FIRST_WAIT, FIRST_WAIT + WAITS), slowestMs) ?? null;
  return { meanMs: countAt(counts, WAITED) / answers, p95Ms, slowestMs };
}
