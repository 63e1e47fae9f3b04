import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { wallClock } from '../../base/clock.ts';
import { Problem, StorageGone } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { checkBatch } from '../batch.ts';
import { BlockingWait, whenFree } from './busy.ts';
import { SqliteBlobs } from './sqlite-blobs.ts';
import { OidSource } from '../oids.ts';
import { once } from './once.ts';
import { isStorable } from '../order.ts';
import { OwnFiles } from './own-files.ts';
import { asProblem } from './problems.ts';
import { Reader } from './reader.ts';
import { Scanner } from './scan.ts';
import { SqliteTables } from './sqlite-tables.ts';
import type {
  Batch,
  ChildPage,
  ChildQuery,
  Commit,
  CommitHooks,
  IndexedLink,
  LogQuery,
  ObjectChange,
  Reserved,
  Revision,
  Snapshot,
  Storage,
  StoredObject,
  Transaction,
} from '../storage.ts';
import { Writer } from './writer.ts';

/** Folders with more children than this are filtered on a connection of their own, a slice at a time. */
const LARGE_FOLDER = 2000;
const MOST_CHANGED_SINCE = 10_000;
const SEARCHED_A_TURN = 2000;
/** A search that has not filled its limit by then gives what it found. */
const SEARCH_MS = 2000;
const LOG_ASIDE =
  'Another data file is in the place of the one that was open: the log of that one was moved aside, and the next start uses the other file as it is';

/** Objects in one SQLite file, which several processes of one machine may share. */
export class SqliteStorage implements Storage {
  readonly blobs: SqliteBlobs;
  readonly tables: SqliteTables;
  readonly #database: Database;
  readonly #log: Log | undefined;
  readonly #files: OwnFiles;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #scanner: Scanner;
  readonly #oids: OidSource;
  readonly #begin: Statement<[]>;
  readonly #commit: Statement<[]>;
  readonly #rollback: Statement<[]>;
  readonly #reads = new BlockingWait();
  #isGone = false;

