import { connect, type Socket } from 'node:net';

/** What a memcached server holds under a key, byte for byte. */
export interface RawItem {
  readonly flags: number;
  readonly value: Buffer;
}

/** What anybody can do who reaches a memcached server: read and write under every key, by the text protocol. */
export class RawMemcached implements Disposable {
  readonly #socket: Socket;
  #waiting: ((line: string, rest: Buffer) => Buffer | undefined) | undefined;
  #received = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#offer();
    });
  }

  async get(key: string): Promise<RawItem | undefined> {
    return this.#ask(`get ${key}\r\n`, (line, rest) => {
      if (line === 'END') return { item: undefined, rest };
      const [, , flags, bytes] = line.split(' ');
      const length = Number(bytes);
      if (rest.length < length + '\r\nEND\r\n'.length) return undefined;
      const item = { flags: Number(flags), value: Buffer.from(rest.subarray(0, length)) };
      return { item, rest: rest.subarray(length + '\r\nEND\r\n'.length) };
    });
  }

  async set(key: string, { flags, value }: RawItem, ttlS = 600): Promise<void> {
    const head = `set ${key} ${flags} ${ttlS} ${value.length}\r\n`;
    const line = await this.#ask(Buffer.concat([Buffer.from(head), value, Buffer.from('\r\n')]), (text, rest) => {
      return { item: text, rest };
    });
    if (line !== 'STORED') throw new Error(`memcached answered ${String(line)} to ${head}`);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #ask<Result>(
    command: string | Buffer,
    read: (line: string, rest: Buffer) => { item: Result; rest: Buffer } | undefined,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#waiting = (line, rest) => {
        const found = read(line, rest);
        if (found === undefined) return undefined;
        this.#socket.off('error', reject);
        resolve(found.item);
        return found.rest;
      };
      this.#socket.write(command);
    });
  }

  #offer(): void {
    const end = this.#received.indexOf('\r\n');
    if (end === -1 || this.#waiting === undefined) return;
    const rest = this.#waiting(this.#received.toString('latin1', 0, end), this.#received.subarray(end + 2));
    if (rest === undefined) return;
    this.#waiting = undefined;
    this.#received = Buffer.from(rest);
  }
}
