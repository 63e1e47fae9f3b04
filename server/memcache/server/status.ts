import type { Clock } from '../../base/clock.ts';
import { ServerUnreachable } from '../errors.ts';
import type { ServerClient } from './server-client.ts';
import type { ServerStatus } from '../store.ts';

/** memcached's clock counts whole seconds and may lag by one more: less than this is no difference. */
const CLOCK_GRAIN_S = 1.5;

/** Asks one server how it stands, now. */
export async function statusOf(server: ServerClient, clock: Clock): Promise<ServerStatus> {
  const { text: address } = server.address;
  try {
    if (server.version === null) await server.ping();
    const begun = performance.now();
    const pinged = server.ping().then(() => performance.now() - begun);
    const asked = [server.stats(), server.stats('settings'), server.stats('items')] as const;
    const [latencyMs, ...told] = await Promise.all([pinged, ...asked]);
    const { version, restartedAt } = server;
    const figures = figuresIn(...told, clock());
    return { address, up: true, latencyMs, version, ...figures, restartedAt, error: null, downSince: null };
  } catch (error) {
    const cause = await server.explain(error);
    const reason = cause instanceof ServerUnreachable ? cause.reason.short : String(cause);
    const { downSince } = server.health;
    return { address, up: false, latencyMs: null, version: null, ...UNKNOWN, error: reason, downSince };
  }
}

type Stats = ReadonlyMap<string, string>;

function figuresIn(stats: Stats, settings: Stats, items: Stats, now: number) {
  const number = (name: string): number | null => {
    const text = stats.get(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
  };
  return {
    uptimeS: number('uptime'),
    items: number('curr_items'),
    bytes: number('bytes'),
    limitBytes: number('limit_maxbytes'),
    hits: number('get_hits'),
    misses: number('get_misses'),
    evictions: number('evictions'),
    refusals: refusalsIn(stats, items),
    evicts: settings.has('evictions') ? settings.get('evictions') === 'on' : null,
    connections: number('curr_connections'),
    clockDifferenceS: clockDifference(number('time'), now),
  };
}

/** All of it `null`. */
const UNKNOWN = figuresIn(new Map(), new Map(), new Map(), 0);

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

function clockDifference(timeS: number | null, now: number): number | null {
  if (timeS === null) return null;
  const difference = timeS + 0.5 - now / 1000;
  return Math.abs(difference) < CLOCK_GRAIN_S ? 0 : Math.round(difference);
}
