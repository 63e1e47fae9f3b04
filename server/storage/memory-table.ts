import type { Clock } from '../base/clock.ts';
import { checkText } from './batch.ts';
import { frozen, frozenCopy } from './frozen.ts';
import { compareText, isStorable } from './order.ts';
import type { Json } from './storage.ts';
import type { Draft, TableEntries } from './tables.ts';

interface ExpiringValue<Value> {
  readonly value: Value;
  readonly expires: number | undefined;
}

/** Told before each write: what undoes it, for a step that may yet fail, and what comes under the key; nothing: it is deleted. */
type Written<Value> = (undo: () => void, key: string, entry: ExpiringValue<Value> | undefined) => void;

/** One table in process memory. What it gives is frozen. */
export class MemoryTable<Value extends Json> implements Draft<Value> {
  readonly #clock: Clock;
  readonly #written: Written<Value>;
  readonly #entries = new Map<string, ExpiringValue<Value>>();
  /** In order, until another key comes or one goes. */
  #keys: readonly string[] | undefined;
  #sweepAt = 1000;

  constructor(clock: Clock, written: Written<Value> = () => {}) {
    this.#clock = clock;
    this.#written = written;
  }

  get(key: string): Value | undefined {
    return this.#live(key)?.value;
  }

  set(key: string, value: Value, expires?: number): void {
    checkText('key', key);
    this.#put(key, { value: frozenCopy(value), expires });
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

  entries(prefix = ''): TableEntries<Value> {
    if (!isStorable(prefix)) return [];
    this.#keys ??= [...this.#entries.keys()].sort(compareText);
    const found: [string, Value][] = [];
    for (const key of this.#keys) {
      const value = key.startsWith(prefix) ? this.get(key) : undefined;
      if (value !== undefined) found.push([key, value]);
    }
    return found;
  }

  /** Takes what was read elsewhere, which nothing undoes; no value: nothing is there. */
  take(key: string, value: Value | undefined, expires?: number): void {
    this.#replace(key, value === undefined ? undefined : { value: frozen(value), expires });
  }

  clear(): void {
    this.#entries.clear();
    this.#keys = undefined;
  }

  #live(key: string): ExpiringValue<Value> | undefined {
    const entry = this.#entries.get(key);
    return entry && !this.#isOver(entry) ? entry : undefined;
  }

  #isOver({ expires }: ExpiringValue<Value>): boolean {
    return expires !== undefined && expires <= this.#clock();
  }

  #put(key: string, entry: ExpiringValue<Value> | undefined): void {
    const before = this.#entries.get(key);
    this.#written(() => this.#replace(key, before), key, entry);
    this.#replace(key, entry);
    if (this.#entries.size >= this.#sweepAt) this.#sweep();
  }

  #replace(key: string, entry: ExpiringValue<Value> | undefined): void {
    if (this.#entries.has(key) !== (entry !== undefined)) this.#keys = undefined;
    if (entry) this.#entries.set(key, entry);
    else this.#entries.delete(key);
  }

  #sweep(): void {
    for (const [key, entry] of this.#entries) if (this.#isOver(entry)) this.#replace(key, undefined);
    this.#sweepAt = 1000 + 2 * this.#entries.size;
  }
}
