import type { Clock } from '../../base/clock.ts';
import { ServerUnreachable } from '../errors.ts';
import type { ServerClient } from './server-client.ts';
import type { ServerStatus } from '../store.ts';

/** memcached's clock counts whole seconds and may lag by one more: less than this is no difference. */
const CLOCK_GRAIN_S = 1.5;

/** Asks one server how it stands, now. */
export async function statusOf(server: ServerClient, clock: Clock): Promise<ServerStatus> {
  try {
    if (server.version === null) await server.ping();
    const begun = performance.now();
    const pinged = server.ping().then(() => performance.now() - begun);
    const asked = [server.stats(), server.stats('settings'), server.stats('items')] as const;
    const [latencyMs, stats, settings, items] = await Promise.all([pinged, ...asked]);
    return { ...answered(server, latencyMs, stats, settings, clock()), refusals: refusalsIn(stats, items) };
  } catch (error) {
    return unanswered(server, await server.explain(error));
  }
}

type Stats = ReadonlyMap<string, string>;

function answered(server: ServerClient, latencyMs: number, stats: Stats, settings: Stats, now: number) {
  const number = (name: string): number | null => {
    const text = stats.get(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
  };
  return {
    address: server.address.text,
    up: true,
    latencyMs,
    version: server.version,
    uptimeS: number('uptime'),
    items: number('curr_items'),
    bytes: number('bytes'),
    limitBytes: number('limit_maxbytes'),
    hits: number('get_hits'),
    misses: number('get_misses'),
    evictions: number('evictions'),
    evicts: settings.has('evictions') ? settings.get('evictions') === 'on' : null,
    connections: number('curr_connections'),
    clockDifferenceS: clockDifference(number('time'), now),
    error: null,
    downSince: null,
  };
}

/** `store_no_memory` counts only what the text protocol was refused; the sizes of items each count everybody's. */
function refusalsIn(stats: Stats, items: Stats): number | null {
  const total = stats.get('store_no_memory');
  if (total === undefined) return null;
  const bySize = [...items].filter(([name]) => name.endsWith(':outofmemory'));
  return Math.max(
    Number(total),
    bySize.reduce((sum, [, count]) => sum + Number(count), 0),
  );
}

function unanswered(server: ServerClient, error: unknown): ServerStatus {
  const reason = error instanceof ServerUnreachable ? error.reason.short : String(error);
  return {
    address: server.address.text,
    up: false,
    latencyMs: null,
    version: null,
    uptimeS: null,
    items: null,
    bytes: null,
    limitBytes: null,
    hits: null,
    misses: null,
    evictions: null,
    refusals: null,
    evicts: null,
    connections: null,
    clockDifferenceS: null,
    error: reason,
    downSince: server.health.downSince,
  };
}

function clockDifference(timeS: number | null, now: number): number | null {
  if (timeS === null) return null;
  const difference = timeS + 0.5 - now / 1000;
  return Math.abs(difference) < CLOCK_GRAIN_S ? 0 : Math.round(difference);
}
