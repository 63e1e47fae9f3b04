import { randomUUID } from 'node:crypto';
import type { Background } from './base/background.ts';
import type { Clock } from './base/clock.ts';
import type { KeyedTable } from './storage/storage.ts';

interface ProcessesOptions {
  readonly table: KeyedTable<number>;
  readonly clock: Clock;
  readonly background: Background;
  /** How often a process signs. */
  readonly heartbeatMs: number;
}

/** Which processes serve one data folder right now: each signs in a table, and is forgotten a while after it stopped. */
export class Processes {
  readonly #table: KeyedTable<number>;
  readonly #clock: Clock;
  readonly #background: Background;
  readonly #heartbeatMs: number;
  readonly #id = randomUUID();

  constructor({ table, clock, background, heartbeatMs }: ProcessesOptions) {
    this.#table = table;
    this.#clock = clock;
    this.#background = background;
    this.#heartbeatMs = heartbeatMs;
    background.every(heartbeatMs, 'note in the data file that this process serves it', () => this.#sign());
  }

  /** Whether another process serves the same tree, as far as can be told. */
  get hasOthers(): boolean {
    return this.#table.entries().some(([id]) => id !== this.#id);
  }

  /** Signs off. Where that cannot be written, the others forget this process a while later. */
  close(): void {
    this.#background.do('note in the data file that this process ends', () => this.#table.delete(this.#id));
  }

  #sign(): Promise<void> {
    const now = this.#clock();
    return this.#table.whenFree(() => this.#table.set(this.#id, now, now + 3 * this.#heartbeatMs));
  }
}
