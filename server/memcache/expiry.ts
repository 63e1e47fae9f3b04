const RELATIVE_LIMIT_S = 30 * 24 * 60 * 60;
const LONG_AGO_S = RELATIVE_LIMIT_S + 1;
// 0xffffffff means "do not create" to an increment.
const LATEST_S = 0xfffffffe;

/**
 * The one place where a time to live in seconds becomes what memcached calls an expiration.
 * A value lives at least as long as asked, and at most two seconds longer.
 */
export function toExpiration(ttlS: number, nowMs: number): number {
  if (!(ttlS > 0)) return LONG_AGO_S;
  // memcached counts ticks of a clock of whole seconds, and the current one has partly passed.
  const seconds = Math.ceil(ttlS) + 1;
  if (seconds <= RELATIVE_LIMIT_S) return seconds;
  return Math.min(Math.floor(nowMs / 1000) + seconds, LATEST_S);
}
