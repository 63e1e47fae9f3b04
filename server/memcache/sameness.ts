import type { Clock } from '../base/clock.ts';
import type { Address } from './addresses.ts';
import type { Allowlist } from './allowlist.ts';
import { Connection, type Connect } from './connection.ts';
import { isGone } from './errors.ts';
import { Member } from './member.ts';
import { ipsOf, only } from './resolve.ts';

export interface SamenessOptions {
  readonly allowlist: Allowlist;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** So many connections at least are compared: whoever deals them out in turn, or evenly, gives two servers to them. */
const CONNECTIONS = 4;
const MOST_CONNECTIONS = 8;
/** `stats reset`, or a restart in the same moment, looks like another server once. */
const ROUNDS = 2;

/**
 * Tells one memcached from several, by what each says of itself over connections that are open at the same time: its
 * process id, and how much it has read. Every question adds to that, whoever asks, so that over two connections to one
 * server the number only grows. Nothing is written.
 */
export class Sameness {
  readonly #options: SamenessOptions;

  constructor(options: SamenessOptions) {
    this.#options = options;
  }

  /**
   * Whether connections to one address lead to several servers: a name of several machines, or a balancer. `undefined`:
   * it cannot be told, because too few of them stand.
   */
  async leadsToSeveral(address: Address): Promise<boolean | undefined> {
    const ips = await ipsOf(address);
    if (address.kind === 'tcp' && ips.length === 0) return undefined;
    const targets: (string | undefined)[] = ips.slice(0, MOST_CONNECTIONS);
    while (targets.length < CONNECTIONS) targets.push(undefined);
    return await this.#with(
      targets.map((ip) => this.#connect(address, ip)),
      async (members) => {
        const [first, ...others] = await answering(members);
        if (first === undefined || others.length === 0) return undefined;
        for (const other of others) if (!(await areOne(first, other))) return true;
        return false;
      },
    );
  }

  /** Whether everything that an address leads to is also what another one leads to, or is gone. */
  async isWithin(address: Address, other: Address): Promise<boolean> {
    if (address.text === other.text) return true;
    const [ips, otherIps] = await Promise.all([ipsOf(address), ipsOf(other)]);
    const isThere = (ip: string) => otherIps.includes(ip) && portOf(address) === portOf(other);
    const elsewhere = ips.filter((ip) => !isThere(ip));
    if (ips.length > 0 && elsewhere.length === 0) return true;
    const targets = address.kind === 'socket' ? [undefined] : elsewhere;
    const members = [this.#connect(other), ...targets.map((ip) => this.#connect(address, ip))];
    return await this.#with(members, async ([known, ...unknown]) => {
      const verdicts = await Promise.all(
        unknown.map((each) =>
          each.ping().then(
            () => areOne(known!, each).catch(() => false),
            (error) => isGone(error) && 'gone',
          ),
        ),
      );
      // Where it leads nowhere at all, it leads nowhere else; but that is for others to say.
      return !verdicts.includes(false) && (verdicts.includes(true) || elsewhere.length < ips.length);
    });
  }

  #connect(address: Address, ip?: string): Member {
    const { timeoutMs } = this.#options;
    const connect: Connect = (target, options) => new Connection(ip === undefined ? target : only(target, ip), options);
    return new Member(address, {
      ...this.#options,
      connectTimeoutMs: timeoutMs,
      maxBodyBytes: MAX_BODY_BYTES,
      onReady: () => undefined,
      onChange: () => undefined,
      connect,
    });
  }

  async #with<Result>(members: readonly Member[], act: (members: readonly Member[]) => Promise<Result>) {
    try {
      return await act(members);
    } finally {
      for (const member of members) member.close();
    }
  }
}

const MAX_BODY_BYTES = 64 * 1024;

async function answering(members: readonly Member[]): Promise<readonly Member[]> {
  const pings = await Promise.allSettled(members.map((member) => member.ping()));
  return members.filter((_, index) => pings[index]?.status === 'fulfilled');
}

async function areOne(one: Member, other: Member): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round++) if (await seemOne(one, other)) return true;
  return false;
}

async function seemOne(one: Member, other: Member): Promise<boolean> {
  const [before, between, after] = [await selfOf(one), await selfOf(other), await selfOf(one)];
  if (before.pid !== between.pid) return false;
  // A server that does not count cannot be told from another by it.
  const counts = before.bytesRead < after.bytesRead;
  return !counts || (before.bytesRead < between.bytesRead && between.bytesRead < after.bytesRead);
}

async function selfOf(member: Member) {
  const stats = await member.stats();
  return { pid: stats.get('pid'), bytesRead: Number(stats.get('bytes_read')) };
}

function portOf(address: Address): number | string {
  return address.kind === 'tcp' ? address.port : address.path;
}
