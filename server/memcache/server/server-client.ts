import memjs from 'memjs';
import { Traffic } from '../../base/traffic.ts';
import type { Address } from './addresses.ts';
import { RejoinMark } from './rejoin-mark.ts';
import type { McConnection } from './connection.ts';
import { ConnectionLost, ServerRefused } from '../errors.ts';
import type { Expiry } from '../expiry.ts';
import type { Health } from './health.ts';
import * as protocol from './protocol.ts';
import { OPCODES, STATUSES, type Answer, type CasNumber } from './protocol.ts';
import { Restarts } from './restarts.ts';
import { ServerConnector, type ServerConnectorOptions } from './server-connector.ts';
import type { Cas, Item, Outcome } from '../store.ts';
import { isMadeFrom } from '../version.ts';

/** A value as one server gave it. It is its own proof of having been read, good for as long as the connection lives. */
export class ServerItem implements Item, Cas, CasNumber {
  readonly brand = 'cas';
  readonly value: Buffer;
  readonly casHigh: number;
  readonly casLow: number;
  /** When the value ends, in seconds since 1970; 0 where it does not say. */
  readonly endsAtS: number;
  readonly connection: McConnection | undefined;

  constructor(value: Buffer, answer: CasNumber, endsAtS: number, connection: McConnection | undefined) {
    this.value = value;
    this.casHigh = answer.casHigh;
    this.casLow = answer.casLow;
    this.endsAtS = endsAtS;
    this.connection = connection;
  }

  get cas(): Cas {
    return this;
  }
}

/** How a write ended, with the proof for the next one where it was stored and nobody has built on it yet. */
interface Written {
  readonly outcome: Outcome;
  readonly item?: ServerItem;
}

export type Verb = 'set' | 'add' | 'replace';

interface ServerClientOptions extends ServerConnectorOptions {
  /** Told after each value that the server took, before whoever stored it is. */
  readonly onStored?: () => void;
  /** Told of each value that the server refused because it is full. */
  readonly onFull?: () => void;
  /** Told when it is found to have been restarted. */
  readonly onRestart?: () => void;
}

/** What is asked, and who waits for it. */
interface PendingRequest<Result> {
  readonly request: (opaque: number) => Buffer;
  /** Sees each answer; what it makes of the last one is the result. */
  readonly read: (answer: Answer) => Result;
  readonly deadline: number;
  /** Where it is counted; what only asks how the server stands is not. */
  readonly traffic: Traffic | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** memjs counts requests into the negative after 2^31 of them, and then throws at each. */
class MemjsClient extends memjs.Client<Answer> {
  override incrSeq(): void {
    this.seq = (this.seq + 1) >>> 0;
  }
}

/** How often a request is made when connections break; all of it within one deadline. */
const ATTEMPTS = 5;
const KEYS_AT_ONCE = 200;

/** One server of a cluster, and what can be asked of it. Keys are whole, expirations memcached's own. */
export class ServerClient {
  readonly address: Address;
  readonly rejoinMark: RejoinMark;
  readonly #connector: ServerConnector;
  readonly #client: MemjsClient;
  readonly #options: ServerClientOptions;
  readonly #restarts = new Restarts();
  /** What was asked of it for the sake of values, and how long that took. */
  readonly traffic = new Traffic();
  #startOf: { readonly connection: McConnection | undefined; readonly at: number } | undefined;

