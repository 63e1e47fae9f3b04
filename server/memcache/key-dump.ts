import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { DeadlinePassed, REASONS, ServerUnreachable, toUnreachable, type Reason } from './errors.ts';
import { isKey } from './keys.ts';

/** A key as one server's dump lists it. */
export interface DumpedKey {
  readonly key: string;
  /** What the item takes on the server. */
  readonly bytes: number;
  /** Milliseconds since 1970; `null`: never. */
  readonly expires: number | null;
}

export interface Dump {
  readonly keys: readonly DumpedKey[];
  /** There are more than were asked for. */
  readonly hasMore: boolean;
}

export interface DumpOptions {
  /** As messages name it. */
  readonly address: string;
  /** Keys that begin otherwise are passed over. */
  readonly prefix: string;
  readonly limit: number;
  /** How long the server may take until it says who it is. */
  readonly timeoutMs: number;
  /** How long the whole walk may take. */
  readonly walkMs: number;
}

/** The server is dumping for somebody else: it does one at a time. */
export class DumpBusy extends ServerUnreachable {
  constructor(address: string) {
    super(address, { short: 'is being listed already', clause: 'is listing its keys for somebody else' });
  }
}

/** A line is a key of at most 250 bytes, three characters for each, and some figures. */
const LONGEST_LINE = 2_048;
/** As long as a message of the binary protocol: a server that takes no other sees at once that this is none, and hangs up. */
const ASK_VERSION = `version${' '.repeat(24)}\r\n`;
const LINE = /^key=(\S+) exp=(-?\d+) .*\bsize=(\d+)/;

/**
 * Lists the keys of one memcached by `lru_crawler metadump`, over a connection of its own: the dump is text, and only
 * servers that take text have it. Nothing else is sent until the server has answered `version`.
 */
export function dumpKeys(target: NetConnectOpts, options: DumpOptions): Promise<Dump> {
  return new Promise((resolve, reject) => new KeyDump(target, options, resolve, reject));
}

class KeyDump {
  readonly #options: DumpOptions;
  readonly #resolve: (dump: Dump) => void;
  readonly #reject: (error: Error) => void;
  readonly #socket: Socket;
  readonly #beginning: string;
  readonly #keys: DumpedKey[] = [];
  #timer: NodeJS.Timeout;
  #rest = '';
  /** Older servers walk only over the order of use, where an item that is used meanwhile may be passed over. */
  #mayAskOtherwise = true;
  #state: 'asking' | 'listing' | 'done' = 'asking';

  constructor(
    target: NetConnectOpts,
    options: DumpOptions,
    resolve: (dump: Dump) => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#beginning = `key=${encodeURIComponent(options.prefix)}`;
    this.#socket = connect({ ...target, noDelay: true }).setEncoding('latin1');
    this.#socket.once('connect', () => this.#socket.write(ASK_VERSION));
    this.#socket.on('data', (text) => this.#take(String(text)));
    this.#socket.on('error', (error) => this.#fail(toUnreachable(options.address, error)));
    this.#socket.on('close', () => this.#failAs(this.#state === 'asking' ? REFUSES_TEXT : REASONS.closed));
    this.#timer = this.#within(options.timeoutMs);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#state === 'asking') this.#begin(line.trimEnd());
      else if (this.#state === 'listing') this.#list(line.trimEnd());
    }
    if (this.#rest.length > LONGEST_LINE) this.#failAs(REASONS.notMemcached);
  }

  #begin(line: string): void {
    if (!/^VERSION \d+\.\d+/.test(line)) return this.#failAs(REASONS.notMemcached);
    this.#state = 'listing';
    clearTimeout(this.#timer);
    this.#timer = this.#within(this.#options.walkMs);
    this.#socket.write('lru_crawler metadump hash\r\n');
  }

  #list(line: string): void {
    if (line.startsWith(this.#beginning)) return this.#keep(line);
    if (line.startsWith('key=')) return;
    if (line === 'END') return this.#end(false);
    if (line.startsWith('BUSY')) return this.#fail(new DumpBusy(this.#options.address));
    if (this.#mayAskOtherwise) {
      this.#mayAskOtherwise = false;
      this.#socket.write('lru_crawler metadump all\r\n');
    } else this.#failAs(REFUSES_LISTING);
  }

  #keep(line: string): void {
    const [, encoded = '', expires = '', size = ''] = LINE.exec(line) ?? [];
    const key = encoded.replaceAll('%3A', ':');
    if (!isKey(key)) return;
    if (this.#keys.length === this.#options.limit) return this.#end(true);
    this.#keys.push({ key, bytes: Number(size), expires: Number(expires) < 0 ? null : Number(expires) * 1_000 });
  }

  #end(hasMore: boolean): void {
    if (this.#isOver()) return;
    this.#resolve({ keys: this.#keys, hasMore });
  }

  #within(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#fail(new DeadlinePassed(this.#options.address, ms)), ms).unref();
  }

  #failAs(reason: Reason): void {
    this.#fail(new ServerUnreachable(this.#options.address, reason));
  }

  #fail(error: Error): void {
    if (!this.#isOver()) this.#reject(error);
  }

  /** Lets go of the connection. True where that was done before. */
  #isOver(): boolean {
    if (this.#state === 'done') return true;
    this.#state = 'done';
    clearTimeout(this.#timer);
    this.#socket.destroy();
    return false;
  }
}

const REFUSES_TEXT: Reason = {
  short: 'refuses the text protocol',
  clause: 'refuses the text protocol, and can be listed by no other',
};

const REFUSES_LISTING: Reason = { short: 'refuses to list its keys', clause: 'refuses to list its keys' };
