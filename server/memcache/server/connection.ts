import { connect, type NetConnectOpts, type Socket } from 'node:net';
import {
  ConnectionLost,
  DIALECTS,
  Timeout,
  REASONS,
  ServerUnreachable,
  toUnreachable,
  type Reason,
} from '../errors.ts';
import { type Answer, AnswerParser, bareRequest, OPCODES, STATUSES } from './protocol.ts';

/** A request that was handed over and has not been settled. */
export interface Waiting {
  readonly opaque: number;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  readonly onAnswer: (answer: Answer) => void;
  readonly onError: (error: Error) => void;
}

export interface ConnectionOptions {
  /** As messages name it. */
  readonly address: string;
  /** How long the server may take for one answer, and until the connection stands. */
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /** It has taken requests before: that it answers `version` is enough. */
  readonly isKnown: boolean;
  /** The server answered as memcached does. */
  readonly onReady: () => void;
  /** Something on the connection was answered. */
  readonly onAlive: () => void;
  /** The connection is of no more use. What was in flight has been told. */
  readonly onLost: (error: ServerUnreachable) => void;
}

/** A connection as its server uses it. */
export type McConnection = Pick<SocketConnection, 'version' | 'send' | 'drain' | 'fail'>;

export type Connect = (target: NetConnectOpts, options: ConnectionOptions) => McConnection;

const RECEIVE_BYTES = 64 * 1024;
const LONGEST_VERSION = 64;
/** A timer that is late by more was held up by this process itself, which then has as long to read what came. */
const BUSY_MS = 25;
/** What may wait to be written: with more, the server is too slow to be given yet another request. */
const MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

/**
 * One connection to one memcached. Answers come in the order of the requests and each must carry the oldest waiting
 * request's number; at the first fault (a deadline, a wrong number, an end) the connection is thrown away, and everything
 * in flight on it fails, once. Before the server has answered `version`, nothing else is sent.
 */
export class SocketConnection {
  /** What the server said it is: `1.6.32`. Empty until it has. */
  version = '';
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #parser: AnswerParser;
  #state: 'opening' | 'ready' | 'lost' = 'opening';
  /** The first `#settled` of them are settled, and undefined. */
  #waiting: (Waiting | undefined)[] = [];
  #settled = 0;
  #unsent: Buffer[] = [];
  #sent = 0;
  #isFlushDue = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #onIdle: (() => void) | undefined;

  constructor(target: NetConnectOpts, options: ConnectionOptions) {
    this.#options = options;
    this.#parser = new AnswerParser(options.maxBodyBytes, (answer) => this.#take(answer));
    const opened = performance.now();
    this.#socket = connect({ ...target, noDelay: true, keepAlive: true, onread: this.#reader() });
    this.#socket.once('connect', () => this.#socket.write(bareRequest(OPCODES.version, 0)));
    this.#socket.on('error', (error) => this.fail(toUnreachable(options.address, error)));
    this.#socket.once('end', () => this.#ended());
    this.#socket.once('close', () => this.#ended());
    this.#wakeAt(opened + options.timeoutMs);
  }

