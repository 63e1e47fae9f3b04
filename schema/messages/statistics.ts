import type { HistoryTimes, Series } from './history.ts';

/** What is counted of the sessions in a container, in the order in which it is shown. */
export const COUNTED = [
  'reads',
  'writes',
  'touches',
  'begun',
  'ended',
  'merged',
  'sameKeyRerun',
  'sameKeyNewest',
  'sameKeyFailed',
  'reruns',
  'refused',
  'errors',
] as const;
export type Counted = (typeof COUNTED)[number];

/** GET /api/<container>/@statistics: what one process counted, since when, and what it cannot see. */
export interface StatisticsMessage extends HistoryTimes {
  readonly since: string;
  readonly totals: Readonly<Record<Counted, number>>;
  /** A second. */
  readonly rates: Readonly<Record<Counted, Series>>;
  /** What is not in it, in sentences. */
  readonly unseen: string;
}
