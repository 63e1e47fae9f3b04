import type { Clock } from '../../base/clock.ts';
import { MemoryTable } from '../memory-table.ts';
import type { Json } from '../storage.ts';
import type { Draft, DraftOf, KeyedTable, SmallTable, Tables } from '../tables.ts';

/** Tables in process memory, where both kinds are the same. */
export class MemoryTables implements Tables {
  readonly #clock: Clock;
  readonly #tables = new Map<string, MemoryTable<Json>>();
  /** What undoes the step that is run, newest last. */
  #undo: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keyed<Value extends Json>(name: string): KeyedTable<Value> {
    const draft = this.#draft<Value>(name);
    return {
      ...this.#table(draft, name),
      get: async (key) => draft.get(key),
      entries: async (prefix) => draft.entries(prefix),
    };
  }

  async small<Value extends Json>(name: string): Promise<SmallTable<Value>> {
    const draft = this.#draft<Value>(name);
    return {
      ...this.#table(draft, name),
      get: (key) => draft.get(key),
      entries: (prefix) => draft.entries(prefix),
    };
  }

  #table<Value extends Json>(draft: Draft<Value>, name: string) {
    const update = async <Result>(step: (draft: Draft<Value>, draftOf: DraftOf) => Result): Promise<Result> => {
      this.#undo = [];
      try {
        return step(draft, (table) => this.#draft(table.name));
      } catch (error) {
        for (const undo of this.#undo.toReversed()) undo();
        throw error;
      } finally {
        this.#undo = [];
      }
    };
    return { name, update };
  }

  #draft<Value extends Json>(name: string): Draft<Value> {
    const table = this.#tables.get(name) ?? new MemoryTable<Json>(this.#clock, (undo) => this.#undo.push(undo));
    this.#tables.set(name, table);
    return table as unknown as Draft<Value>;
  }
}
