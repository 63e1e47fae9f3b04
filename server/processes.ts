import { randomUUID } from 'node:crypto';
import type { Clock } from './base/clock.ts';
import type { KeyedTable } from './storage/storage.ts';

const SIGN_MS = 20_000;

/** Which processes serve one data folder right now: each signs in a table, and is forgotten a while after it stopped. */
export class Processes {
  readonly #table: KeyedTable<number>;
  readonly #clock: Clock;
  readonly #id = randomUUID();
  readonly #timer: NodeJS.Timeout;

  constructor(table: KeyedTable<number>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
    this.#sign();
    this.#timer = setInterval(() => this.#sign(), SIGN_MS).unref();
  }

  /** Whether another process serves the same tree, as far as can be told. */
  get hasOthers(): boolean {
    return this.#table.entries().some(([id]) => id !== this.#id);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#table.delete(this.#id);
  }

  #sign(): void {
    const now = this.#clock();
    this.#table.set(this.#id, now, now + 3 * SIGN_MS);
  }
}
