import { write, writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { isSecretKey } from './secret-words.ts';

export type Log = Logger;

/** The server's log: one JSON line per event on standard error, secrets masked. */
export function openLog(level = 'info'): Log {
  const options = { level, base: { pid: process.pid }, formatters: { log: (fields: Fields) => masked(fields) } };
  return pino(options, standardError);
}

type Fields = Record<string, unknown>;

const DEEPEST = 3;

/** Fields without what is under the keys of secrets. */
function masked(fields: Fields, depth = 0): Fields {
  const entries = Object.entries(fields).map(([key, value]) => {
    if (isSecretKey(key)) return [key, '[masked]'];
    return [key, isPlain(value) && depth < DEEPEST ? masked(value, depth + 1) : value];
  });
  return Object.fromEntries(entries) as Fields;
}

/** Errors and whatever else has a form of its own are pino's to write. */
function isPlain(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}

/** What waits for a disk that has no room; beyond it, lines are lost. */
const MOST_WAITING_BYTES = 256 * 1024;

/**
 * Standard error, written aside. What cannot be written, as on a full disk, is tried again with the next line. pino's own
 * way ends the process at such an error, and at the end of the process tries again for ever.
 */
class StandardError {
  #waiting = Buffer.alloc(0);
  /** Of what waits, so many bytes are being written. */
  #underWay = 0;

  constructor() {
    process.once('exit', () => this.#writeLast());
  }

  write(line: string): void {
    const hasRoom = this.#waiting.length < MOST_WAITING_BYTES;
    if (hasRoom) this.#waiting = Buffer.concat([this.#waiting, Buffer.from(line)]);
    if (this.#underWay === 0) this.#writeOn();
  }

  #writeOn(): void {
    this.#underWay = this.#waiting.length;
    if (this.#underWay === 0) return;
    write(STANDARD_ERROR, this.#waiting, (error, written) => {
      this.#underWay = 0;
      if (error !== null) return;
      this.#waiting = this.#waiting.subarray(written);
      this.#writeOn();
    });
  }

  #writeLast(): void {
    try {
      writeSync(STANDARD_ERROR, this.#waiting.subarray(this.#underWay));
    } catch {
      // There is nobody left to tell.
    }
  }
}

const STANDARD_ERROR = 2;
const standardError = new StandardError();
