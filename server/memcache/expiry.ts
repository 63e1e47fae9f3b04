const RELATIVE_LIMIT_S = 30 * 24 * 60 * 60;
const LONG_AGO_S = RELATIVE_LIMIT_S + 1;
// 0xffffffff means "do not create" to an increment.
const LATEST_S = 0xfffffffe;

/** How long a value lives, as memcached wants to be told. */
export interface Expiry {
  /** Seconds from now or, above 30 days, since 1970. */
  readonly expiration: number;
  /** Seconds since 1970. It travels in the value's flags, so that a lost copy can be made again with the time left. */
  readonly endsAtS: number;
}

/**
 * The one place where a time to live in seconds becomes what memcached understands.
 * A value lives at least as long as asked, and at most two seconds longer.
 */
export function toExpiry(ttlS: number, nowMs: number): Expiry {
  if (!(ttlS > 0)) return { expiration: LONG_AGO_S, endsAtS: LONG_AGO_S };
  // memcached counts ticks of a clock of whole seconds, and the current one has partly passed.
  const seconds = Math.ceil(ttlS) + 1;
  const endsAtS = Math.min(Math.floor(nowMs / 1000) + seconds, LATEST_S);
  return { expiration: seconds <= RELATIVE_LIMIT_S ? seconds : endsAtS, endsAtS };
}

/** What is left of a lifetime, for another copy of the same value. `undefined`: nothing is left, or nothing is known. */
export function remaining(endsAtS: number, nowMs: number): Expiry | undefined {
  const leftS = endsAtS - Math.floor(nowMs / 1000);
  if (leftS <= 0) return undefined;
  return { expiration: leftS <= RELATIVE_LIMIT_S ? leftS : endsAtS, endsAtS };
}
