import { setTimeout as wait } from 'node:timers/promises';
import { clockWords, isClockOff, SET_CLOCKS } from '../../base/clock-words.ts';
import type { Log } from '../../base/log.ts';
import type { ServerClient } from '../server/server-client.ts';
import { fullWords, sameWords, severalWords } from '../server-words.ts';
import { Sameness, twinsAmong, type SamenessOptions } from '../server/sameness.ts';
import { statusOf } from '../server/status.ts';
import type { ServerStatus } from '../store.ts';

interface ServerWatchOptions extends SamenessOptions {
  /** Those that are named, in their order. */
  readonly servers: readonly ServerClient[];
  readonly log?: Pick<Log, 'warn'> | undefined;
}

/** However often connections are made, a server is looked at no more often. */
const AGAIN_MS = 60_000;
const SOON_MS = 500;
/**
 * Whoever deals connections out by chance may give all of one look to one server; and a full server takes a value now and
 * then, as others end.
 */
const BELIEVED_MS = 10 * 60_000;

/** What is known of where an address leads. Times are of `performance.now()`. */
interface Look {
  begunAt: number;
  severalAt: number;
  result: Promise<boolean | undefined>;
}

/** Which of the servers lead to the same one as one before them. */
type Twins = ReadonlyMap<ServerClient, ServerClient>;

/**
 * Looks at servers for what costs sessions while every server answers: a clock that is off, an address that leads to
 * several of them, and several that lead to one. Never on the way of a request: when a connection was made, and when
 * somebody asks how servers stand.
 */
export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #sameness: Sameness;
  readonly #looks = new Map<ServerClient, Look>();
  readonly #timers = new Map<ServerClient, NodeJS.Timeout>();
  /** When it last refused a value because it is full. */
  readonly #fullAt = new Map<ServerClient, number>();
  #twins: { readonly begunAt: number; readonly result: Promise<Twins> } | undefined;
  /** What was logged, until it is over. */
  readonly #told = new Set<string>();

  constructor(options: ServerWatchOptions) {
    this.#options = options;
    this.#sameness = new Sameness(options);
  }

  /** A connection was made: looks at the server in the background, once those who waited for the connection are served. */
  begin(server: ServerClient): void {
    if (!this.#isDue(server) || this.#timers.has(server)) return;
    const look = () => {
      this.#timers.delete(server);
      if (this.#isDue(server)) void this.#look(server);
      void this.#lookForTwins();
      void statusOf(server, this.#options.clock).then((status) => this.noteClock(status));
    };
    this.#timers.set(server, setTimeout(look, SOON_MS).unref());
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Whether an address leads to several servers, as far as that can be told within one deadline. */
  async isSeveral(server: ServerClient): Promise<boolean | undefined> {
    const look = this.#isDue(server) ? this.#look(server) : this.#looks.get(server)?.result;
    return await this.#inTime(look);
  }

  /** Whether it was found not long ago that an address leads to several servers. */
  wasSeveral(server: ServerClient): boolean {
    return performance.now() - (this.#looks.get(server)?.severalAt ?? -Infinity) < BELIEVED_MS;
  }

  /** Which addresses lead to the same server as one that is named before them, as far as that can be told within one deadline. */
  async twins(): Promise<Twins | undefined> {
    return await this.#inTime(this.#lookForTwins());
  }

  /** Tells the log of a clock that is off, once. */
  noteClock({ address, clockDifferenceS }: ServerStatus): void {
    const words = `${clockWords(address, clockDifferenceS, this.#options.clock())}. ${SET_CLOCKS}`;
    this.#tell('clock', address, isClockOff(clockDifferenceS), words);
  }

  /** A server refused a value because it is full: tells the log, once until it has not done so for a while. */
  noteFull(server: ServerClient): void {
    const { text } = server.address;
    if (!this.isFull(server)) this.#options.log?.warn({ server: text }, fullWords(text));
    this.#fullAt.set(server, performance.now());
  }

  isFull(server: ServerClient): boolean {
    return performance.now() - (this.#fullAt.get(server) ?? -Infinity) < BELIEVED_MS;
  }

  #inTime<Result>(look: Promise<Result> | undefined): Promise<Result | undefined> {
    return Promise.race([look, wait(this.#options.timeoutMs, undefined, { ref: false })]);
  }

  #isDue(server: ServerClient): boolean {
    const { begunAt = -Infinity } = this.#looks.get(server) ?? {};
    return performance.now() - begunAt > AGAIN_MS && server.health.state !== 'down';
  }

  #look(server: ServerClient): Promise<boolean | undefined> {
    const { address } = server;
    const begunAt = performance.now();
    const { severalAt = -Infinity } = this.#looks.get(server) ?? {};
    const look: Look = { begunAt, severalAt, result: Promise.resolve(undefined) };
    this.#looks.set(server, look);
    const judge = (found: boolean | undefined): boolean | undefined => {
      if (found === undefined) look.begunAt = -Infinity;
      if (found === true) look.severalAt = begunAt;
      const isSeveral = begunAt - look.severalAt < BELIEVED_MS;
      this.#tell('place', address.text, isSeveral, severalWords(address.text));
      return isSeveral || found;
    };
    look.result = this.#sameness
      .leadsToSeveral(address)
      .catch(() => undefined)
      .then(judge);
    return look.result;
  }

  #lookForTwins(): Promise<Twins> {
    const begunAt = performance.now();
    if (begunAt - (this.#twins?.begunAt ?? -Infinity) > AGAIN_MS || this.#twins === undefined) {
      this.#twins = { begunAt, result: this.#findTwins() };
    }
    return this.#twins.result;
  }

  async #findTwins(): Promise<Twins> {
    const { servers } = this.#options;
    const [found, ...several] = await Promise.all([
      twinsAmong(servers),
      ...servers.map((each) => this.isSeveral(each)),
    ]);
    const isOne = (server: ServerClient) => several[servers.indexOf(server)] !== true;
    // What leads to several servers is the same as another one for a while only, and is told of already.
    const twins = new Map([...found].filter((pair) => pair.every(isOne)));
    for (const server of servers) {
      const { text } = server.address;
      const other = twins.get(server)?.address.text ?? '';
      this.#tell('twin', text, other !== '', sameWords(text, other));
    }
    return twins;
  }

  #tell(about: string, server: string, isSo: boolean, words: string): void {
    const what = `${about} ${server}`;
    if (isSo && !this.#told.has(what)) this.#options.log?.warn({ server }, words);
    if (isSo) this.#told.add(what);
    else this.#told.delete(what);
  }
}
