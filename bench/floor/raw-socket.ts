import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Where in the bytes received an answer begins and ends. They are overwritten by what is received next. */
export type OnAnswer = (bytes: Buffer, at: number, end: number) => void;

export const HEADER_BYTES = 24;
const RECEIVED_BYTES = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/**
 * The least that memcached can cost: one socket, requests written once a turn of the event loop, answers in their order,
 * received into one buffer. No deadline, no check of what came, no second server.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly #waiting: OnAnswer[] = [];
  #head = 0;
  #unsent: Buffer[] = [];
  #rest: Buffer = EMPTY;

  static async connect(port: number): Promise<RawSocket> {
    const raw = new RawSocket(port);
    await once(raw.#socket, 'connect');
    return raw;
  }

  private constructor(port: number) {
    const received = Buffer.alloc(RECEIVED_BYTES);
    const callback = (length: number) => {
      this.#take(received.subarray(0, length));
      return true;
    };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: received, callback } });
  }

  /** Sends a request of the binary protocol. */
  ask(request: Buffer, onAnswer: OnAnswer): void {
    this.#waiting.push(onAnswer);
    if (this.#unsent.push(request) === 1) process.nextTick(() => this.#flush());
  }

  close(): void {
    this.#socket.destroy();
  }

  #flush(): void {
    this.#socket.write(Buffer.concat(this.#unsent));
    this.#unsent = [];
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + bytes.readUInt32BE(at + 8);
      if (end > bytes.length) break;
      this.#waiting[this.#head++]?.(bytes, at, end);
      at = end;
    }
    this.#rest = at === bytes.length ? EMPTY : Buffer.from(bytes.subarray(at));
    if (this.#head === this.#waiting.length) this.#head = this.#waiting.length = 0;
  }
}