  /** Sends with everything else of this turn of the event loop. */
  send(request: Buffer, waiting: Waiting): void {
    if (this.#socket.writableLength > MAX_UNWRITTEN_BYTES) {
      return waiting.onError(new ServerUnreachable(this.#options.address, REASONS.overloaded));
    }
    if (waiting.deadline < this.#timerAt) this.#wakeAt(waiting.deadline);
    this.#waiting.push(waiting);
    this.#unsent.push(request);
    if (this.#isFlushDue || this.#state !== 'ready') return;
    this.#isFlushDue = true;
    setImmediate(this.#flush);
  }

  /** Resolves when nothing is in flight: at the latest when the last deadline has passed. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) resolve();
      else this.#onIdle = resolve;
    });
  }

  /** Throws the connection away. Bytes that still arrive are ignored. */
  fail(error: ServerUnreachable): void {
    if (this.#state === 'lost') return;
    this.#state = 'lost';
    clearTimeout(this.#timer);
    this.#socket.destroy();
    const inFlight = this.#waiting.slice(this.#settled);
    this.#waiting = [];
    this.#unsent = [];
    this.#options.onLost(error);
    for (const waiting of inFlight) waiting?.onError(error);
    this.#onIdle?.();
  }

  #reader() {
    return {
      buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
      callback: (length: number, chunk: Uint8Array): boolean => {
        if (this.#state !== 'lost' && !this.#parser.take(chunk as Buffer, length)) this.#failAs(REASONS.notMemcached);
        return true;
      },
    };
  }

  readonly #flush = (): void => {
    this.#isFlushDue = false;
    if (this.#state !== 'ready' || this.#unsent.length === 0) return;
    const requests = this.#unsent;
    this.#unsent = [];
    this.#sent = this.#waiting.length;
    this.#socket.write(requests.length === 1 ? (requests[0] as Buffer) : Buffer.concat(requests));
  };

  #take(answer: Answer): void {
    if (this.#state === 'opening') return this.#begin(answer);
    const waiting = this.#waiting[this.#settled];
    if (this.#state === 'lost') return;
    if (waiting === undefined || this.#settled >= this.#sent || answer.opaque !== waiting.opaque) {
      return this.#failAs(REASONS.garbled);
    }
    if (answer.status === STATUSES.unauthorised) return this.#failAs(DIALECTS.sasl);
    if (answer.isLast) this.#settle();
    this.#options.onAlive();
    waiting.onAnswer(answer);
  }

  #settle(): void {
    // What was settled must not be held on to: it would outlive its request, and the collector would copy it around.
    this.#waiting[this.#settled++] = undefined;
    if (this.#settled < this.#waiting.length) {
      if (this.#settled < 1024) return;
      this.#waiting.splice(0, this.#settled);
      this.#sent -= this.#settled;
    } else {
      this.#waiting.length = 0;
      this.#sent = 0;
      this.#onIdle?.();
    }
    this.#settled = 0;
  }

  /** Judges the answers to `version`, before which nothing else is sent, and to the first no-op, which not everybody may send. */
  #begin(answer: Answer): void {
    if (this.version === '') return this.#greet(answer);
    if (answer.status === STATUSES.unauthorised) return this.#failAs(DIALECTS.sasl);
    if (answer.opcode !== OPCODES.noop || answer.opaque !== 0) return this.#failAs(REASONS.garbled);
    this.#stand();
  }

  #greet(answer: Answer): void {
    const text = answer.value.toString('latin1');
    const isVersion = answer.opcode === OPCODES.version && answer.status === STATUSES.ok && answer.opaque === 0;
    if (!isVersion || text.length > LONGEST_VERSION || !/^\d+\.\d+[\w.+-]*$/.test(text)) {
      return this.#failAs(REASONS.notMemcached);
    }
    this.version = text;
    if (this.#options.isKnown) this.#stand();
    else this.#socket.write(bareRequest(OPCODES.noop, 0));
  }

  #stand(): void {
    this.#state = 'ready';
    this.#rearm();
    this.#options.onReady();
    this.#flush();
  }

  #ended(): void {
    this.#failAs(REASONS.closed);
  }

  #failAs(reason: Reason): void {
    const Fault = reason === REASONS.closed || reason === REASONS.garbled ? ConnectionLost : ServerUnreachable;
    this.fail(new Fault(this.#options.address, reason));
  }

  #wakeAt(deadline: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    this.#timer = setTimeout(() => this.#checkSoon(), Math.max(1, Math.ceil(deadline - performance.now()))).unref();
  }

  #checkSoon(): void {
    const lateMs = performance.now() - this.#timerAt;
    this.#look(lateMs > BUSY_MS ? lateMs : 0);
  }

  /**
   * Judges after the sockets were read once more. Where this process was held up meanwhile, answers may lie there unread
   * still: it gets as long to read them.
   */
  #look(heldUpMs: number): void {
    const waitMs = Math.min(heldUpMs, this.#options.timeoutMs);
    const dueAt = performance.now() + waitMs;
    const judge = () => {
      const againMs = performance.now() - dueAt;
      if (againMs > BUSY_MS) this.#look(againMs);
      else this.#checkDeadlines();
    };
    if (waitMs === 0) setImmediate(judge);
    else setTimeout(judge, waitMs).unref();
  }

  #checkDeadlines(): void {
    if (this.#state === 'lost') return;
    const { address, timeoutMs } = this.#options;
    const now = performance.now();
    const late = this.#waiting.some((waiting) => waiting !== undefined && waiting.deadline <= now);
    if (late || this.#state === 'opening') this.fail(new Timeout(address, timeoutMs));
    else this.#rearm();
  }

  #rearm(): void {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    let earliest = Infinity;
    for (let index = this.#settled; index < this.#waiting.length; index++) {
      earliest = Math.min(earliest, this.#waiting[index]?.deadline ?? Infinity);
    }
    if (earliest < Infinity) this.#wakeAt(earliest);
  }
}
