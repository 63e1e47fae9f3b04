import { mock } from 'node:test';
import { parseServers } from '../server/addresses.ts';
import { Allowlist } from '../server/allowlist.ts';
import { Cluster, type ClusterOptions } from '../cluster/cluster.ts';
import type { ConnectionOptions, McConnection, Waiting } from '../server/connection.ts';
import { ConnectionLost, Timeout, REASONS, ServerUnreachable } from '../errors.ts';
import { Answer, HEADER_BYTES, OPCODES, STATUSES } from '../server/protocol.ts';

const FIRST_PORT = 20_001;
const TIMEOUT_MS = 100;
/** How long one thing that happens takes, at most. */
const STEP_MS = 0.1;
const EMPTY: Buffer = Buffer.alloc(0);

/** A request, or the answers to one, on the way. */
interface Parcel {
  readonly waiting: Waiting;
  readonly request: Buffer;
  readonly answers: readonly Answer[];
}

/**
 * For tests: memcached servers, and the network to them, in one thread and on a clock of their own. Chance decides what
 * happens next, and chance starts from a seed: the same seed, the same course. All above the connections is the real code.
 */
export class Simulation implements Disposable {
  readonly servers: readonly SimulatedServer[];
  /** How often connections were broken. */
  cuts = 0;
  readonly #random: () => number;
  readonly #links = new Set<SimulatedLink>();
  #processes = 0;
  #now = 1_000_000;

