import type { Database } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { EntryDraft, EntryStatements } from './entries.ts';
import { SmallTables } from './small-tables.ts';
import type { Json } from '../storage.ts';
import type { Draft, DraftOf, KeyedTable, SmallTable, Tables } from '../tables.ts';

/** How the steps of tables are run. */
interface Steps {
  /** Runs what needs the data file, waiting for other processes without blocking this one. */
  readonly whenFree: <Result>(step: () => Result) => Promise<Result>;
  /** Writes as one transaction. */
  readonly transaction: <Result>(step: () => Result) => Result;
}

/** All tables are one table of SQLite's. Of the small ones this process has a copy. */
export class SqliteTables implements Tables {
  readonly #statements: EntryStatements;
  readonly #small: SmallTables;
  readonly #clock: Clock;
  readonly #steps: Steps;

  constructor(database: Database, clock: Clock, steps: Steps) {
    this.#statements = new EntryStatements(database);
    this.#small = new SmallTables(database, this.#statements, clock);
    this.#clock = clock;
    this.#steps = steps;
  }

  keyed<Value extends Json>(name: string): KeyedTable<Value> {
    const { whenFree } = this.#steps;
    const stored = this.#stored<Value>(name);
    return {
      ...this.#table<Value>(name),
      get: (key) => whenFree(() => stored.get(key)),
      entries: (prefix) => whenFree(() => stored.entries(prefix)),
    };
  }

  async small<Value extends Json>(name: string): Promise<SmallTable<Value>> {
    const { whenFree, transaction } = this.#steps;
    const copy = await whenFree(() => {
      if (!this.#small.isNoted(name)) transaction(() => this.#small.note(name));
      return this.#small.copyOf(name) as unknown as Draft<Value>;
    });
    return {
      ...this.#table<Value>(name),
      get: (key) => copy.get(key),
      entries: (prefix) => copy.entries(prefix),
    };
  }

  /** Brings what other processes committed into the small tables. */
  catchUp(): void {
    this.#small.catchUp();
  }

  #table<Value extends Json>(name: string) {
    const { whenFree, transaction } = this.#steps;
    const draftOf: DraftOf = (table) => this.#draft(table.name);
    const update = <Result>(step: (draft: Draft<Value>, draftOf: DraftOf) => Result): Promise<Result> =>
      whenFree(() => this.#small.written(transaction<Result>, () => step(this.#draft(name), draftOf)));
    return { name, update };
  }

  #draft<Value extends Json>(name: string): Draft<Value> {
    return this.#small.has(name) ? (this.#small.copyOf(name) as unknown as Draft<Value>) : this.#stored(name);
  }

  #stored<Value extends Json>(name: string): EntryDraft<Value> {
    return new EntryDraft<Value>(name, this.#statements, this.#clock);
  }
}
