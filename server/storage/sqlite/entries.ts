import type { Database, Statement } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { checkText } from '../batch.ts';
import { endOfPrefix, isStorable } from '../order.ts';
import { parseStored } from './problems.ts';
import type { Json, KeyedTable } from '../storage.ts';

const GET = 'SELECT value FROM entries WHERE name = ? AND key = ? AND (expires IS NULL OR expires > ?)';
const GET_EXPIRY = 'SELECT expires FROM entries WHERE name = ? AND key = ? AND expires > ?';
const SET = 'INSERT OR REPLACE INTO entries (name, key, value, expires) VALUES (?, ?, ?, ?)';
const DELETE = 'DELETE FROM entries WHERE name = ? AND key = ?';
const LIST = `
  SELECT key, value FROM entries
  WHERE name = @name AND key >= @from AND (@to IS NULL OR key < @to) AND (expires IS NULL OR expires > @now)
  ORDER BY key`;
/** A few with every write, so that no write is long and nothing that expired stays for ever. */
const PURGE = `
  DELETE FROM entries WHERE (name, key) IN (SELECT name, key FROM entries WHERE expires <= ? ORDER BY expires LIMIT 4)`;

/** How a table's steps are run. */
export interface Steps {
  /** Reads, waiting out a moment in which another process holds the file alone. */
  readonly read: <Result>(step: () => Result) => Result;
  /** Writes as a transaction of its own, or inside the one that is open. */
  readonly write: <Result>(step: () => Result) => Result;
  /** The same, waiting for other processes without blocking this one. */
  readonly writeWhenFree: <Result>(step: () => Result) => Promise<Result>;
}

/** The statements behind every keyed table of one database. */
export class EntryStatements {
  readonly get: Statement<[string, string, number], string>;
  readonly getExpiry: Statement<[string, string, number], number>;
  readonly set: Statement<[string, string, string, number | null]>;
  readonly delete: Statement<[string, string]>;
  readonly list: Statement<[ListRange], readonly [string, string]>;
  readonly purge: Statement<[number]>;

  constructor(database: Database) {
    this.get = database.prepare<[string, string, number], string>(GET).pluck();
    this.getExpiry = database.prepare<[string, string, number], number>(GET_EXPIRY).pluck();
    this.set = database.prepare(SET);
    this.delete = database.prepare(DELETE);
    this.list = database.prepare<[ListRange], readonly [string, string]>(LIST).raw();
    this.purge = database.prepare(PURGE);
  }
}

interface ListRange {
  readonly name: string;
  readonly from: string;
  readonly to: string | null;
  readonly now: number;
}

/** One keyed table in SQLite. */
export class EntryTable<Value extends Json> implements KeyedTable<Value> {
  readonly #name: string;
  readonly #statements: EntryStatements;
  readonly #clock: Clock;
  readonly #steps: Steps;

  constructor(name: string, statements: EntryStatements, clock: Clock, steps: Steps) {
    this.#name = name;
    this.#statements = statements;
    this.#clock = clock;
    this.#steps = steps;
  }

  get(key: string): Value | undefined {
    return isStorable(key) ? this.#steps.read(() => this.#find(key)) : undefined;
  }

  set(key: string, value: Value, expires?: number): void {
    checkText('key', key);
    this.#steps.write(() => this.#put(key, value, expires));
  }

  add(key: string, value: Value, expires?: number): boolean {
    checkText('key', key);
    return this.#steps.write(() => {
      if (this.#find(key) !== undefined) return false;
      this.#put(key, value, expires);
      return true;
    });
  }

  delete(key: string): boolean {
    return isStorable(key) && this.#steps.write(() => this.#remove(key));
  }

  update(key: string, change: (value: Value | undefined) => Value | undefined, expires?: number): Value | undefined {
    checkText('key', key);
    return this.#steps.write(() => {
      const kept = expires ?? this.#statements.getExpiry.get(this.#name, key, this.#clock());
      const value = change(this.#find(key));
      if (value === undefined) this.#remove(key);
      else this.#put(key, value, kept);
      return this.#find(key);
    });
  }

  entries(prefix = ''): readonly (readonly [key: string, value: Value])[] {
    if (!isStorable(prefix)) return [];
    const range = { name: this.#name, from: prefix, to: endOfPrefix(prefix) ?? null, now: this.#clock() };
    const rows = this.#steps.read(() => this.#statements.list.all(range));
    return rows.map(([key, value]) => [key, this.#parse(value)]);
  }

  whenFree<Result>(step: () => Result): Promise<Result> {
    return this.#steps.writeWhenFree(step);
  }

  #find(key: string): Value | undefined {
    const text = this.#statements.get.get(this.#name, key, this.#clock());
    return text === undefined ? undefined : this.#parse(text);
  }

  #parse(text: string): Value {
    return parseStored(text, () => `An entry of the table "${this.#name}"`) as Value;
  }

  #put(key: string, value: Value, expires: number | undefined): void {
    this.#statements.purge.run(this.#clock());
    this.#statements.set.run(this.#name, key, JSON.stringify(value), expires === undefined ? null : Math.ceil(expires));
  }

  #remove(key: string): boolean {
    const wasThere = this.#find(key) !== undefined;
    this.#statements.delete.run(this.#name, key);
    return wasThere;
  }
}
