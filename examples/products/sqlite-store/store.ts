import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  checkKeys,
  StoreClosed,
  Unavailable,
  ValueTooLarge,
  type Cas,
  type Item,
  type KeyListing,
  type Outcome,
  type ServerStatus,
  type Store,
} from 'trellis/product';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS items (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL,
    -- Another one with every write.
    mark TEXT NOT NULL,
    -- Milliseconds since 1970.
    expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS items_by_end ON items (expires);`;

const PUT = 'INSERT OR REPLACE INTO items (key, value, mark, expires) VALUES (?, ?, ?, ?)';
const PUT_WHERE_MARKED = 'UPDATE items SET value = ?, mark = ?, expires = ? WHERE key = ? AND mark = ? AND expires > ?';
const GET = 'SELECT value, mark FROM items WHERE key = ? AND expires > ?';
const DELETE = 'DELETE FROM items WHERE key = ? AND expires > ?';
const DELETE_WHERE_MARKED = 'DELETE FROM items WHERE key = ? AND expires > ? AND mark = ?';
const TOUCH = 'UPDATE items SET expires = ? WHERE key = ? AND expires > ?';
const COUNT_UP = `
  UPDATE items SET value = CAST(CAST(CAST(value AS TEXT) AS INTEGER) + ? AS BLOB), mark = ?
  WHERE key = ? AND expires > ? RETURNING CAST(value AS TEXT) AS value`;
const KEYS = `
  SELECT key, length(value) AS bytes, expires FROM items
  WHERE key >= ? AND key < ? AND expires > ? ORDER BY key LIMIT ?`;
const COUNT = 'SELECT count(*) AS items FROM items WHERE expires > ?';
const PAGES = `
  SELECT page_size * (page_count - freelist_count) AS bytes
  FROM pragma_page_size, pragma_page_count, pragma_freelist_count`;
const SWEEP = 'DELETE FROM items WHERE expires <= ?';

const MAX_VALUE_BYTES = 1024 * 1024;
const SWEEP_EVERY_MS = 10_000;
/** How long a write waits for another process's. */
const BUSY_MS = 1000;
const PAGE_BYTES = 4096;
const SQLITE_FULL = 13;

interface MarkedCas extends Cas {
  readonly mark: string;
}

/**
 * Values in an SQLite file: shared by all processes on this machine, and still there after a restart. Every operation is
 * one statement, and so done or not done; the last ones before a power failure may be lost.
 */
export class SqliteStore implements Store {
  readonly maxValueBytes = MAX_VALUE_BYTES;
  readonly #file: string;
  readonly #limitBytes: number;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #clock: () => number;
  readonly #opened = performance.now();
  #sweptAt = 0;
  #hits = 0;
  #misses = 0;
  #refusals = 0;

  /** `limitBytes`: what all values together may take; then new ones are refused, as a memcached does that has -M. */
  constructor(file: string, limitBytes: number, clock: () => number = Date.now) {
    this.#file = file;
    this.#limitBytes = limitBytes;
    this.#clock = clock;
    this.#database = new DatabaseSync(file, { timeout: BUSY_MS });
    this.#database.exec(`
      PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}
      PRAGMA max_page_count = ${Math.ceil(limitBytes / PAGE_BYTES)};`);
  }

  async get(key: string): Promise<Item | undefined> {
    checkKeys(key);
    const row = this.#statement(GET).get(key, this.#clock());
    if (row === undefined) this.#misses += 1;
    else this.#hits += 1;
    return row === undefined ? undefined : itemOf(row);
  }

  async getMulti(keys: readonly string[]): Promise<Map<string, Item>> {
    checkKeys(...keys);
    const found = await Promise.all(keys.map(async (key) => [key, await this.get(key)] as const));
    return new Map(found.filter((entry): entry is [string, Item] => entry[1] !== undefined));
  }

  async set(key: string, value: Buffer, ttlS: number, cas?: Cas): Promise<Outcome> {
    this.#check(key, value);
    if (cas === undefined) return this.#put(key, value, ttlS);
    const { mark } = cas as MarkedCas;
    const end = this.#end(ttlS);
    const { changes } = this.#unlessFull(() =>
      this.#statement(PUT_WHERE_MARKED).run(value, randomUUID(), end, key, mark, this.#clock()),
    );
    return changes === 1 ? 'stored' : this.#whyNot(key);
  }

  async add(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    this.#check(key, value);
    return this.#atOnce(() => (this.#has(key) ? 'exists' : this.#put(key, value, ttlS)));
  }

  async replace(key: string, value: Buffer, ttlS: number): Promise<Outcome> {
    this.#check(key, value);
    return this.#atOnce(() => (this.#has(key) ? this.#put(key, value, ttlS) : 'missing'));
  }

  async delete(key: string, cas?: Cas): Promise<Outcome> {
    checkKeys(key);
    const now = this.#clock();
    const { changes } =
      cas === undefined
        ? this.#statement(DELETE).run(key, now)
        : this.#statement(DELETE_WHERE_MARKED).run(key, now, (cas as MarkedCas).mark);
    return changes === 1 ? 'stored' : this.#whyNot(key);
  }

  async touch(key: string, ttlS: number): Promise<boolean> {
    checkKeys(key);
    return this.#statement(TOUCH).run(this.#end(ttlS), key, this.#clock()).changes === 1;
  }

  async getAndTouch(key: string, ttlS: number): Promise<Buffer | undefined> {
    const item = await this.get(key);
    return item !== undefined && (await this.touch(key, ttlS)) ? item.value : undefined;
  }

  async increment(key: string, by: number, initial: number, ttlS: number): Promise<number> {
    checkKeys(key);
    return this.#atOnce(() => {
      const row = this.#statement(COUNT_UP).get(by, randomUUID(), key, this.#clock());
      if (row === undefined) this.#put(key, Buffer.from(String(initial)), ttlS);
      return row === undefined ? initial : Number(row['value']);
    });
  }

  async servers(): Promise<readonly ServerStatus[]> {
    const started = performance.now();
    const { items } = this.#statement(COUNT).get(this.#clock()) as { items: number };
    const { bytes } = this.#statement(PAGES).get() as { bytes: number };
    return [
      {
        address: basename(this.#file),
        up: true,
        latencyMs: performance.now() - started,
        version: `SQLite ${process.versions['sqlite'] ?? ''}`.trim(),
        uptimeS: Math.round((started - this.#opened) / 1000),
        items,
        bytes,
        limitBytes: this.#limitBytes,
        hits: this.#hits,
        misses: this.#misses,
        evictions: 0,
        refusals: this.#refusals,
        evicts: false,
        connections: 1,
        clockDifferenceS: 0,
        error: null,
        downSince: null,
      },
    ];
  }

  placesOf(key: string): readonly string[] {
    checkKeys(key);
    return [basename(this.#file)];
  }

  async keys(prefix: string, limit: number): Promise<KeyListing> {
    const places = [basename(this.#file)];
    // "~" comes after every character that a key may have.
    const rows = this.#statement(KEYS).all(prefix, `${prefix}~`, this.#clock(), limit + 1);
    const keys = rows.slice(0, limit).map((row) => {
      const { key, bytes, expires } = row as { key: string; bytes: number; expires: number };
      return { key, bytes, expires, servers: places };
    });
    return { keys, hasMore: rows.length > limit, walked: places, unreachable: [] };
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  #put(key: string, value: Buffer, ttlS: number): Outcome {
    this.#sweep();
    this.#unlessFull(() => this.#statement(PUT).run(key, value, randomUUID(), this.#end(ttlS)));
    return 'stored';
  }

  #unlessFull<Result>(write: () => Result): Result {
    try {
      return write();
    } catch (cause) {
      if ((cause as { errcode?: number }).errcode !== SQLITE_FULL) throw cause;
      this.#refusals += 1;
      const limit = `${Math.round(this.#limitBytes / 1024 / 1024)} MiB`;
      throw new Unavailable(`${basename(this.#file)} is full (${limit}) and refuses new values. Raise its limit.`, {
        cause,
      });
    }
  }

  #has(key: string): boolean {
    return this.#statement(GET).get(key, this.#clock()) !== undefined;
  }

  #whyNot(key: string): Outcome {
    return this.#has(key) ? 'exists' : 'missing';
  }

  /** What is looked at and what is written are one step, for other processes too. */
  #atOnce<Result>(step: () => Result): Result {
    this.#run('BEGIN IMMEDIATE');
    try {
      const result = step();
      this.#run('COMMIT');
      return result;
    } catch (error) {
      this.#run('ROLLBACK');
      throw error;
    }
  }

  #run(sql: string): void {
    this.#statement(sql).run();
  }

  /** Space of what has ended is used again. */
  #sweep(): void {
    const now = this.#clock();
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = now;
    this.#statement(SWEEP).run(now);
  }

  #statement(sql: string): StatementSync {
    if (!this.#database.isOpen) throw new StoreClosed();
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #check(key: string, value: Buffer): void {
    checkKeys(key);
    if (value.length > MAX_VALUE_BYTES) throw new ValueTooLarge(value.length, MAX_VALUE_BYTES);
  }

  /** What lives for no time has ended already. */
  #end(ttlS: number): number {
    return ttlS > 0 ? Math.ceil(this.#clock() + ttlS * 1000) : 0;
  }
}

function itemOf(row: Record<string, unknown>): Item {
  const cas: MarkedCas = { brand: 'cas', mark: String(row['mark']) };
  return { value: Buffer.from(row['value'] as Uint8Array), cas };
}
