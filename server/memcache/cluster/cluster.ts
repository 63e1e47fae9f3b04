import { wallClock, type Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Traffic } from '../../base/traffic.ts';
import type { Address } from '../server/addresses.ts';
import type { Allowlist } from '../server/allowlist.ts';
import type { Connect } from '../server/connection.ts';
import type { StoreInspector } from '../store-inspector.ts';
import { Replicated } from './replicated.ts';
import { asUnreachable, BadKey, isGone, type ServerUnreachable, StoreClosed, ValueTooLarge } from '../errors.ts';
import { toExpiry, type Expiry } from '../expiry.ts';
import type { Health } from '../server/health.ts';
import { KeyWalk } from '../inspect/key-walk.ts';
import { checkKeys, checkPrefix, isKey } from '../keys.ts';
import type { ReplicationStrategy } from './replication-strategy.ts';
import { ServerWatch } from '../inspect/server-watch.ts';
import { ServerClient } from '../server/server-client.ts';
import { Placement } from './placement.ts';
import { SingleCopy } from './single-copy.ts';
import { statusOf } from '../server/status.ts';
import type {
  Cas,
  Check,
  FormerStatus,
  Item,
  KeyListing,
  Outcome,
  ServerCopy,
  ServerStatus,
  Store,
  Worth,
} from '../store.ts';

/** A server that was taken out of a cluster. */
export interface FormerServer {
  readonly address: Address;
  /** Milliseconds since 1970. */
  readonly removedAt: number;
  /** Whether it may still hold something that counts, and nobody chose to do without. Asked at each use; true unless said. */
  readonly mayHold?: () => boolean;
}

export interface ClusterOptions {
  readonly addresses: readonly Address[];
  readonly allowlist: Allowlist;
  /** How long a server may take for one answer, and until a connection stands. */
  readonly timeoutMs?: number;
  /** How many servers keep a copy of each value: 1 to 3, and no more than there are servers. */
  readonly replicas?: number;
  /** What is found nowhere else is asked of them, for as long as things move after they were removed. */
  readonly former?: readonly FormerServer[];
  /**
   * When `addresses` or `replicas` were last changed, in milliseconds since 1970: for as long as things move, copies may be
   * elsewhere.
   */
  readonly changedAt?: number;
  /** The longest lifetime of what is stored here already; what is stored from now on makes it longer where it lives longer. */
  readonly longestTtlS?: number;
  /** Told of each value that a server took, before whoever stored it is. */
  readonly onStored?: (address: Address) => void;
  /** What every key begins with on the servers: one installation never sees another's values. */
  readonly prefix?: string;
  readonly clock?: Clock;
  /** A simulation makes connections of its own. */
  readonly connect?: Connect;
  /** Looks in the background, where a connection was made, at what would cost sessions: other clocks, several servers. */
  readonly watches?: boolean;
  /** Told when a server goes down or comes back, and of what is found by looking. */
  readonly log?: Pick<Log, 'info' | 'warn'>;
}

const DEFAULT_TIMEOUT_MS = 250;
const DEFAULT_LONGEST_TTL_S = 24 * 60 * 60;
const MAX_REPLICAS = 3;
const RESTARTED = 'A memcached server was restarted: what only it kept is gone.';
/** memcached's limit for one item, less what it and the longest key take. */
const MAX_VALUE_BYTES = 1024 * 1024 - 512;
/** Beyond the value: a key, and what `stats` answers. */
const BODY_ROOM_BYTES = 64 * 1024;

/** Several memcached servers as one store. Each key has its place among them by rendezvous hashing. */
export class Cluster implements Store {
  readonly maxValueBytes = MAX_VALUE_BYTES;
  readonly #servers: readonly ServerClient[];
  readonly #former: readonly (FormerServer & { readonly server: ServerClient })[];
  readonly #placement: Placement;
  readonly #replicas: number;
  readonly #singleCopy: ReplicationStrategy;
  readonly #replicated: ReplicationStrategy;
  readonly #keyWalk: KeyWalk;
  readonly #watch: ServerWatch | undefined;
  readonly #changedAt: number;
  /**
   * How long after a change of the servers something that counts may still be where it was, in seconds; the longest
   * lifetime where nothing is said. It may be less: nobody misses a page that was kept and is gone.
   */
  movesForS: number | undefined;
  #longestTtlS: number;
  readonly #prefix: string;
  readonly #clock: Clock;
  #isClosed = false;

