import type { Database, Statement } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { EntryDraft, type EntryStatements } from './entries.ts';
import { MemoryTable } from '../memory-table.ts';
import { parseStored } from './problems.ts';
import type { Json } from '../storage.ts';

const IS_SMALL = 'SELECT 1 FROM small_tables WHERE name = ?';
const ADD = 'INSERT OR IGNORE INTO small_tables (name) VALUES (?)';
const ALL = 'SELECT key, value, expires FROM entries WHERE name = ?';
const NEWEST = 'SELECT coalesce(max(number), 0) FROM small_changes';
const CHANGES = `
  SELECT c.name, c.key, e.value, e.expires
  FROM small_changes AS c LEFT JOIN entries AS e ON e.name = c.name AND e.key = c.key WHERE c.number > ?`;

/** So many changes the log keeps: see its triggers. */
const KEPT = 10_000;

type Row = readonly [key: string, value: string, expires: number | null];
type ChangeRow = readonly [name: string, key: string, value: string | null, expires: number | null];

/** Tables that this process has in memory, as of some number in the log of their changes. */
export class SmallTables {
  readonly #entries: EntryStatements;
  readonly #clock: Clock;
  readonly #isSmall: Statement<[string], number>;
  readonly #add: Statement<[string]>;
  readonly #all: Statement<[string], Row>;
  readonly #newest: Statement<[], number>;
  readonly #changes: Statement<[number], ChangeRow>;
  readonly #copies = new Map<string, MemoryTable<Json>>();
  /** What undoes in memory what is being written, newest last. */
  #undo: (() => void)[] = [];
  #asOf = 0;

  constructor(database: Database, entries: EntryStatements, clock: Clock) {
    this.#entries = entries;
    this.#clock = clock;
    this.#isSmall = database.prepare<[string], number>(IS_SMALL).pluck();
    this.#add = database.prepare(ADD);
    this.#all = database.prepare<[string], Row>(ALL).raw();
    this.#newest = database.prepare<[], number>(NEWEST).pluck();
    this.#changes = database.prepare<[number], ChangeRow>(CHANGES).raw();
  }

  has(name: string): boolean {
    return this.#copies.has(name);
  }

  /** Whether changes of the table are noted. */
  isNoted(name: string): boolean {
    return this.#isSmall.get(name) !== undefined;
  }

  /** From now on changes of the table are noted: inside a transaction. */
  note(name: string): void {
    this.#add.run(name);
  }

  /** The table in memory, read where it is not yet. What is written to it is written to the data file first. */
  copyOf(name: string): MemoryTable<Json> {
    const known = this.#copies.get(name);
    if (known !== undefined) return known;
    const stored = new EntryDraft(name, this.#entries, this.#clock);
    const copy = new MemoryTable<Json>(this.#clock, (undo, key, entry) => {
      if (entry) stored.set(key, entry.value, entry.expires);
      else stored.delete(key);
      this.#undo.push(undo);
    });
    // Looked at first: a change that comes in between is then read twice, and not missed.
    if (this.#copies.size === 0) this.#asOf = this.#newest.get() ?? 0;
    this.#read(name, copy);
    this.#copies.set(name, copy);
    return copy;
  }

  /** Brings what was committed meanwhile into memory. */
  catchUp(): void {
    if (this.#copies.size === 0) return;
    const newest = this.#newest.get() ?? 0;
    if (newest === this.#asOf) return;
    const isKnown = newest > this.#asOf && newest - this.#asOf <= KEPT;
    if (isKnown) for (const row of this.#changes.all(this.#asOf)) this.#take(row);
    else for (const [name, copy] of this.#copies) this.#read(name, copy);
    this.#asOf = newest;
  }

  /** Runs a transaction whose step writes both to the data file and to memory: where it fails, memory is as it was. */
  written<Result>(transaction: (step: () => Result) => Result, step: () => Result): Result {
    let asOf = this.#asOf;
    try {
      return transaction(() => {
        this.catchUp();
        asOf = this.#asOf;
        this.#undo = [];
        const made = step();
        if (this.#undo.length > 0) this.#asOf = this.#newest.get() ?? 0;
        return made;
      });
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      this.#asOf = asOf;
      throw error;
    } finally {
      this.#undo = [];
    }
  }

  #read(name: string, copy: MemoryTable<Json>): void {
    const rows = this.#all.all(name);
    // What cannot be read stays known as it was.
    copy.clear();
    for (const [key, value, expires] of rows) this.#put(name, copy, key, value, expires);
  }

  #take([name, key, value, expires]: ChangeRow): void {
    const copy = this.#copies.get(name);
    if (copy !== undefined) this.#put(name, copy, key, value, expires);
  }

  #put(name: string, copy: MemoryTable<Json>, key: string, value: string | null, expires: number | null): void {
    const parsed = value === null ? undefined : (parseStored(value, () => `An entry of the table "${name}"`) as Json);
    copy.take(key, parsed, expires ?? undefined);
  }
}
