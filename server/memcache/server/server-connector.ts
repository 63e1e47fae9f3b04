import type { Clock } from '../../base/clock.ts';
import type { Address } from './addresses.ts';
import type { Allowlist } from './allowlist.ts';
import { SocketConnection, type Connect, type McConnection, type Waiting } from './connection.ts';
import { dialectOf } from './dialect.ts';
import { ConnectionLost, DIALECTS, REASONS, ServerUnreachable, StoreClosed, Timeout } from '../errors.ts';
import { Health } from './health.ts';
import { resolve } from './resolve.ts';

export interface ServerConnectorOptions {
  readonly allowlist: Allowlist;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly clock: Clock;
  /** Told whenever a connection stands. */
  readonly onReady: () => void;
  /** Told when the server goes down, and when it is back. */
  readonly onChange: (health: Health) => void;
  /** A simulation makes connections of its own. */
  readonly connect?: Connect | undefined;
}

/** What answers in place of memcached is asked what it is at most once in so long. */
const EXPLAINED_MS = 10_000;

/** A server that is down is looked for in the background for so long after the last request for it. */
const WANTED_MS = 2_000;

/**
 * One memcached as memjs's Client wants its servers: `onResponse`, `onError` and `write` in turn hand over one request.
 * Each request gets a deadline of its own; connections are made when needed and never outlive a fault.
 */
export class ServerConnector {
  readonly host: string;
  readonly port: number;
  /** memjs's own failover. It stays off. */
  readonly wakeupAt = undefined;
  readonly health: Health;
  /** For the next request: when it must be settled. */
  deadline = 0;
  /** For the next request: whether it is to try a server that is down, and wait. */
  insists = false;
  /** What compare-and-set numbers belong to: a server that was restarted uses the same numbers for other values. */
  connection: McConnection | undefined;
  readonly #address: Address;
  readonly #options: ServerConnectorOptions;
  #isClosed = false;
  #wantedAt = -Infinity;
  /** Whether the present connection, or the last one, took requests; and any connection of this server did. */
  #hasStood = false;
  #isKnown = false;
  #dialect: ServerUnreachable | undefined;
  #explanation: Promise<void> = Promise.resolve();
  #explainedAt = -Infinity;
  #probeTimer: NodeJS.Timeout | undefined;
  #opaque = 0;
  #onAnswer: Waiting['onAnswer'] = () => undefined;
  #onError: Waiting['onError'] = () => undefined;

  constructor(address: Address, options: ServerConnectorOptions) {
    this.host = address.kind === 'tcp' ? address.host : address.path;
    this.port = address.kind === 'tcp' ? address.port : 0;
    this.health = new Health(address.text, options.clock);
    this.#address = address;
    this.#options = options;
  }

  onResponse(seq: number, callback: Waiting['onAnswer']): void {
    this.#opaque = seq;
    this.#onAnswer = callback;
  }

  onError(_seq: number, callback: Waiting['onError']): void {
    this.#onError = callback;
  }

  write(request: Buffer): void {
    const waiting = { opaque: this.#opaque, deadline: this.deadline, onAnswer: this.#onAnswer, onError: this.#onError };
    if (this.health.state === 'down' && !this.insists && !this.#mayWait()) return waiting.onError(this.health.error);
    const connection = this.connection ?? this.#open();
    if (connection instanceof Error) waiting.onError(connection);
    else connection.send(request, waiting);
  }

  /** Why it cannot be used, as far as that can be found out: what does not answer as memcached may be something else. */
  async explain(error: unknown): Promise<unknown> {
    await this.#explanation;
    return this.#dialect ?? error;
  }

  /** Resolves when nothing is in flight. */
  async drain(): Promise<void> {
    await this.connection?.drain();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#probeTimer);
    this.connection?.fail(new ServerUnreachable(this.#address.text, REASONS.closed));
  }

  /** The server is down: starts a probe where one is due. True where the verdict is so old that the probe is worth waiting for. */
  #mayWait(): boolean {
    const now = performance.now();
    const wasFresh = this.health.isFresh(now);
    this.#wantedAt = now;
    this.#probe();
    return !wasFresh;
  }

  /** Looks whether the server is back: at once where a probe is due, else when it will be. */
  #probe(): void {
    const now = performance.now();
    if (this.#isClosed || this.connection !== undefined || this.health.state !== 'down') return;
    if (this.health.isProbeDue(now)) this.#open();
    else if (now - this.#wantedAt < WANTED_MS) this.#probeIn(this.health.probeInMs(now));
  }

  #probeIn(delayMs: number): void {
    this.#probeTimer ??= setTimeout(() => {
      this.#probeTimer = undefined;
      this.#probe();
    }, Math.ceil(delayMs)).unref();
  }

  #open(): McConnection | Error {
    if (this.#isClosed) return new StoreClosed();
    this.#hasStood = false;
    try {
      const connect = this.#options.connect ?? connectByNet;
      this.connection = connect(resolve(this.#address, this.#options.allowlist), {
        ...this.#options,
        address: this.#address.text,
        isKnown: this.#isKnown,
        onReady: () => this.#ready(),
        onAlive: () => this.health.alive(),
        onLost: (error) => this.#lost(error),
      });
      return this.connection;
    } catch (error) {
      if (!(error instanceof ServerUnreachable)) throw error;
      this.health.failed(error, performance.now());
      return error;
    }
  }

  #ready(): void {
    this.#hasStood = true;
    this.#isKnown = true;
    this.#dialect = undefined;
    const wasDown = this.health.state === 'down';
    this.health.opened();
    if (wasDown) this.#options.onChange(this.health);
    this.#options.onReady();
  }

  #lost(cause: ServerUnreachable): void {
    this.connection = undefined;
    if (this.#isClosed) return;
    if (cause.reason === DIALECTS.sasl) this.#isKnown = false;
    if (!this.#hasStood && saysNothing(cause)) this.#findOut();
    const error = this.#hasStood ? cause : (this.#dialect ?? cause);
    const wasDown = this.health.state === 'down';
    const now = performance.now();
    if (error instanceof ConnectionLost) this.health.lost(error, now);
    else this.health.failed(error, now);
    if (!wasDown && this.health.state === 'down') this.#options.onChange(this.health);
    this.#probe();
  }

  /** Asks what it is that does not answer as memcached does. */
  #findOut(): void {
    const now = performance.now();
    if (this.#options.connect !== undefined || now - this.#explainedAt < EXPLAINED_MS) return;
    this.#explainedAt = now;
    const { allowlist, timeoutMs } = this.#options;
    const look = async () => {
      const reason = await dialectOf(resolve(this.#address, allowlist), timeoutMs);
      if (reason === undefined || this.#hasStood) return;
      this.#dialect = new ServerUnreachable(this.#address.text, reason);
      const wasDown = this.health.state === 'down';
      this.health.failed(this.#dialect, performance.now());
      if (!wasDown) this.#options.onChange(this.health);
    };
    this.#explanation = look().catch(() => undefined);
  }
}

/** Whether an error of a connection that never stood leaves open what is there. */
function saysNothing(error: ServerUnreachable): boolean {
  return error instanceof Timeout || error.reason === REASONS.closed || error.reason === REASONS.notMemcached;
}

const connectByNet: Connect = (target, options) => new SocketConnection(target, options);