  constructor(seed: number, servers: number) {
    this.#random = randomFrom(seed);
    this.servers = Array.from({ length: servers }, (_, index) => new SimulatedServer(index, () => this.#now));
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => this.#now);
    mock.method(Math, 'random', this.#random);
  }

  /** A cluster as a process of its own has it. */
  process(options: Partial<ClusterOptions> = {}): Cluster {
    const { addresses } = parseServers(this.servers.map(({ port }) => `127.0.0.1:${port}`));
    const { allowlist } = Allowlist.parse();
    const process = this.#processes++;
    return new Cluster({
      addresses,
      allowlist,
      timeoutMs: TIMEOUT_MS,
      clock: () => this.#now,
      connect: (target, connectionOptions) =>
        this.#connect(process, 'port' in target ? target.port : 0, connectionOptions),
      ...options,
    });
  }

  /** Lets things happen, one after the other, until the work is done; before each, `meddle` may do harm. */
  async run(work: Promise<unknown>, meddle: () => void = () => undefined): Promise<void> {
    let isDone = false;
    const ended = work.finally(() => (isDone = true));
    ended.catch(() => undefined);
    for (await settled(); !isDone; await settled()) {
      meddle();
      this.#step();
    }
    await ended;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<Thing>(things: readonly Thing[]): Thing {
    return things[Math.floor(this.#random() * things.length)] as Thing;
  }

  /** Breaks every connection to a server; others may be made at once. */
  cut(server: SimulatedServer): void {
    for (const link of new Set(this.#links)) if (link.server === server) link.break();
    this.cuts++;
  }

  [Symbol.dispose](): void {
    mock.reset();
    mock.timers.reset();
  }

  #connect(process: number, port: number, options: ConnectionOptions): McConnection {
    const server = this.servers[port - FIRST_PORT] as SimulatedServer;
    const link = new SimulatedLink(server, process, options, this.#links, () => this.#now);
    this.#links.add(link);
    return link;
  }

  #step(): void {
    const possible = [...this.#links].flatMap((link) => link.possible());
    const late = this.servers.flatMap((server) => server.possible());
    const all = [...possible, ...late];
    this.#now += all.length === 0 ? 1 : this.#random() * STEP_MS;
    if (all.length > 0) this.pick(all)();
    mock.timers.tick(all.length === 0 || this.chance(STEP_MS / 2) ? 1 : 0);
    for (const link of new Set(this.#links)) link.checkDeadlines();
  }
}

/** One memcached: what it keeps, and how it is. */
export class SimulatedServer {
  readonly port: number;
  state: 'up' | 'frozen' | 'dead' = 'up';
  /** The processes that nothing passes to or from. */
  readonly parted = new Set<number>();
  /** Requests whose connection is gone, which the server has received all the same. */
  readonly #late: Buffer[] = [];
  readonly #items = new Map<string, { readonly value: Buffer; readonly flags: number; readonly cas: number }>();
  readonly #now: () => number;
  #startedAt: number;
  #cas = 0;

  constructor(index: number, now: () => number) {
    this.port = FIRST_PORT + index;
    this.#now = now;
    this.#startedAt = now();
  }

  kill(): void {
    this.state = 'dead';
    this.#items.clear();
    this.#late.length = 0;
    this.#cas = 0;
  }

  /** Brings it back, empty where it was killed. */
  revive(): void {
    if (this.state === 'dead') this.#startedAt = this.#now();
    this.state = 'up';
  }

  receiveLate(request: Buffer): void {
    this.#late.push(request);
  }

  possible(): readonly (() => void)[] {
    if (this.state !== 'up' || this.#late.length === 0) return [];
    return [() => void this.answer(this.#late.shift() as Buffer)];
  }

  answer(request: Buffer): readonly Answer[] {
    const opcode = request[1];
    if (opcode === OPCODES.stat) return [this.#statistic(request), answerTo(request, STATUSES.ok)];
    if (opcode === OPCODES.noop) return [answerTo(request, STATUSES.ok)];
    const extras = request[4] ?? 0;
    const key = request.toString('latin1', HEADER_BYTES + extras, HEADER_BYTES + extras + request.readUInt16BE(2));
    const cas = request.readUInt32BE(20);
    const present = this.#items.get(key);
    if (opcode === OPCODES.get) {
      if (present === undefined) return [answerTo(request, STATUSES.missing)];
      return [answerTo(request, STATUSES.ok, present.cas, present.value, present.flags)];
    }
    if (opcode === OPCODES.add && present !== undefined) return [answerTo(request, STATUSES.exists)];
    const mustBeThere = opcode === OPCODES.delete || opcode === OPCODES.replace || cas !== 0;
    if (present === undefined && mustBeThere) return [answerTo(request, STATUSES.missing)];
    if (cas !== 0 && present?.cas !== cas) return [answerTo(request, STATUSES.exists)];
    if (opcode === OPCODES.delete) this.#items.delete(key);
    else {
      const value = Buffer.from(request.subarray(HEADER_BYTES + extras + key.length));
      this.#items.set(key, { value, flags: request.readUInt32BE(HEADER_BYTES), cas: ++this.#cas });
    }
    return [answerTo(request, STATUSES.ok, this.#cas)];
  }

  #statistic(request: Buffer): Answer {
    const uptime = String(Math.floor((this.#now() - this.#startedAt) / 1000));
    return answerTo(request, STATUSES.ok, 0, Buffer.from(uptime), 0, Buffer.from('uptime'));
  }
}

/** One connection of one process to one server. */
class SimulatedLink implements McConnection {
  version = '';
  readonly server: SimulatedServer;
  readonly #process: number;
  readonly #options: ConnectionOptions;
  readonly #links: Set<SimulatedLink>;
  readonly #now: () => number;
  readonly #openBy: number;
  readonly #requests: Parcel[] = [];
  readonly #answers: Parcel[] = [];

  constructor(
    server: SimulatedServer,
    process: number,
    options: ConnectionOptions,
    links: Set<SimulatedLink>,
    now: () => number,
  ) {
    this.server = server;
    this.#process = process;
    this.#options = options;
    this.#links = links;
    this.#now = now;
    this.#openBy = now() + options.timeoutMs;
  }

  send(request: Buffer, waiting: Waiting): void {
    this.#requests.push({ waiting, request: Buffer.from(request), answers: [] });
  }

  async drain(): Promise<void> {}

  /** What the server has received, or is about to, it may still do, and may never. */
  fail(error: ServerUnreachable): void {
    if (!this.#links.delete(this)) return;
    const received = this.version === '' ? 0 : Math.floor(Math.random() * (this.#requests.length + 1));
    for (const { request } of this.#requests.slice(0, received)) this.server.receiveLate(request);
    this.#options.onLost(error);
    for (const { waiting } of [...this.#answers, ...this.#requests]) waiting.onError(error);
  }

  break(): void {
    this.fail(new ConnectionLost(this.#options.address, REASONS.closed));
  }

  checkDeadlines(): void {
    const { address, timeoutMs } = this.#options;
    if (this.version === '') {
      if (this.#now() >= this.#openBy) this.fail(new Timeout(address, timeoutMs));
      return;
    }
    const isLate = [...this.#answers, ...this.#requests].some(({ waiting }) => waiting.deadline <= this.#now());
    if (isLate) this.fail(new Timeout(address, timeoutMs));
  }

  possible(): readonly (() => void)[] {
    if (this.server.parted.has(this.#process)) return [];
    if (this.server.state === 'dead') return [() => this.#endWithServer()];
    const possible: (() => void)[] = [];
    if (this.#answers.length > 0) possible.push(() => this.#answer());
    if (this.server.state === 'frozen') return possible;
    if (this.version === '') possible.push(() => this.#open());
    else if (this.#requests.length > 0) possible.push(() => this.#deliver());
    return possible;
  }

  #endWithServer(): void {
    if (this.version !== '') this.break();
    else this.fail(new ServerUnreachable(this.#options.address, REASONS.refused));
  }

  #open(): void {
    this.version = '1.6.0';
    this.#options.onReady();
  }

  #deliver(): void {
    const parcel = this.#requests.shift() as Parcel;
    this.#answers.push({ ...parcel, answers: this.server.answer(parcel.request) });
  }

  #answer(): void {
    const { waiting, answers } = this.#answers.shift() as Parcel;
    this.#options.onAlive();
    for (const answer of answers) waiting.onAnswer(answer);
  }
}

function answerTo(request: Buffer, status: number, cas = 0, value = EMPTY, flags = 0, key = EMPTY): Answer {
  const header = Buffer.alloc(HEADER_BYTES + 4);
  header[1] = request[1] ?? 0;
  header[4] = 4;
  header.writeUInt16BE(status, 6);
  header.writeUInt32BE(request.readUInt32BE(12), 12);
  header.writeUInt32BE(cas, 20);
  header.writeUInt32BE(flags, HEADER_BYTES);
  return new Answer(header, 0, key, value);
}

/** Everything that goes on without anything happening. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** mulberry32: numbers from 0 to 1 that a seed decides. */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
