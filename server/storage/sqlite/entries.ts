import type { Database, Statement } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { checkText } from '../batch.ts';
import { endOfPrefix, isStorable } from '../order.ts';
import { parseStored } from './problems.ts';
import { end } from './rows.ts';
import type { Json } from '../storage.ts';
import type { Draft, TableEntries } from '../tables.ts';

const GET = 'SELECT value FROM entries WHERE name = ? AND key = ? AND (expires IS NULL OR expires > ?)';
const SET = 'INSERT OR REPLACE INTO entries (name, key, value, expires) VALUES (?, ?, ?, ?)';
const DELETE = 'DELETE FROM entries WHERE name = ? AND key = ?';
const LIST = `
  SELECT key, value FROM entries
  WHERE name = @name AND key >= @from AND key < ${end('@to')} AND (expires IS NULL OR expires > @now)
  ORDER BY key`;
/** A few with every write, so that no write is long and nothing that expired stays for ever. */
const PURGE = `
  DELETE FROM entries WHERE (name, key) IN (SELECT name, key FROM entries WHERE expires <= ? ORDER BY expires LIMIT 4)`;

/** The statements behind every keyed table of one database. */
export class EntryStatements {
  readonly get: Statement<[string, string, number], string>;
  readonly set: Statement<[string, string, string, number | null]>;
  readonly delete: Statement<[string, string]>;
  readonly list: Statement<[ListRange], readonly [string, string]>;
  readonly purge: Statement<[number]>;

  constructor(database: Database) {
    this.get = database.prepare<[string, string, number], string>(GET).pluck();
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

/** The entries of one table, as they are now: to be written inside a transaction. */
export class EntryDraft<Value extends Json> implements Draft<Value> {
  readonly #name: string;
  readonly #statements: EntryStatements;
  readonly #clock: Clock;

  constructor(name: string, statements: EntryStatements, clock: Clock) {
    this.#name = name;
    this.#statements = statements;
    this.#clock = clock;
  }

  get(key: string): Value | undefined {
    const text = isStorable(key) ? this.#statements.get.get(this.#name, key, this.#clock()) : undefined;
    return text === undefined ? undefined : this.#parse(text);
  }

  entries(prefix = ''): TableEntries<Value> {
    if (!isStorable(prefix)) return [];
    const range = { name: this.#name, from: prefix, to: endOfPrefix(prefix) ?? null, now: this.#clock() };
    return this.#statements.list.all(range).map(([key, value]) => [key, this.#parse(value)]);
  }

  set(key: string, value: Value, expires?: number): void {
    checkText('key', key);
    this.#statements.purge.run(this.#clock());
    this.#statements.set.run(this.#name, key, JSON.stringify(value), expires === undefined ? null : Math.ceil(expires));
  }

  add(key: string, value: Value, expires?: number): boolean {
    if (this.get(key) !== undefined) return false;
    this.set(key, value, expires);
    return true;
  }

  delete(key: string): boolean {
    const wasThere = this.get(key) !== undefined;
    if (isStorable(key)) this.#statements.delete.run(this.#name, key);
    return wasThere;
  }

  #parse(text: string): Value {
    return parseStored(text, () => `An entry of the table "${this.#name}"`) as Value;
  }
}
