import { COUNTED, type Counted, type StatisticsMessage } from '../../../schema/endpoints/statistics.ts';
import type { ChartColumn, RecentLine } from '../../parts/chart/recent-charts.ts';
import { aMinute, lastOf, sumOf, topFor } from '../../parts/chart/series.ts';

interface Wording {
  readonly label: string;
  readonly meaning: string;
}

const WORDS: Readonly<Record<Counted, Wording>> = {
  reads: { label: 'Reads', meaning: 'A request asked for its session.' },
  writes: { label: 'Writes', meaning: 'A request’s change was stored.' },
  touches: { label: 'Touches', meaning: 'The time of the last access was stored, and nothing else.' },
  begun: { label: 'Sessions begun', meaning: 'Something was stored for a browser that had no session.' },
  ended: { label: 'Sessions ended', meaning: 'By a page, or one by one on the Sessions tab.' },
  merged: { label: 'Changes merged', meaning: 'Another request had changed the session; key by key, both stayed.' },
  sameKeyRerun: {
    label: 'Same key, run again',
    meaning: 'Another request had changed the key; this one looked again.',
  },
  sameKeyNewest: { label: 'Same key, newest won', meaning: 'On a conflict: newest. The earlier change was replaced.' },
  sameKeyFailed: { label: 'Same key, refused', meaning: 'On a conflict: fail. The later request was refused.' },
  reruns: { label: 'Requests run again', meaning: 'After a conflict in the session or in the tree.' },
  refused: { label: 'Refused', meaning: 'The session was too large, or the server or the memory was full.' },
  lost: {
    label: 'Sessions lost',
    meaning:
      'This process knew them, nobody ended them, and they are found nowhere: a server was restarted, or was full.',
  },
  errors: { label: 'Errors', meaning: 'The servers were out of reach, or a record could not be opened.' },
};

/** One line of the list of everything that is counted. */
export interface CountedRow extends Wording {
  readonly name: Counted;
  readonly total: number;
  /** How often a minute, just now; `undefined` while that is not known. */
  readonly aMinute: number | undefined;
  /** It ought to stay at zero, and did not. */
  readonly isTrouble: boolean;
}

const TROUBLES: readonly Counted[] = ['sameKeyFailed', 'refused', 'lost', 'errors'];

export function countedRows({ totals, rates }: StatisticsMessage): readonly CountedRow[] {
  return COUNTED.map((name) => ({
    ...WORDS[name],
    name,
    total: totals[name],
    aMinute: lastOf(aMinute(rates[name])),
    isTrouble: totals[name] > 0 && TROUBLES.includes(name),
  }));
}

export function hasCounted({ totals }: StatisticsMessage): boolean {
  return COUNTED.some((name) => totals[name] > 0);
}

/** What belongs together, one below the other. */
export function statisticsCharts({ rates }: StatisticsMessage): readonly ChartColumn[] {
  const perSecond = (label: string, kind: RecentLine['kind'], name: Counted): RecentLine =>
    line(label, 'a second', kind, rates[name]);
  const perMinute = (label: string, kind: RecentLine['kind'], ...names: readonly Counted[]): RecentLine =>
    line(label, 'a minute', kind, aMinute(sumOf(...names.map((name) => rates[name]))));
  return [
    {
      name: 'Use',
      lines: [
        perSecond('Reads', 'ok', 'reads'),
        perSecond('Writes', 'ok', 'writes'),
        perMinute('Touches', 'quiet', 'touches'),
      ],
    },
    {
      name: 'Sessions',
      lines: [
        perMinute('Begun', 'ok', 'begun'),
        perMinute('Ended', 'quiet', 'ended'),
        perMinute('Refused or failed', 'warn', 'refused', 'errors'),
      ],
    },
    {
      name: 'Conflicts',
      lines: [
        perMinute('Merged', 'quiet', 'merged'),
        perMinute('Same key', 'warn', 'sameKeyRerun', 'sameKeyNewest', 'sameKeyFailed'),
        perMinute('Run again', 'quiet', 'reruns'),
      ],
    },
  ];
}

function line(label: string, unit: string, kind: RecentLine['kind'], values: RecentLine['values']): RecentLine {
  return { label, unit, kind, values, top: topFor(values) };
}
