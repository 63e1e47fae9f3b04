import { overLimit } from '../../schema/sizes.ts';
import { Invalid, TooLarge, Unavailable } from '../base/errors.ts';

/** Why a server could not be used: in short for a table, and as the end of a sentence that begins with its address. */
export interface Reason {
  readonly short: string;
  readonly clause: string;
}

export const REASONS = {
  refused: { short: 'refused', clause: 'refused the connection' },
  noSocket: { short: 'no such socket', clause: 'does not exist' },
  closed: { short: 'closed the connection', clause: 'closed the connection' },
  noRoute: { short: 'cannot be reached', clause: 'cannot be reached' },
  unresolved: { short: 'the name does not resolve', clause: 'has a name that does not resolve' },
  notAllowed: {
    short: 'was not asked: TRELLIS_MEMCACHED_ALLOW does not allow its address',
    clause:
      'was not asked: it is not an allowed address; TRELLIS_MEMCACHED_ALLOW of this server or application says which are',
  },
  notMemcached: { short: 'not memcached', clause: 'does not answer as memcached does' },
  overloaded: { short: 'too slow', clause: 'takes requests more slowly than they come' },
  garbled: { short: 'answered out of order', clause: 'gave an answer that belongs to no question' },
} as const satisfies Record<string, Reason>;

/** What answered in place of a memcached that speaks the binary protocol to everybody, and what to do about it. */
export const DIALECTS = {
  ascii: plainReason('speaks the ASCII protocol only: start memcached without "-B ascii"'),
  password: plainReason('is a memcached that asks for a password (-Y), which is not supported yet: start it without'),
  sasl: plainReason(
    'is a memcached that asks for a user name and a password (-S), which is not supported yet: start it without',
  ),
  tls: plainReason('speaks TLS, which is not supported yet: start memcached without -Z'),
  redis: plainReason('is a Redis server, and no memcached'),
  http: plainReason('is a web server, and no memcached'),
} as const satisfies Record<string, Reason>;

/** A reason that is told in the same words everywhere. */
export function plainReason(words: string): Reason {
  return { short: words, clause: words };
}

const WHOLE = new Set([REASONS.notAllowed, ...Object.values(DIALECTS)].map(({ short }: Reason) => short));

/** What is said of a server that is down, after its address. */
export function downWords(short: string | null): string {
  if (short !== null && WHOLE.has(short)) return short;
  return `does not answer (${short ?? 'no reason given'})`;
}

/** A memcached server, or every one that could hold a key, is out of reach. Whether a write was made is not known. */
export class ServerUnreachable extends Unavailable {
  readonly address: string;
  readonly reason: Reason;

  constructor(address: string, reason: Reason, options: { cause?: unknown } = {}) {
    super(`Can't reach memcache server! ${address} ${reason.clause}.`, options);
    this.address = address;
    this.reason = reason;
  }
}

/** To be caught with: why a server could not be asked, as an answer like any other. */
export function asUnreachable(error: unknown): ServerUnreachable {
  if (error instanceof ServerUnreachable) return error;
  throw error;
}

/** A connection broke. Another one may work at once. */
export class ConnectionLost extends ServerUnreachable {}

/** The server took longer than the deadline: so many milliseconds. */
export class Timeout extends ServerUnreachable {
  readonly ms: number;

  constructor(address: string, deadlineMs: number) {
    const ms = Math.round(deadlineMs);
    super(address, plainReason(`did not answer within ${ms} ms`));
    this.ms = ms;
  }
}

/** What an error of a socket means for the server that it leads to. */
export function toUnreachable(address: string, error: Error): ServerUnreachable {
  if (error instanceof ServerUnreachable) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return new ServerUnreachable(address, REASONS.refused, { cause: error });
  if (code === 'ENOENT') return new ServerUnreachable(address, REASONS.noSocket, { cause: error });
  if (code === 'ECONNRESET' || code === 'EPIPE') return new ConnectionLost(address, REASONS.closed, { cause: error });
  return new ServerUnreachable(address, REASONS.noRoute, { cause: error });
}

/** Whether nobody is there any more: what a memcached kept went with its process. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof ServerUnreachable)) return false;
  const { reason, cause } = error;
  if (reason === REASONS.unresolved) return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOTFOUND';
  return reason === REASONS.refused || reason === REASONS.noSocket;
}

/** The server answers and refuses: it is full, or does not know the command. */
export class ServerRefused extends Unavailable {
  readonly address: string;
  readonly isFull: boolean;

  constructor(address: string, status: number) {
    super(
      `The memcached server ${address} ${REFUSALS.get(status) ?? `answered with status 0x${status.toString(16)}`}.`,
    );
    this.address = address;
    this.isFull = status === FULL;
  }
}

const FULL = 0x82;

const REFUSALS = new Map([
  [0x03, 'was started with a lower limit for one value than 1 MiB (-I) and dropped what was there'],
  [0x06, 'holds a value there that is not a counter'],
  [0x20, 'asks for a user name and a password, which are not supported'],
  [0x81, 'does not know the command'],
  [FULL, 'is full and refuses new values'],
  [0x85, 'is busy'],
]);

/** The memory of this process that values are kept in has no room left. */
export class MemoryFull extends Unavailable {
  constructor(limitBytes: number) {
    const limit = `${Number((limitBytes / 1024 ** 2).toFixed(1))} MiB`;
    super(
      `The memory for sessions is full (${limit}). Nothing was stored, and what was there stays. Try again later: sessions that end make room.`,
      { retryAfterS: 10, audience: 'anybody' },
    );
  }
}

/** Whether a store answered that it has no room. */
export function isFull(error: unknown): boolean {
  return error instanceof MemoryFull || (error instanceof ServerRefused && error.isFull);
}

/** The store was closed: its servers were changed or removed. */
export class StoreClosed extends Unavailable {
  constructor() {
    super('This store was closed because its servers were changed or removed. Try again.');
  }
}

export class BadKey extends Invalid {
  readonly key: string;

  constructor(key: string) {
    super(
      `The memcached key ${JSON.stringify(key.slice(0, 40))} is not 1 to 200 characters of letters, digits, ":", "_" and "-".`,
    );
    this.key = key;
  }
}

/** A value, or a session, that takes more bytes than it may. */
export class ValueTooLarge extends TooLarge {
  readonly size: number;
  readonly limit: number;

  constructor(
    size: number,
    limit: number,
    detail = `The value has ${overLimit(size, limit)} are kept. Nothing was stored, and what was there stays.`,
  ) {
    super(detail);
    this.size = size;
    this.limit = limit;
  }
}
