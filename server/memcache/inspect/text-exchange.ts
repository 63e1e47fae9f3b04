import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { plainReason, Timeout, REASONS, ServerUnreachable, toUnreachable, type Reason } from '../errors.ts';

export interface ExchangeOptions {
  /** As messages name it. */
  readonly address: string;
  /** How long the server may take until it says who it is. */
  readonly timeoutMs: number;
  /** How long everything after that may take. */
  readonly wholeMs: number;
}

/** As long as a message of the binary protocol: a server that takes no other sees at once that this is none, and hangs up. */
const ASK_VERSION = `version${' '.repeat(24)}\r\n`;

/**
 * One question in memcached's text protocol, over a connection of its own: only by text can a server be looked into
 * without counting as use. Nothing else is sent until the server has answered `version`. Text is bytes, one for each
 * character.
 */
export abstract class TextExchange<Result> {
  readonly #options: ExchangeOptions;
  readonly #socket: Socket;
  readonly #settled = Promise.withResolvers<Result>();
  #timer: NodeJS.Timeout;
  #rest = '';
  #state: 'asking' | 'talking' | 'done' = 'asking';

  constructor(target: NetConnectOpts, options: ExchangeOptions) {
    this.#options = options;
    this.#socket = connect({ ...target, noDelay: true }).setEncoding('latin1');
    this.#socket.once('connect', () => this.say(ASK_VERSION));
    this.#socket.on('data', (text) => this.#receive(String(text)));
    this.#socket.on('error', (error) => this.fail(toUnreachable(options.address, error)));
    this.#socket.on('close', () => this.failAs(this.#state === 'asking' ? REFUSES_TEXT : REASONS.closed));
    this.#timer = this.#within(options.timeoutMs);
  }

  get result(): Promise<Result> {
    return this.#settled.promise;
  }

  /** Asks: the server has said that it is memcached. */
  protected abstract begin(): void;

  /** Takes what has come, and gives back what is not whole yet. */
  protected abstract take(text: string): string;

  /** More than this can stand for nothing that is not whole yet. */
  protected abstract readonly longest: number;

  protected get address(): string {
    return this.#options.address;
  }

  protected say(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  protected end(result: Result): void {
    if (!this.#isOver()) this.#settled.resolve(result);
  }

  protected fail(error: Error): void {
    if (!this.#isOver()) this.#settled.reject(error);
  }

  protected failAs(reason: Reason): void {
    this.fail(new ServerUnreachable(this.address, reason));
  }

  #receive(text: string): void {
    let rest = this.#rest + text;
    if (this.#state === 'asking') rest = this.#greet(rest);
    if (this.#state === 'talking') rest = this.take(rest);
    this.#rest = rest;
    if (rest.length > this.longest) this.failAs(REASONS.notMemcached);
  }

  #greet(text: string): string {
    const end = text.indexOf('\n');
    if (end === -1) return text;
    if (!/^VERSION \d+\.\d+/.test(text)) this.failAs(REASONS.notMemcached);
    else {
      this.#state = 'talking';
      clearTimeout(this.#timer);
      this.#timer = this.#within(this.#options.wholeMs);
      this.begin();
    }
    return text.slice(end + 1);
  }

  #within(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.fail(new Timeout(this.address, ms)), ms).unref();
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

const REFUSES_TEXT = plainReason('refuses the text protocol');
