import type { RecentMessage, SessionMeasure } from '../../../schema/endpoints/recent.ts';
import type { ChartColumn, RecentLine } from '../../parts/chart/recent-charts.ts';
import { aMinute, topFor } from '../../parts/chart/series.ts';
import { MEMORY, serverCharts } from '../servers/server-charts.ts';

interface Wording {
  readonly label: string;
  readonly unit: string;
  readonly kind: RecentLine['kind'];
}

const WORDS: Readonly<Record<SessionMeasure, Wording>> = {
  sessions: { label: 'Sessions', unit: 'estimated', kind: 'ok' },
  begun: { label: 'Begun', unit: 'a minute', kind: 'quiet' },
  ended: { label: 'Ended', unit: 'a minute', kind: 'quiet' },
  reads: { label: 'Reads', unit: 'a second', kind: 'ok' },
  writes: { label: 'Writes', unit: 'a second', kind: 'ok' },
  errors: { label: 'Errors', unit: 'a minute', kind: 'warn' },
  refusals: { label: 'Refusals', unit: 'a minute', kind: 'warn' },
  conflicts: { label: 'Conflicts', unit: 'a minute', kind: 'quiet' },
  meanMs: { label: 'Latency', unit: 'ms, on average', kind: 'quiet' },
  p95Ms: { label: 'Latency of 95 %', unit: 'ms at most', kind: 'quiet' },
  slowestMs: { label: 'Slowest answer', unit: 'ms', kind: 'quiet' },
};

const USE: readonly SessionMeasure[] = ['sessions', 'begun', 'ended', 'reads', 'writes'];
const HEALTH: readonly SessionMeasure[] = ['errors', 'refusals', 'conflicts', 'meanMs', 'p95Ms', 'slowestMs'];

const SIDE_BY_SIDE = 4;

/** What is recorded of sessions, in two columns. */
export function sessionCharts({
  sessions,
  memory,
}: Pick<RecentMessage, 'sessions' | 'memory'>): readonly ChartColumn[] {
  const inMemory = memory === null ? [] : [memoryLine(memory)];
  return [
    { name: 'Use', lines: [...linesOf(USE, sessions), ...inMemory] },
    { name: 'Health', lines: linesOf(HEALTH, sessions) },
  ];
}

function linesOf(measures: readonly SessionMeasure[], sessions: RecentMessage['sessions']): readonly RecentLine[] {
  return measures.map((measure) => {
    const { unit, ...words } = WORDS[measure];
    const values = unit === 'a minute' ? aMinute(sessions[measure]) : sessions[measure];
    return { ...words, unit, values, top: topFor(values) };
  });
}

function memoryLine({ bytes, limitBytes }: NonNullable<RecentMessage['memory']>): RecentLine {
  return { ...MEMORY, values: bytes, top: Math.max(0, ...limitBytes.map((limit) => limit ?? 0)) || topFor(bytes) };
}

/** A column for each server, named with its proxy where there are several. */
export function chartsOfServers({ servers }: Pick<RecentMessage, 'servers'>): readonly ChartColumn[] {
  const isOneProxy = new Set(servers.map(({ path }) => path)).size < 2;
  const named = servers.map((server) => ({
    ...server,
    address: isOneProxy ? server.address : `${server.address} of ${server.path}`,
  }));
  return serverCharts(named, SIDE_BY_SIDE);
}
