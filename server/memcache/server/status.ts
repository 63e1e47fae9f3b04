import type { Clock } from '../../base/clock.ts';
import { ServerUnreachable } from '../errors.ts';
import type { Member } from './server-client.ts';
import type { ServerStatus } from '../store.ts';

/** memcached's clock counts whole seconds and may lag by one more: less than this is no difference. */
const CLOCK_GRAIN_S = 1.5;

/** Asks one server how it stands, now. */
export async function statusOf(member: Member, clock: Clock): Promise<ServerStatus> {
  try {
    if (member.version === null) await member.ping();
    const begun = performance.now();
    const pinged = member.ping().then(() => performance.now() - begun);
    const asked = [member.stats(), member.stats('settings'), member.stats('items')] as const;
    const [latencyMs, stats, settings, items] = await Promise.all([pinged, ...asked]);
    return { ...answered(member, latencyMs, stats, settings, clock()), refusals: refusalsIn(stats, items) };
  } catch (error) {
    return unanswered(member, await member.explain(error));
  }
}

type Stats = ReadonlyMap<string, string>;

function answered(member: Member, latencyMs: number, stats: Stats, settings: Stats, now: number) {
  const number = (name: string): number | null => {
    const text = stats.get(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
  };
  return {
    address: member.address.text,
    up: true,
    latencyMs,
    version: member.version,
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

function unanswered(member: Member, error: unknown): ServerStatus {
  const reason = error instanceof ServerUnreachable ? error.reason.short : String(error);
  return {
    address: member.address.text,
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
    downSince: member.health.downSince,
  };
}

function clockDifference(timeS: number | null, now: number): number | null {
  if (timeS === null) return null;
  const difference = timeS + 0.5 - now / 1000;
  return Math.abs(difference) < CLOCK_GRAIN_S ? 0 : Math.round(difference);
}