  constructor(address: Address, options: ServerClientOptions, firstSequence = 0) {
    this.address = address;
    this.rejoinMark = new RejoinMark(this);
    this.#options = options;
    this.#connector = new ServerConnector(address, options);
    this.#client = new MemjsClient([this.#connector], {
      retries: 1,
      failover: false,
      logger: { log: () => undefined },
    });
    this.#client.seq = firstSequence;
  }

  get health(): Health {
    return this.#connector.health;
  }

  /** What an error of this server comes from, once that is known. */
  explain(error: unknown): Promise<unknown> {
    return this.#connector.explain(error);
  }

  /** memcached's own version, as the present connection learned it. */
  get version(): string | null {
    return this.#connector.connection?.version || null;
  }

  get(key: string): Promise<ServerItem | undefined> {
    return this.#get(key, this.#deadline());
  }

  /** Gives the value another time to live and reads it, in one step. */
  getAndTouch(key: string, expiration: number): Promise<ServerItem | undefined> {
    const request = (opaque: number) => protocol.touchRequest(OPCODES.getAndTouch, opaque, key, expiration);
    return this.#ask(request, this.#readItem, this.#deadline(), ATTEMPTS);
  }

  touch(key: string, expiration: number): Promise<boolean> {
    const request = (opaque: number) => protocol.touchRequest(OPCODES.touch, opaque, key, expiration);
    return this.#ask(request, (answer) => this.#readItem(answer) !== undefined, this.#deadline(), ATTEMPTS);
  }

  /** Only what was found, by key. */
  async getMulti(keys: readonly string[]): Promise<Map<string, ServerItem>> {
    const found = new Map<string, ServerItem>();
    const take = (answer: Answer) => {
      const item = this.#readItem(answer);
      if (item !== undefined && answer.key.length > 0) found.set(answer.key.toString('latin1'), item);
    };
    const deadline = this.#deadline();
    const batches: Promise<void>[] = [];
    for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
      const batch = keys.slice(start, start + KEYS_AT_ONCE);
      batches.push(this.#ask((opaque) => protocol.multiGetRequest(opaque, batch), take, deadline, ATTEMPTS));
    }
    await Promise.all(batches);
    return found;
  }

  /**
   * Writes. With a cas: only where the value is still the one that was read. Where an answer was lost, the write is made
   * again from what is there now, which settles it: what the server still has of the first try comes too late.
   */
  async store(verb: Verb, key: string, value: Buffer, expiry: Expiry, cas?: ServerItem): Promise<Written> {
    if (cas !== undefined && !this.isProof(cas)) return { outcome: 'exists' };
    const deadline = this.#deadline();
    let basis = cas;
    for (let attempts = ATTEMPTS; ; attempts--) {
      try {
        const written = await this.#storeOnce(verb, key, value, expiry, basis, deadline);
        if (attempts === ATTEMPTS || written.outcome === 'stored') return written;
      } catch (error) {
        if (!mayRepeat(error, deadline, attempts)) throw error;
      }
      const present = await this.#get(key, deadline);
      const outcome = outcomeBy(verb, value, cas, present);
      if (outcome === 'stored') this.#options.onStored?.();
      if (outcome === 'stored' && present?.value.equals(value)) return { outcome, item: present };
      if (outcome !== undefined) return { outcome };
      basis = cas && present;
    }
  }

  async delete(key: string, cas?: ServerItem): Promise<Outcome> {
    if (cas !== undefined && !this.isProof(cas)) return 'exists';
    const deadline = this.#deadline();
    const request = (opaque: number) => protocol.bareRequest(OPCODES.delete, opaque, key, cas);
    try {
      return await this.#ask(request, this.#readOutcome, deadline, cas === undefined ? ATTEMPTS : 1);
    } catch (error) {
      if (!mayRepeat(error, deadline, ATTEMPTS)) throw error;
      return (await this.#get(key, deadline)) === undefined ? 'stored' : 'exists';
    }
  }

  /** Whether an item still proves anything: over another connection the same number may stand for another value. */
  isProof(item: ServerItem): boolean {
    return item.connection !== undefined && item.connection === this.#connector.connection;
  }

  /** Never repeated: after a lost answer it might count twice. */
  increment(key: string, by: number, initial: number, expiration: number): Promise<number> {
    const request = (opaque: number) => protocol.incrementRequest(opaque, key, by, initial, expiration);
    const read = (answer: Answer): number => {
      const count = this.#readCounter(answer);
      this.#options.onStored?.();
      return count;
    };
    return this.#ask(request, read, this.#deadline(), 1);
  }

  /** memcached's `stats`, the general ones or a group of them, asked even of a server that counts as down. */
  async stats(group?: 'settings' | 'items'): Promise<Map<string, string>> {
    const stats = new Map<string, string>();
    await this.#insist(
      (opaque) => protocol.bareRequest(OPCODES.stat, opaque, group),
      (answer) => void stats.set(answer.key.toString('latin1'), answer.value.toString('latin1')),
    );
    const isNews = group === undefined && this.#restarts.note(stats, this.#options.clock());
    if (isNews) this.#options.onRestart?.();
    return stats;
  }

  /** When it was last restarted, as far as this process saw, in milliseconds since 1970. */
  get restartedAt(): number | null {
    return this.#restarts.lastAt;
  }

  /** When the server was started, on our wall clock, to within seconds. What was written before, it cannot have. */
  async startedAt(): Promise<number> {
    if (this.#startOf?.connection !== this.#connector.connection || this.#startOf === undefined) {
      const uptimeS = Number((await this.stats()).get('uptime') ?? 0);
      this.#startOf = { connection: this.#connector.connection, at: this.#options.clock() - uptimeS * 1000 };
    }
    return this.#startOf.at;
  }

  /** When it was started, as far as that was ever learned. */
  get knownStart(): number {
    return this.#startOf?.at ?? -Infinity;
  }

  /** One round trip, even to a server that counts as down. */
  ping(): Promise<void> {
    return this.#insist(
      (opaque) => protocol.bareRequest(OPCODES.noop, opaque),
      () => undefined,
    );
  }

  drain(): Promise<void> {
    return this.#connector.drain();
  }

  close(): void {
    this.#client.close();
  }

  #get(key: string, deadline: number): Promise<ServerItem | undefined> {
    return this.#ask((opaque) => protocol.bareRequest(OPCODES.get, opaque, key), this.#readItem, deadline, ATTEMPTS);
  }

  #deadline(): number {
    return performance.now() + this.#options.timeoutMs;
  }

  /** Makes one request, again where a connection breaks under it, all within the deadline. */
  #ask<Result>(
    request: (opaque: number) => Buffer,
    read: (answer: Answer) => Result,
    deadline: number,
    attempts: number,
  ): Promise<Result> {
    const traffic = this.#connector.insists ? undefined : this.traffic;
    return new Promise((resolve, reject) =>
      this.#attempt({ request, read, deadline, traffic, resolve, reject }, attempts),
    );
  }

  #attempt<Result>(pending: PendingRequest<Result>, attempts: number): void {
    const client = this.#client;
    client.incrSeq();
    const { seq } = client;
    this.#connector.deadline = pending.deadline;
    // What fails within this call was never sent: it is known already that the server is down.
    let isSent = false;
    client.perform('', pending.request(seq), seq, (error, answer) => {
      if (error === null) this.#settle(pending, answer);
      else if (mayRepeat(error, pending.deadline, attempts)) this.#attempt(pending, attempts - 1);
      else {
        if (isSent) this.#count(pending, true);
        pending.reject(error);
      }
    });
    isSent = true;
  }

  #settle<Result>(pending: PendingRequest<Result>, answer: Answer): void {
    if (answer.isLast) this.#count(pending, false);
    settle(pending, answer);
  }

  #count({ traffic, deadline }: Pick<PendingRequest<never>, 'traffic' | 'deadline'>, isFailed: boolean): void {
    traffic?.note(performance.now() - deadline + this.#options.timeoutMs, isFailed);
  }

  #insist(request: (opaque: number) => Buffer, read: (answer: Answer) => void): Promise<void> {
    this.#connector.insists = true;
    try {
      return this.#ask(request, read, this.#deadline(), 1);
    } finally {
      this.#connector.insists = false;
    }
  }

  #storeOnce(
    verb: Verb,
    key: string,
    value: Buffer,
    expiry: Expiry,
    cas: ServerItem | undefined,
    deadline: number,
  ): Promise<Written> {
    // A set that a full memcached refuses takes what was there with it; a replace leaves it.
    const opcode = OPCODES[cas === undefined ? verb : 'replace'];
    const request = (opaque: number) => protocol.storeRequest(opcode, opaque, key, value, expiry, cas);
    const read = (answer: Answer): Written => {
      const outcome = this.#readOutcome(answer);
      if (outcome !== 'stored') return { outcome };
      this.#options.onStored?.();
      return { outcome, item: this.#item(value, answer, expiry.endsAtS) };
    };
    return this.#ask(request, read, deadline, 1);
  }

  #item(value: Buffer, answer: Answer, endsAtS: number): ServerItem {
    return new ServerItem(value, answer, endsAtS, this.#connector.connection);
  }

  readonly #readItem = (answer: Answer): ServerItem | undefined => {
    if (answer.status === STATUSES.ok) return this.#item(answer.value, answer, answer.flags);
    if (answer.status === STATUSES.missing) return undefined;
    throw new ServerRefused(this.address.text, answer.status);
  };

  readonly #readOutcome = (answer: Answer): Outcome => {
    if (answer.status === STATUSES.ok) return 'stored';
    if (answer.status === STATUSES.exists) return 'exists';
    if (answer.status === STATUSES.missing) return 'missing';
    const refused = new ServerRefused(this.address.text, answer.status);
    if (refused.isFull) this.#options.onFull?.();
    throw refused;
  };

  readonly #readCounter = (answer: Answer): number => {
    if (answer.status !== STATUSES.ok) throw new ServerRefused(this.address.text, answer.status);
    return Number(answer.value.readBigUInt64BE(0));
  };
}

function settle<Result>(pending: PendingRequest<Result>, answer: Answer): void {
  try {
    const result = pending.read(answer);
    if (answer.isLast) pending.resolve(result);
  } catch (error) {
    pending.reject(error);
  }
}

/** How a write ended whose answer was lost, by what is there now; `undefined`: it is still to be made. */
function outcomeBy(
  verb: Verb,
  value: Buffer,
  cas: ServerItem | undefined,
  present: ServerItem | undefined,
): Outcome | undefined {
  if (present === undefined) return verb === 'replace' || cas !== undefined ? 'missing' : undefined;
  if (present.value.equals(value) || isMadeFrom(present.value, value)) return 'stored';
  const isFree = cas === undefined ? verb !== 'add' : present.value.equals(cas.value);
  return isFree ? undefined : 'exists';
}

function mayRepeat(error: unknown, deadline: number, attempts: number): boolean {
  return error instanceof ConnectionLost && attempts > 1 && performance.now() < deadline;
}
