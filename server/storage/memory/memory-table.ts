import type { Clock } from '../../base/clock.ts';
import { checkText } from '../batch.ts';
import { compareText, isStorable } from '../order.ts';
import type { Json } from '../storage.ts';
import type { Draft, Entries } from '../tables.ts';

interface Entry {
  /** As JSON text: what is stored shares nothing with what was given. */
  readonly json: string;
  readonly expires: number | undefined;
}

/** One table in process memory. */
export class MemoryTable<Value extends Json> implements Draft<Value> {
  readonly #clock: Clock;
  readonly #written: (undo: () => void) => void;
  readonly #entries = new Map<string, Entry>();
  #sweepAt = 1000;

  /** `written` is given what undoes each write, for a step that may yet fail. */
  constructor(clock: Clock, written: (undo: () => void) => void = () => {}) {
    this.#clock = clock;
    this.#written = written;
  }

  get(key: string): Value | undefined {
    const entry = this.#live(key);
    return entry && (JSON.parse(entry.json) as Value);
  }

  set(key: string, value: Value, expires?: number): void {
    checkText('key', key);
    this.#put(key, { json: JSON.stringify(value), expires });
  }

  add(key: string, value: Value, expires?: number): boolean {
    if (this.#live(key)) return false;
    this.set(key, value, expires);
    return true;
  }

  delete(key: string): boolean {
    const wasThere = this.#live(key) !== undefined;
    this.#put(key, undefined);
    return wasThere;
  }

  entries(prefix = ''): Entries<Value> {
    if (!isStorable(prefix)) return [];
    const found: [string, Value][] = [];
    for (const key of this.#entries.keys()) {
      const value = key.startsWith(prefix) ? this.get(key) : undefined;
      if (value !== undefined) found.push([key, value]);
    }
    return found.sort(([a], [b]) => compareText(a, b));
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && !this.#isOver(entry) ? entry : undefined;
  }

  #isOver({ expires }: Entry): boolean {
    return expires !== undefined && expires <= this.#clock();
  }

  #put(key: string, entry: Entry | undefined): void {
    const before = this.#entries.get(key);
    this.#written(() => this.#replace(key, before));
    this.#replace(key, entry);
    if (this.#entries.size >= this.#sweepAt) this.#sweep();
  }

  #replace(key: string, entry: Entry | undefined): void {
    if (entry) this.#entries.set(key, entry);
    else this.#entries.delete(key);
  }

  #sweep(): void {
    for (const [key, entry] of this.#entries) if (this.#isOver(entry)) this.#entries.delete(key);
    this.#sweepAt = 1000 + 2 * this.#entries.size;
  }
}
