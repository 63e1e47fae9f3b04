import type { NetConnectOpts } from 'node:net';
import { REASONS, ServerUnreachable, type Reason } from './errors.ts';
import { TextConnection } from './text-connection.ts';

/** A value as one server has it. */
export interface Held {
  readonly value: Buffer;
  /** How long it still lives there; `null`: for ever. */
  readonly ttlS: number | null;
}

/** What a server itself says of a key. */
export interface Holding {
  readonly address: string;
  /** `undefined`: it does not have it, or could not be asked. */
  readonly held?: Held | undefined;
  readonly unreachable?: ServerUnreachable;
}

/** As long as a message of the binary protocol: a server that takes no other sees at once that this is none, and hangs up. */
const ASK_VERSION = `version${' '.repeat(24)}`;

/**
 * Asks one memcached what it has under a key, over a connection made for it: in text, which tells the time to live, too.
 * Nothing else is sent until the server has answered `version`.
 */
export async function askHeld(
  target: NetConnectOpts,
  address: string,
  key: string,
  timeoutMs: number,
): Promise<Held | undefined> {
  using connection = new TextConnection(target, address, timeoutMs);
  const version = await connection.ask(ASK_VERSION).catch((error: unknown) => {
    const isHungUp = error instanceof ServerUnreachable && error.reason.short === REASONS.closed.short;
    throw isHungUp ? new ServerUnreachable(address, REFUSES_TEXT) : error;
  });
  if (!/^VERSION \d+\.\d+/.test(version)) throw new ServerUnreachable(address, REASONS.notMemcached);
  const [code, size, ttl] = (await connection.ask(`mg ${key} t v`)).split(' ');
  if (code === 'EN') return undefined;
  if (code !== 'VA' || ttl === undefined) throw new ServerUnreachable(address, REFUSES_META);
  return { value: await connection.read(Number(size)), ttlS: ttl === 't-1' ? null : Number(ttl.slice(1)) };
}

const REFUSES_TEXT: Reason = { short: 'refuses the text protocol', clause: 'refuses the text protocol' };
const REFUSES_META: Reason = { short: 'is older than memcached 1.6', clause: 'is older than memcached 1.6' };
