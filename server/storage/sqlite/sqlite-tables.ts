import type { Database } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { EntryDraft, EntryStatements } from './entries.ts';
import type { Json } from '../storage.ts';
import type { Draft, DraftOf, KeyedTable, SmallTable, Tables } from '../tables.ts';

/** How the steps of tables are run. */
export interface Steps {
  /** Reads at once, waiting out a moment in which another process holds the file alone. */
  readonly readNow: <Result>(step: () => Result) => Result;
  /** Reads, waiting for other processes without blocking this one. */
  readonly read: <Result>(step: () => Result) => Promise<Result>;
  /** Writes as one transaction, waiting in the same way. */
  readonly write: <Result>(step: () => Result) => Promise<Result>;
}

/** All tables are one table of SQLite's. */
export class SqliteTables implements Tables {
  readonly #statements: EntryStatements;
  readonly #clock: Clock;
  readonly #steps: Steps;

  constructor(database: Database, clock: Clock, steps: Steps) {
    this.#statements = new EntryStatements(database);
    this.#clock = clock;
    this.#steps = steps;
  }

  keyed<Value extends Json>(name: string): KeyedTable<Value> {
    const { read } = this.#steps;
    const draft = this.#draft<Value>(name);
    return {
      ...this.#table(draft, name),
      get: (key) => read(() => draft.get(key)),
      entries: (prefix) => read(() => draft.entries(prefix)),
    };
  }

  async small<Value extends Json>(name: string): Promise<SmallTable<Value>> {
    const { readNow } = this.#steps;
    const draft = this.#draft<Value>(name);
    return {
      ...this.#table(draft, name),
      get: (key) => readNow(() => draft.get(key)),
      entries: (prefix) => readNow(() => draft.entries(prefix)),
    };
  }

  #table<Value extends Json>(draft: Draft<Value>, name: string) {
    const update = <Result>(step: (draft: Draft<Value>, draftOf: DraftOf) => Result): Promise<Result> =>
      this.#steps.write(() => step(draft, (table) => this.#draft(table.name)));
    return { name, update };
  }

  #draft<Value extends Json>(name: string): Draft<Value> {
    return new EntryDraft<Value>(name, this.#statements, this.#clock);
  }
}
