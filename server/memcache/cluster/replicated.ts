import { BoundedMap } from '../../base/bounded-map.ts';
import { Turns } from '../../base/turns.ts';
import type { Expiry } from '../expiry.ts';
import type { ReplicationStrategy } from './replication-strategy.ts';
import { toReplicated, type ReplicatedItem } from './replicated-item.ts';
import { ReplicatedRead, type ReplicatedReadOptions } from './replicated-read.ts';
import { ReplicatedWrite, type ReplicatedWriteOptions } from './replicated-write.ts';
import { QuorumRead } from './quorum-read.ts';
import type { ServerClient, Verb } from '../server/server-client.ts';
import type { Cas, Check, Item, Outcome } from '../store.ts';
import { compareVersions, isMadeFrom, isRival } from '../version.ts';

interface ReplicatedOptions extends Omit<ReplicatedReadOptions, 'key' | 'check' | 'order' | 'reach'> {
  readonly servers: readonly ServerClient[];
  /** The servers in the order of their places for a key. */
  readonly orderOf: (key: string) => readonly ServerClient[];
  /** Whether copies may still be where they were before the servers, or how many of them hold a copy, were changed. */
  readonly isMoving: () => boolean;
}

type Writing = Omit<ReplicatedWriteOptions, 'reach' | 'replicas'>;

const LONGEST_WRITE_MS = 10_000;
const AGREE_ATTEMPTS = 10;
const CLEARED_REMEMBERED = 10_000;

/**
 * Keeps each value on several servers. Reads ask all places of a key, the newest version wins, and a value is given only
 * once every place that answers holds it. Writes go from place to place in one order, each by compare-and-set on what was
 * read there, and are acknowledged once every place that answers took them: of two writers who share a server one is
 * refused there. What the refused one left elsewhere is a rival, and rivals are settled the same way by everyone
 * (`newestOf`): the one on more servers wins, then the one at the later place.
 *
 * Where a server is out of reach, a value is given only if somebody who answers can tell that there is no newer one
 * (`isNewestKnown`).
 *
 * A copy that does not open (`Check`) never counts: the good one is put back over it. Where no copy opens, one of them is
 * given as it is, with the proofs of all, and whoever reads it finds out.
 *
 * What can still happen:
 * - Of two writers who share no server (each takes the other's for dead) both store, and the newer value wins.
 * - A value refused at its second place may be read for a moment, before it is settled that it lost.
 * - After the loss of the one server that two rivals shared, before they were settled, the refused one may win.
 * - What a frozen server had received before it froze it may store when it wakes: an older version, or a rival, as above.
 * - A delete does not reach a server that is out of reach: what must stay ended is ended by writing a newer value over it.
 */
export class Replicated implements ReplicationStrategy {
  readonly #options: ReplicatedOptions;
  /** A version remembers the last writes of each process: one write of a value at a time can tell how it ended. */
  readonly #turns = new Turns(LONGEST_WRITE_MS, Infinity);
  /** On which servers no copy of a key is left from before the servers were changed. */
  readonly #cleared = new BoundedMap<string, Set<ServerClient>>(CLEARED_REMEMBERED);

  constructor(options: ReplicatedOptions) {
    this.#options = options;
  }

  get(key: string, check?: Check): Promise<ReplicatedItem | undefined> {
    return this.#read(key, this.#options.replicas, check);
  }