  constructor(options: ClusterOptions) {
    const { addresses, allowlist, timeoutMs = DEFAULT_TIMEOUT_MS, prefix = '', clock = wallClock } = options;
    if (addresses.length === 0) throw new RangeError('A cluster needs at least one address.');
    checkPrefix(prefix);
    this.#prefix = prefix;
    this.#clock = clock;
    this.#servers = addresses.map((address) => this.#join(address, options));
    this.#former = (options.former ?? []).map((former) => ({ ...former, server: this.#join(former.address, options) }));
    this.#placement = new Placement(addresses.map((address) => address.text));
    this.#replicas = Math.min(checkReplicas(options.replicas ?? 1), this.#servers.length);
    this.#keyWalk = new KeyWalk(allowlist, timeoutMs, clock);
    if (options.watches === true)
      this.#watch = new ServerWatch({ ...options, servers: this.#servers, timeoutMs, clock });
    this.#longestTtlS = options.longestTtlS ?? DEFAULT_LONGEST_TTL_S;
    this.#changedAt = options.changedAt ?? -Infinity;
    this.#singleCopy = new SingleCopy((key) => this.#serverOf(key));
    this.#replicated = new Replicated({
      servers: this.#servers,
      former: () => this.#askedFormer,
      replicas: this.#replicas,
      clock,
      longestTtlMs: () => this.#longestTtlS * 1000,
      orderOf: (key) => this.#orderOf(key),
      isMoving: () => this.#isMoving,
      log: options.log,
    });
  }

  get(key: string, check?: Check): Promise<Item | undefined> {
    if (!isKey(key)) return Promise.reject(new BadKey(key));
    if (this.#isClosed) return Promise.reject(new StoreClosed());
    return this.#strategy.get(this.#prefix + key, check);
  }

  async getMulti(keys: readonly string[], checkFor?: (key: string) => Check): Promise<Map<string, Item>> {
    this.#check(keys);
    const found = await this.#strategy.getMulti(
      keys.map((key) => this.#prefix + key),
      checkFor && ((key) => checkFor(key.slice(this.#prefix.length))),
    );
    return new Map([...found].map(([key, item]) => [key.slice(this.#prefix.length), item]));
  }

  async set(key: string, value: Buffer, ttlS: number, cas?: Cas): Promise<Outcome> {
    this.#check([key], value);
    return await this.#strategy.set(this.#prefix + key, value, this.#expiry(ttlS), cas);
  }

  async add(key: string, value: Buffer, ttlS: number, _worth?: Worth, check?: Check): Promise<Outcome> {
    this.#check([key], value);
    return await this.#strategy.add(this.#prefix + key, value, this.#expiry(ttlS), check);
  }

  async replace(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    this.#check([key], value);
    return await this.#strategy.replace(this.#prefix + key, value, this.#expiry(ttlS));
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    this.#check([key]);
    return await this.#strategy.delete(this.#prefix + key, cas);
  }

  async touch(key: string, ttlS: number, check?: Check): Promise<boolean> {
    this.#check([key]);
    return await this.#strategy.touch(this.#prefix + key, this.#expiry(ttlS), check);
  }

  async getAndTouch(key: string, ttlS: number, check?: Check): Promise<Buffer | undefined> {
    this.#check([key]);
    return await this.#strategy.getAndTouch(this.#prefix + key, this.#expiry(ttlS), check);
  }

  async increment(key: string, by: number, initial: number, ttlS: number): Promise<number> {
    this.#check([key]);
    return await this.#strategy.increment(this.#prefix + key, by, initial, this.#expiry(ttlS));
  }

  async servers(): Promise<readonly ServerStatus[]> {
    const twins = this.#watch?.twins();
    return await Promise.all(
      this.#servers.map(async (server) => {
        const status = await this.#statusOf(server);
        return {
          ...status,
          sameAs: (await twins)?.get(server)?.address.text ?? null,
          refusesNow: this.#watch?.isFull(server) ?? null,
        };
      }),
    );
  }

  get isDown(): boolean {
    return this.down.length === this.#servers.length;
  }

  get down(): readonly string[] {
    return this.#standing('down');
  }

  get suspects(): readonly string[] {
    return this.#standing('suspect');
  }

  get troubledAt(): number {
    return Math.max(...this.#servers.map(({ health }) => health.troubledAt));
  }

  get traffic(): ReadonlyMap<string, Traffic> {
    return new Map(this.#servers.map(({ address, traffic }) => [address.text, traffic]));
  }

  async formerServers(): Promise<readonly FormerStatus[]> {
    const asked = this.#former.filter((former) => this.#isAsked(former));
    return await Promise.all(
      asked.map(async ({ server, removedAt }) => {
        const fault = await server.ping().then(() => undefined, asUnreachable);
        const state = fault === undefined ? 'answers' : isGone(fault) ? 'gone' : 'silent';
        const error = fault?.reason.short ?? null;
        return { address: server.address.text, state, error, removedAt, until: removedAt + this.#movingS * 1000 };
      }),
    );
  }

  /** Whether something may still be where it was before the servers were changed. */
  get hasMoved(): boolean {
    return this.#changedAt !== -Infinity;
  }

  placesOf(key: string): readonly string[] {
    checkKeys(key);
    const order = this.#orderOf(this.#prefix + key);
    return order.slice(0, this.#replicas).map((server) => server.address.text);
  }

  async keys(prefix: string, limit: number): Promise<KeyListing> {
    if (this.#isClosed) throw new StoreClosed();
    const former = this.#askedFormer;
    const addresses = [...this.#servers, ...former].map(({ address }) => address);
    const listing = await this.#keyWalk.list(addresses, this.#prefix + prefix, limit, this.#prefix.length);
    const isAmongFormer = (text: string): boolean => former.some(({ address }) => address.text === text);
    return {
      ...listing,
      keys: listing.keys.filter(({ key }) => isKey(key)),
      unreachable: listing.unreachable.filter((error) => !(isGone(error) && isAmongFormer(error.address))),
    };
  }

  /** Everything that lies on the servers that are named now. */
  get inspector(): StoreInspector {
    const addresses = this.#servers.map(({ address }) => address);
    return {
      prefix: this.#prefix,
      keys: (limit) => this.#keyWalk.list(addresses, '', limit),
      look: (key) => this.#keyWalk.look(addresses, key),
    };
  }

  async copiesOf(key: string): Promise<readonly ServerCopy[]> {
    this.#check([key]);
    const addresses = this.#servers.map(({ address }) => address);
    const { found, unreachable } = await this.#keyWalk.look(addresses, this.#prefix + key);
    return addresses.map(({ text: address }): ServerCopy => {
      const why = unreachable.find((each) => each.address === address);
      if (why !== undefined) return { address, unreachable: why };
      const copy = found.find(({ server }) => server === address);
      return copy?.value ? { address, value: copy.value, ttlS: copy.remainingS } : { address };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch?.close();
    const servers = [...this.#servers, ...this.#former.map(({ server }) => server)];
    await Promise.all(servers.map((server) => server.drain()));
    for (const server of servers) server.close();
  }

  get #strategy(): ReplicationStrategy {
    return this.#isSettled ? this.#singleCopy : this.#replicated;
  }

  /** There is one copy of each value, and none can be at a former place any more: nothing has to be compared. */
  get #isSettled(): boolean {
    return this.#replicas === 1 && !this.#isMoving;
  }

  get #isMoving(): boolean {
    return this.hasMoved && !this.#hasOutlived(this.#changedAt);
  }

  get #askedFormer(): readonly ServerClient[] {
    return this.#former.filter((former) => this.#isAsked(former)).map(({ server }) => server);
  }

  #standing(state: Health['state']): readonly string[] {
    return this.#servers.filter(({ health }) => health.state === state).map(({ address }) => address.text);
  }

  #isAsked({ removedAt, mayHold }: FormerServer): boolean {
    return !this.#hasOutlived(removedAt) && mayHold?.() !== false;
  }

  /** Whether everything that was stored then is over by now. */
  #hasOutlived(time: number): boolean {
    return this.#clock() >= time + this.#movingS * 1000;
  }

  get #movingS(): number {
    return this.movesForS ?? this.#longestTtlS;
  }

  #serverOf(key: string): ServerClient {
    return this.#servers[this.#servers.length === 1 ? 0 : this.#placement.first(key)] as ServerClient;
  }

  #orderOf(key: string): readonly ServerClient[] {
    return this.#placement.order(key).map((index) => this.#servers[index] as ServerClient);
  }

  #expiry(ttlS: number): Expiry {
    this.#longestTtlS = Math.max(this.#longestTtlS, ttlS);
    return toExpiry(ttlS, this.#clock());
  }

  #check(keys: readonly string[], value?: Buffer): void {
    if (this.#isClosed) throw new StoreClosed();
    checkKeys(...keys);
    if (value !== undefined && value.length > this.maxValueBytes) {
      throw new ValueTooLarge(value.length, this.maxValueBytes);
    }
  }

  #join(address: Address, options: ClusterOptions): ServerClient {
    const server: ServerClient = new ServerClient(address, {
      allowlist: options.allowlist,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxBodyBytes: MAX_VALUE_BYTES + BODY_ROOM_BYTES,
      clock: this.#clock,
      connect: options.connect,
      onReady: () => {
        // What restarts are told from, and copies are judged by, is learned while a server can be asked.
        if (this.#watch !== undefined || !this.#isSettled) server.startedAt().catch(() => undefined);
        if (!this.#isSettled) server.rejoinMark.look();
        if (this.#servers.includes(server)) this.#watch?.begin(server);
      },
      onStored: () => options.onStored?.(address),
      onFull: () => this.#watch?.noteFull(server),
      onRestart: () => {
        // Of several servers at one address, another one answers now and then.
        if (this.#watch?.wasSeveral(server) !== true) options.log?.warn({ server: address.text }, RESTARTED);
      },
      onChange: (health) => {
        if (this.#replicas > 1 || !this.#servers.includes(server)) this.#note(server, health);
        const fields = { server: address.text };
        if (health.state === 'up') options.log?.warn(fields, 'A memcached server answers again.');
        else void this.#tellWhy(server, fields, options.log);
      },
    });
    return server;
  }

  async #tellWhy(server: ServerClient, fields: object, log: ClusterOptions['log']): Promise<void> {
    const { reason } = (await server.explain(server.health.error)) as ServerUnreachable;
    log?.warn({ ...fields, reason: reason.short }, 'A memcached server is out of reach.');
  }

  async #statusOf(server: ServerClient): Promise<ServerStatus> {
    const isSeveral = this.#watch?.isSeveral(server);
    const status = await statusOf(server, this.#clock);
    this.#watch?.noteClock(status);
    return { ...status, isSeveral: status.up ? ((await isSeveral) ?? null) : null };
  }

  #note(server: ServerClient, health: Health): void {
    if (health.state === 'up') server.rejoinMark.note(this.#expiry(this.#longestTtlS));
    else for (const other of this.#servers) if (other.health.state === 'up') other.rejoinMark.look();
  }
}

function checkReplicas(replicas: number): number {
  if (Number.isInteger(replicas) && replicas >= 1 && replicas <= MAX_REPLICAS) return replicas;
  throw new RangeError(`${replicas} copies are not possible. Choose 1 to ${MAX_REPLICAS}.`);
}