  /** An opened and migrated database: see open.ts. */
  constructor(database: Database, clock: Clock = wallClock, log?: Log) {
    this.#database = database;
    this.#log = log;
    this.#reader = new Reader(database, () => this.tables.catchUp());
    this.#writer = new Writer(database);
    this.#scanner = new Scanner(database.name);
    this.#oids = new OidSource(clock);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    // The statements have read the schema, so SQLite has all its files open.
    this.#files = new OwnFiles(database.name);
    const read = <Result>(step: () => Result) => this.#whenFree(step);
    const write = <Result>(step: () => Result) => this.#whenFree(() => this.#transaction(step));
    this.blobs = new SqliteBlobs(database, clock, read, write);
    this.tables = new SqliteTables(database, clock, { whenFree: read, transaction: (step) => this.#transaction(step) });
  }

  get problem(): string | undefined {
    return this.#loss()?.message;
  }

  async refresh(): Promise<Snapshot> {
    return { tid: this.#now(() => this.#reader.lastTransaction()) };
  }

  load(oid: number, { tid }: Snapshot): Promise<StoredObject | undefined> {
    return this.#whenFree(() => this.#reader.load(oid, tid));
  }

  findChild(parent: number, id: string, { tid }: Snapshot): Promise<StoredObject | undefined> {
    return this.#whenFree(() => this.#reader.findChild(parent, id, tid));
  }

  async children(parent: number, query: ChildQuery, { tid }: Snapshot): Promise<ChildPage> {
    const isLong = query.filter !== '' && this.#now(() => this.#reader.listing.childCount(parent)) > LARGE_FOLDER;
    // A connection of one's own would read what is at the data file's place by now.
    if (!isLong || this.problem !== undefined) return this.#whenFree(() => this.#reader.children(parent, query, tid));
    return this.#scanner.children(parent, query, tid).catch((error: unknown) => {
      throw this.#inWords(error);
    });
  }

  childrenOfTypes(parent: number, types: readonly string[], { tid }: Snapshot): Promise<readonly StoredObject[]> {
    return this.#whenFree(() => this.#reader.childrenOfTypes(parent, types, tid));
  }

  objectsOfTypes(types: readonly string[], limit: number): Promise<readonly StoredObject[]> {
    return this.#whenFree(() => this.#reader.objectsOfTypes(types, limit));
  }

  async search(text: string, limit: number): Promise<readonly StoredObject[]> {
    if (!isStorable(text)) return [];
    const found = new Set(await this.#whenFree(() => this.#reader.idsThatBegin(text, limit)));
    const giveUp = performance.now() + SEARCH_MS;
    let after = Number.MIN_SAFE_INTEGER;
    while (found.size < limit && performance.now() < giveUp) {
      const rows = await this.#whenFree(() => this.#reader.matchesAfter(after, text, SEARCHED_A_TURN));
      for (const [oid, isMatch] of rows) if (isMatch && found.size < limit) found.add(oid);
      if (rows.length < SEARCHED_A_TURN) break;
      after = rows.at(-1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      await nextTurn();
    }
    return this.#whenFree(() => this.#reader.objects([...found]));
  }

  linksTo(path: string): Promise<readonly IndexedLink[]> {
    return this.#whenFree(() => this.#reader.linksTo(path));
  }

  changedSince(tid: number): Promise<readonly number[] | undefined> {
    return this.#whenFree(() => this.#reader.touchedSince(tid, MOST_CHANGED_SINCE));
  }

  revisions(oid: number, limit: number): Promise<readonly Revision[]> {
    return this.#whenFree(() => this.#reader.revisions(oid, limit));
  }

  transactions(query: LogQuery): Promise<readonly Transaction[]> {
    return this.#whenFree(() => this.#reader.transactions(query));
  }

  changesOf(tid: number): Promise<readonly ObjectChange[]> {
    return this.#whenFree(() => this.#reader.changesOf(tid));
  }

  newOid(): number {
    return this.#oids.next();
  }

  async commit(batch: Batch, { reserve, committed }: CommitHooks = {}): Promise<Commit> {
    checkBatch(batch);
    const tid = await this.#whenFree(() => this.#commitBatch(batch, reserve));
    committed?.();
    return { tid };
  }

  once(name: string, step: () => Promise<void>): Promise<boolean> {
    return once(`${this.#database.name}.lock`, this.tables.keyed('steps done once'), name, step);
  }

  /** A server that nobody writes to notices losses by it, and needs no log. */
  keepUp(): void {
    if (this.problem === undefined) this.#checkpoint();
  }

  /** Brings what is only in the log so far into the data file, as far as no reader is in the way. */
  #checkpoint(): void {
    this.#database.pragma('wal_checkpoint(PASSIVE)');
  }

  close(): void {
    this.#scanner.close();
    this.#database.close();
    const aside = this.#files.moveAside();
    if (aside !== undefined) this.#log?.warn({ folder: aside }, LOG_ASIDE);
  }

  async #whenFree<Result>(step: () => Result): Promise<Result> {
    try {
      this.#files.checkReadable();
      return await whenFree(step);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  #now<Result>(step: () => Result): Result {
    try {
      this.#files.checkReadable();
      return this.#reads.whenFree(step);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /** What was reserved is written only after SQLite's own commit, which can fail to its last moment. */
  #commitBatch(batch: Batch, reserve: CommitHooks['reserve']): number {
    let reserved = undefined as Reserved | undefined;
    try {
      const serial = this.#transaction(() => {
        const written = this.#writer.write(batch);
        reserved = reserve?.();
        return written;
      });
      this.#reader.committed(serial);
      reserved?.write();
      return serial;
    } catch (error) {
      reserved?.release();
      throw error;
    }
  }

  /**
   * Begins and ends in one synchronous step, so that nothing else of this process can come between. Errors inside are
   * problems already: none of them means "try again".
   */
  #transaction<Result>(step: () => Result): Result {
    // One that could not be rolled back would otherwise keep every later one from beginning.
    if (this.#database.inTransaction) this.#rollback.run();
    this.#checkFiles();
    this.#begin.run();
    try {
      const result = step();
      this.#commit.run();
      // A process can be stopped for long between any two steps: nothing is acknowledged that went where nobody looks.
      this.#checkFiles();
      return result;
    } catch (error) {
      this.#rollBack();
      throw asProblem(error);
    }
  }

  /** What cannot be read, or makes no sense, may have been overwritten or taken away: then that is what has to be told. */
  #inWords(error: unknown): unknown {
    const problem = asProblem(error);
    return problem instanceof Problem && problem.status === 500 ? (this.#loss() ?? problem) : problem;
  }

  /** What was found gone or is out of reach; `undefined` where all files are what they were. */
  #loss(): Error | undefined {
    try {
      this.#checkFiles();
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #checkFiles(): void {
    try {
      this.#files.check();
    } catch (error) {
      if (error instanceof StorageGone && !this.#isGone) this.#noticeLoss(error);
      throw error;
    }
  }

  #noticeLoss(error: StorageGone): void {
    this.#isGone = true;
    this.#log?.fatal({ file: this.#database.name }, error.message);
    try {
      // Without its log the data file would lack what was committed last, and we still have the log open.
      if (this.#files.areSideFilesAbsent) this.#checkpoint();
    } catch (cause) {
      this.#log?.error({ err: cause }, 'What the lost log held could not be brought into the data file');
    }
  }

  #rollBack(): void {
    try {
      if (this.#database.inTransaction) this.#rollback.run();
    } catch {
      // What failed before it is what has to be told; the next transaction tries again to end this one.
    }
  }
}
