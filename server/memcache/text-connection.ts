import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { DeadlinePassed, REASONS, ServerUnreachable, toUnreachable } from './errors.ts';

/** No answer that is asked for here is longer. */
const LONGEST_ANSWER = 64 * 1024;

/** A connection to one memcached in its text protocol, for a question or two, all within one deadline. */
export class TextConnection implements Disposable {
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  #received = '';
  #failure: ServerUnreachable | undefined;
  #wake: () => void = () => undefined;

  constructor(target: NetConnectOpts, address: string, timeoutMs: number) {
    this.#socket = connect({ ...target, noDelay: true }).setEncoding('latin1');
    this.#socket.on('data', (text) => this.#take(address, String(text)));
    this.#socket.on('error', (error) => this.#fail(toUnreachable(address, error)));
    this.#socket.on('close', () => this.#fail(new ServerUnreachable(address, REASONS.closed)));
    this.#timer = setTimeout(() => this.#fail(new DeadlinePassed(address, timeoutMs)), timeoutMs).unref();
  }

  /** Sends a line and gives the first one of the answer. */
  async ask(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    await this.#until(() => this.#received.includes('\r\n'));
    const answer = await this.read(this.#received.indexOf('\r\n') + 2);
    return answer.toString('latin1').trimEnd();
  }

  /** The next bytes of the answer. */
  async read(length: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= length);
    const bytes = Buffer.from(this.#received.slice(0, length), 'latin1');
    this.#received = this.#received.slice(length);
    return bytes;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  async #until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #take(address: string, text: string): void {
    this.#received += text;
    if (this.#received.length > LONGEST_ANSWER) this.#fail(new ServerUnreachable(address, REASONS.notMemcached));
    this.#wake();
  }

  #fail(failure: ServerUnreachable): void {
    this.#failure ??= failure;
    this.#wake();
  }
}
