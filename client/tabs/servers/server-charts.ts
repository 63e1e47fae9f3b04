import type { RecentMark, RecentMessage, RecentServer, Series } from '../../../schema/endpoints/recent.ts';
import type { ServerMessage } from '../../../schema/endpoints/servers.ts';
import type { ChartColumn, Mark, RecentLine } from '../../parts/chart/recent-charts.ts';
import { aMinute, sumOf, topFor } from '../../parts/chart/series.ts';
import { formatBytes } from '../../parts/format.ts';

type Measure = Omit<RecentLine, 'values' | 'top'> & {
  readonly of: (history: RecentServer) => Series;
  readonly top?: number;
};

const COUNTED: readonly Measure[] = [
  { label: 'Gets', unit: 'a second', kind: 'ok', of: ({ gets }) => gets },
  { label: 'Misses', unit: 'a second', kind: 'quiet', of: ({ misses }) => misses },
  { label: 'Evictions', unit: 'a minute', kind: 'warn', of: ({ evictions }) => aMinute(evictions) },
];
/** Of servers that are started with -M; drawn where there were any. */
const REFUSALS: Measure = {
  label: 'Refusals',
  unit: 'a minute',
  kind: 'warn',
  of: ({ refusals }) => aMinute(refusals),
};

export const MEMORY = {
  label: 'Memory',
  unit: 'in use',
  kind: 'quiet',
  gathering: 'last',
  format: formatBytes,
} as const satisfies Partial<RecentLine>;

/** A column of charts for each server, all on the same scales; one column for all where there are more than `most`. */
export function serverCharts(histories: readonly RecentServer[], most: number): readonly ChartColumn[] {
  const isTogether = histories.length > most;
  const shown = isTogether ? [together(histories)] : histories;
  const limits = histories.map(({ limitBytes }) => limitBytes.findLast((limit) => limit !== null) ?? 0);
  const limit = isTogether ? limits.reduce((sum, bytes) => sum + bytes, 0) : Math.max(...limits);
  const hasRefused = histories.some(({ refusals }) => refusals.some((rate) => (rate ?? 0) > 0));
  const measures = [...COUNTED, ...(hasRefused ? [REFUSALS] : []), memory(limit, shown)];
  return shown.map((history) => ({
    name: history.address,
    lines: measures.map(({ of, top, ...line }) => ({
      ...line,
      values: of(history),
      top: top ?? topFor(...shown.map(of)),
    })),
  }));
}

/** What was recorded of the servers that there are now, in their order. */
export function recentOf(
  servers: readonly ServerMessage[],
  { servers: all, times }: Recorded,
): readonly RecentServer[] {
  const none = times.map(() => null);
  const unknown = {
    up: none,
    gets: none,
    misses: none,
    evictions: none,
    refusals: none,
    bytes: none,
    limitBytes: none,
  };
  return servers.map(
    ({ address }) => all.find((each) => each.address === address) ?? { address, path: '', ...unknown },
  );
}
type Recorded = Pick<RecentMessage, 'servers' | 'times'>;

/** What is drawn across all charts: trouble in red. */
export function marksOf({ marks }: Pick<RecentMessage, 'marks'>): readonly Mark[] {
  return marks.map(({ at, text, kind }) => ({ at: Date.parse(at), text, isTrouble: isTrouble(kind) }));
}

export function isTrouble(kind: RecentMark['kind']): boolean {
  return kind === 'down' || kind === 'lost' || kind === 'restarted';
}

function memory(limit: number, shown: readonly RecentServer[]): Measure {
  const of = ({ bytes }: RecentServer) => bytes;
  const top = limit > 0 ? limit : topFor(...shown.map(of));
  return { ...MEMORY, of, top };
}

function together(histories: readonly RecentServer[]): RecentServer {
  const sum = (of: (history: RecentServer) => Series) => sumOf(...histories.map(of));
  return {
    address: `All ${histories.length} servers`,
    path: histories[0]?.path ?? '',
    up: sum(({ up }) => up),
    gets: sum(({ gets }) => gets),
    misses: sum(({ misses }) => misses),
    evictions: sum(({ evictions }) => evictions),
    refusals: sum(({ refusals }) => refusals),
    bytes: sum(({ bytes }) => bytes),
    limitBytes: sum(({ limitBytes }) => limitBytes),
  };
}