  async getMulti(keys: readonly string[], checkFor?: (key: string) => Check): Promise<Map<string, Item>> {
    const items = await Promise.all(keys.map(async (key) => [key, await this.get(key, checkFor?.(key))] as const));
    return new Map(items.flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])));
  }

  async set(key: string, value: Buffer, expiry: Expiry, cas?: Cas): Promise<Outcome> {
    if (cas === undefined) return await this.#everywhere('set', key, value, expiry);
    const basis = toReplicated(cas);
    const outcome = await this.#write({ key, value, expiry, basis, check: basis.check });
    if (outcome !== 'missing') return outcome;
    return (await this.get(key, basis.check)) === undefined ? 'missing' : 'exists';
  }

  async add(key: string, value: Buffer, expiry: Expiry, check?: Check): Promise<Outcome> {
    return await this.#write({ key, value, expiry, basis: undefined, check });
  }

  async replace(key: string, value: Buffer, expiry: Expiry): Promise<Outcome> {
    return await this.#everywhere('replace', key, value, expiry);
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    const order = this.#options.orderOf(key);
    const copies = cas === undefined ? undefined : toReplicated(cas).copies;
    const first = order.find((server) => copies?.has(server));
    if (cas !== undefined && first === undefined) return 'exists';
    const outcome = await first?.delete(key, copies?.get(first));
    if (outcome === 'exists') return outcome;
    const others = [...order, ...this.#options.former()].filter((server) => server !== first);
    const outcomes = await this.#ask(others, Infinity, (server) => server.delete(key));
    return [outcome, ...outcomes].includes('stored') ? 'stored' : 'missing';
  }

  async touch(key: string, expiry: Expiry, check?: Check): Promise<boolean> {
    return (await this.getAndTouch(key, expiry, check)) !== undefined;
  }

  /** Writes the same value with another lifetime: its flags change with it. */
  async getAndTouch(key: string, expiry: Expiry, check?: Check): Promise<Buffer | undefined> {
    const item = await this.get(key, check);
    if (item === undefined) return undefined;
    return (await this.set(key, item.value, expiry, item.cas)) === 'missing' ? undefined : item.value;
  }

  /** On one server alone: a counter has no versions that copies could be compared by. */
  async increment(key: string, by: number, initial: number, expiry: Expiry): Promise<number> {
    const order = this.#options.orderOf(key);
    const server = order.find((each) => each.health.state !== 'down') ?? (order[0] as ServerClient);
    return await server.increment(key, by, initial, expiry.expiration);
  }

  /** With one copy, only its own place will do: what was written elsewhere would not be found. */
  #reach(order: readonly ServerClient[]): readonly ServerClient[] {
    return this.#options.replicas === 1 ? order.slice(0, 1) : order;
  }

  /** Reads until all servers that count hold the same value, and gives it with the proof of each. */
  async #read(key: string, wanted: number, check: Check | undefined): Promise<ReplicatedItem | undefined> {
    const order = this.#options.orderOf(key);
    const options = { ...this.#options, key, check, order, reach: this.#reach(order) };
    for (let attempt = 1; ; attempt++) {
      const read = new ReplicatedRead(options);
      const item = await read.run(wanted);
      if (!read.isOvertaken || attempt === AGREE_ATTEMPTS) return item;
    }
  }

  async #write(writing: Writing): Promise<Outcome> {
    const release = await this.#turns.take(writing.key);
    try {
      return await this.#writeNow(writing);
    } finally {
      release?.();
    }
  }

  async #writeNow(writing: Writing): Promise<Outcome> {
    const reach = this.#reach(this.#options.orderOf(writing.key));
    const write = new ReplicatedWrite({ ...writing, reach, replicas: this.#options.replicas });
    const course = await write.run();
    if (course === 'disputed') return await this.#settle(writing);
    if (course !== 'stored' || write.holders.size === 0) return course;
    await this.#clearElsewhere(writing, write.holders);
    return course;
  }

  /** A value is on one server and was refused by another: makes all servers agree, and sees whether they did on ours. */
  async #settle({ key, value, check }: Writing): Promise<Outcome> {
    const agreed = (await this.#read(key, Infinity, check))?.value;
    if (agreed === undefined) return 'exists';
    return compareVersions(agreed, value) === 0 || isMadeFrom(agreed, value) ? 'stored' : 'exists';
  }

  #hadTrouble(): boolean {
    const since = this.#options.clock() - this.#options.longestTtlMs();
    return this.#options.servers.some((server) => server.health.troubledAt > since);
  }

  /**
   * While a place was out of reach, another took its copy; where the servers were changed, one may be at a former place.
   * Left there, it would come back after the others are lost, or where its server alone stays. The latter is waited for:
   * the servers may be changed again at once.
   */
  async #clearElsewhere(writing: Writing, holders: ReadonlySet<ServerClient>): Promise<void> {
    const { servers, former, isMoving } = this.#options;
    const others = [...servers, ...former()].filter((server) => !holders.has(server));
    const isUp = ({ health }: ServerClient): boolean => health.state === 'up';
    if (writing.basis !== undefined && isMoving()) {
      const cleared = this.#hadTrouble() ? undefined : this.#cleared.get(writing.key);
      const left = others.filter((server) => cleared?.has(server) !== true);
      const upright = left.filter(isUp);
      // Who is down may be back, and is not waited for.
      void this.#clear(
        left.filter((server) => !isUp(server)),
        writing,
      );
      await this.#clear(upright, writing);
    } else if (this.#hadTrouble()) void this.#clear(others.filter(isUp), writing);
  }

  async #clear(servers: readonly ServerClient[], { key, value, check }: Writing): Promise<void> {
    const clear = async (server: ServerClient): Promise<void> => {
      const item = await server.get(key);
      if (item !== undefined && check?.(item.value) === false) return;
      if (item !== undefined && compareVersions(item.value, value) < 0 && !isRival(item.value, value)) {
        await server.delete(key, item);
      }
      const cleared = this.#cleared.get(key);
      if (cleared === undefined) this.#cleared.set(key, new Set([server]));
      else cleared.add(server);
    };
    await Promise.allSettled(servers.map(clear));
  }

  /** The same unconditional write to every place. */
  async #everywhere(verb: Verb, key: string, value: Buffer, expiry: Expiry): Promise<Outcome> {
    const places = this.#reach(this.#options.orderOf(key));
    const written = await this.#ask(places, this.#options.replicas, (server) => server.store(verb, key, value, expiry));
    return written.some(({ outcome }) => outcome === 'stored') ? 'stored' : 'missing';
  }

  /** Asks servers in their order, until `wanted` have answered or all have been asked. Throws if none could be reached. */
  async #ask<Result>(
    servers: readonly ServerClient[],
    wanted: number,
    request: (server: ServerClient) => Promise<Result>,
  ): Promise<readonly Result[]> {
    const quorum = new QuorumRead(servers, request);
    await quorum.ask(wanted);
    if (quorum.answers.size === 0 && servers.length > 0) throw quorum.error;
    return [...quorum.answers.values()];
  }
}
