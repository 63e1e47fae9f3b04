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
  /** How full the memory of this process is that the sessions are in; `null` where they are on servers. */
  readonly memory: MemoryMessage | null;
}

export interface MemoryMessage {
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** What of it would make room: sessions that no browser came back to. */
  readonly newBytes: number;
  /** How many of those made room, and how often what was new or grew was refused. */
  readonly evictions: number;
  readonly refusals: number;
  readonly state: 'ok' | 'filling' | 'evicting' | 'refusing';
}
