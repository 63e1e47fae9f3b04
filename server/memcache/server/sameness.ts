import type { Clock } from '../../base/clock.ts';
import type { Address } from './addresses.ts';
import type { Allowlist } from './allowlist.ts';
import { SocketConnection, type Connect } from './connection.ts';
import { isGone } from '../errors.ts';
import { ServerClient } from './server-client.ts';
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
/** Two servers that are called one would cost nothing but a wrong warning; chance must not do it. */
const SURE_ROUNDS = 4;
/** What a server reads for `stats`. */
const QUESTION_BYTES = 24;

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
      async (servers) => {
        const [first, ...others] = await answering(servers);
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
    const servers = [this.#connect(other), ...targets.map((ip) => this.#connect(address, ip))];
    return await this.#with(servers, async ([known, ...unknown]) => {
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

  #connect(address: Address, ip?: string): ServerClient {
    const connect: Connect = (target, options) =>
      new SocketConnection(ip === undefined ? target : only(target, ip), options);
    return new ServerClient(address, {
      ...this.#options,
      maxBodyBytes: MAX_BODY_BYTES,
      onReady: () => undefined,
      onChange: () => undefined,
      connect,
    });
  }

  async #with<Result>(servers: readonly ServerClient[], act: (servers: readonly ServerClient[]) => Promise<Result>) {
    try {
      return await act(servers);
    } finally {
      for (const server of servers) server.close();
    }
  }
}

/**
 * Those that lead to the same server as one that is named before them, with that one. However many are named, each is
 * compared with one other at most: of those of one process id and start, with the one that has read next to as much.
 */
export async function twinsAmong(servers: readonly ServerClient[]): Promise<ReadonlyMap<ServerClient, ServerClient>> {
  if (servers.length < 2) return new Map();
  const asked = await Promise.all(
    servers.map(async (server) => ({ server, ...(await selfOf(server).catch(() => undefined)) })),
  );
  const known = asked.filter(({ pid }) => pid !== undefined);
  const alike = Map.groupBy(known, ({ pid, startedAtS }) => `${pid} ${startedAtS}`);
  const twins = new Map<ServerClient, ServerClient>();
  for (const group of alike.values()) {
    const inOrder = group.toSorted((one, other) => (one.bytesRead ?? 0) - (other.bytesRead ?? 0));
    for (const same of await runsOfOne(inOrder.map(({ server }) => server))) {
      const [first, ...others] = servers.filter((server) => same.includes(server));
      for (const other of others) twins.set(other, first!);
    }
  }
  return twins;
}

async function runsOfOne(servers: readonly ServerClient[]): Promise<readonly ServerClient[][]> {
  const runs: ServerClient[][] = [];
  for (const server of servers) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (before !== undefined && (await areSurelyOne(before, server).catch(() => false))) run?.push(server);
    else runs.push([server]);
  }
  return runs;
}

const MAX_BODY_BYTES = 64 * 1024;

async function answering(servers: readonly ServerClient[]): Promise<readonly ServerClient[]> {
  const pings = await Promise.allSettled(servers.map((server) => server.ping()));
  return servers.filter((_, index) => pings[index]?.status === 'fulfilled');
}

async function areOne(one: ServerClient, other: ServerClient): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round++) if (await seemOne(one, other)) return true;
  return false;
}

async function seemOne(one: ServerClient, other: ServerClient): Promise<boolean> {
  const [before, between, after] = [await selfOf(one), await selfOf(other), await selfOf(one)];
  if (before.pid !== between.pid) return false;
  // A server that does not count cannot be told from another by it.
  const counts = before.bytesRead < after.bytesRead;
  return !counts || (before.bytesRead < between.bytesRead && between.bytesRead < after.bytesRead);
}

/** In containers process ids are alike, and two servers that are given the same may have read the same. */
async function areSurelyOne(one: ServerClient, other: ServerClient): Promise<boolean> {
  for (let round = 0; round < SURE_ROUNDS; round++) if (!(await areAskedTogether(one, other))) return false;
  return true;
}

/** Whether a question to either is one that both were asked. */
async function areAskedTogether(one: ServerClient, other: ServerClient): Promise<boolean> {
  const [before, between, after] = [await selfOf(one), await selfOf(other), await selfOf(one)];
  const steps = [between.bytesRead - before.bytesRead, after.bytesRead - between.bytesRead];
  return before.pid === between.pid && steps.every((bytes) => bytes >= QUESTION_BYTES);
}

async function selfOf(server: ServerClient) {
  const stats = await server.stats();
  const [bytesRead = NaN, time = NaN, uptime = NaN] = ['bytes_read', 'time', 'uptime'].map((each) =>
    Number(stats.get(each)),
  );
  return { pid: stats.get('pid'), bytesRead, startedAtS: time - uptime };
}

function portOf(address: Address): number | string {
  return address.kind === 'tcp' ? address.port : address.path;
}
