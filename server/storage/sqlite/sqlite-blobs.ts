import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { ContentDamaged } from '../../base/errors.ts';
import { BoundedMap } from '../../base/bounded-map.ts';
import { Pace } from '../../base/pace.ts';
import { STAGED_MS, type Content, type BlobSource, type Blobs } from '../storage.ts';

/** A slice is found by its number, so this never changes. One is written in a few thousandths of a second. */
const SLICE_BYTES = 256 * 1024;
/** So many readers are given whole slices at a time; others smaller pieces, so that clients who do not read hold little. */
const MOST_WHOLE = 32;
const PIECE_BYTES = 32 * 1024;
/** So many are read in a turn of the event loop, however many readers there are. */
const READ_A_TURN = 8;
/** Of so many blobs it is known whether they are whole. */
const REMEMBERED = 10_000;
/** Damage may be mended by another process: it is looked at again. */
const DAMAGED_MS = 60_000;

const STAGE = `
  INSERT INTO contents (hash, size, staged_until) VALUES (?, ?, ?)
  ON CONFLICT (hash) DO UPDATE SET staged_until = excluded.staged_until WHERE staged_until IS NOT NULL`;
const IS_WHOLE = 'SELECT is_whole FROM contents WHERE hash = ?';
const GO_ON = 'UPDATE contents SET staged_until = ? WHERE hash = ? AND is_whole = 0';
// Whoever stages the same bytes at the same time writes the same slices.
const ADD_SLICE = 'INSERT OR IGNORE INTO slices (hash, number, bytes) VALUES (?, ?, ?)';
const MEND_SLICE = 'INSERT OR REPLACE INTO slices (hash, number, bytes) VALUES (?, ?, ?)';
const FINISH = `
  UPDATE contents SET is_whole = 1
  WHERE hash = @hash AND size = (SELECT coalesce(sum(length(bytes)), 0) FROM slices WHERE hash = @hash)`;
const SLICE = 'SELECT bytes FROM slices WHERE hash = ? AND number = ?';
const PIECE = 'SELECT substr(bytes, ?, ?) FROM slices WHERE hash = ? AND number = ?';
const FORGOTTEN = 'SELECT hash FROM contents WHERE staged_until <= ? LIMIT 1';
const SPOIL = 'UPDATE contents SET is_whole = 0 WHERE hash = ?';
const DROP_SLICES = 'DELETE FROM slices WHERE rowid IN (SELECT rowid FROM slices WHERE hash = ? LIMIT 4)';
const DROP = 'DELETE FROM contents WHERE hash = ?';

/** Runs a step that reads, or one that writes as a transaction of its own. */
type Step = <Result>(step: () => Result) => Promise<Result>;

/** Blobs in SQLite. Each slice is a transaction, so that whoever else writes waits for no more than one. */
export class SqliteBlobs implements Blobs {
  readonly #clock: Clock;
  readonly #read: Step;
  readonly #write: Step;
  readonly #statements: ReturnType<typeof statementsOf>;
  /** Until when it need not be looked at again whether a content is whole. */
  readonly #known = new BoundedMap<string, { readonly isWhole: boolean; readonly until: number }>(REMEMBERED);
  readonly #looking = new Map<string, Promise<boolean>>();
  readonly #pace = new Pace(READ_A_TURN);
  /** Whole slices that were given and are not taken yet. */
  #whole = 0;

  constructor(database: Database, clock: Clock, read: Step, write: Step) {
    this.#clock = clock;
    this.#read = read;
    this.#write = write;
    this.#statements = statementsOf(database);
  }

  async stage(source: BlobSource): Promise<void> {
    await this.sweep();
    if (await this.#write(() => this.#begin(source))) return this.#mend(source);
    let number = 0;
    for await (const slice of source.slices(SLICE_BYTES)) {
      // Somebody else finished the same bytes, or they were swept: the commit that names them will tell.
      if (!(await this.#write(() => this.#add(source.hash, number, slice)))) return;
      number += 1;
      await nextTurn();
    }
    await this.#write(() => this.#statements.finish.run({ hash: source.hash }));
  }

  async check(content: Content): Promise<void> {
    if (!(await this.#isWholeStill(content))) throw new ContentDamaged();
  }

  async *read(content: Content, from = 0, to = content.size): AsyncGenerator<Buffer> {
    await this.check(content);
    for (let at = from; at < to;) {
      await this.#pace.next();
      const isWhole = this.#whole < MOST_WHOLE;
      if (isWhole) this.#whole += 1;
      try {
        const piece = await this.#read(() => this.#pieceOf(content.hash, at, to, isWhole ? SLICE_BYTES : PIECE_BYTES));
        yield piece;
        at += piece.length;
      } finally {
        if (isWhole) this.#whole -= 1;
      }
    }
  }

  async sweep(): Promise<void> {
    while (await this.#write(() => this.#sweepSome())) await nextTurn();
  }

  /** Who brings the same bytes again brings them in the place of damaged ones. */
  async #mend(source: BlobSource): Promise<void> {
    if (await this.#isWholeStill(source)) return;
    let number = 0;
    for await (const slice of source.slices(SLICE_BYTES)) {
      await this.#write(() => this.#statements.mendSlice.run(source.hash, number, slice));
      number += 1;
      await nextTurn();
    }
    this.#known.delete(source.hash);
    await this.check(source);
  }

  async #isWholeStill(content: Content): Promise<boolean> {
    const { hash } = content;
    const known = this.#known.get(hash);
    if (known !== undefined && known.until > this.#clock()) return known.isWhole;
    // Whoever asks meanwhile waits for the same look.
    const looking = this.#looking.get(hash) ?? this.#look(content).finally(() => this.#looking.delete(hash));
    this.#looking.set(hash, looking);
    const isWhole = await looking;
    this.#known.set(hash, { isWhole, until: isWhole ? Infinity : this.#clock() + DAMAGED_MS });
    return isWhole;
  }

  /** A slice at a time, so that others are answered meanwhile. */
  async #look({ hash, size }: Content): Promise<boolean> {
    const found = createHash('sha256');
    let bytes = 0;
    for (let number = 0; bytes < size; number += 1) {
      const slice = await this.#read(() => this.#statements.slice.get(hash, number));
      if (slice === undefined || slice.length === 0) return false;
      bytes += slice.length;
      found.update(slice);
      if (bytes < size) await nextTurn();
    }
    return bytes === size && found.digest('base64url') === hash;
  }

  /** So many bytes at the most, up to the end of their slice. */
  #pieceOf(hash: string, from: number, to: number, most: number): Buffer {
    const number = Math.floor(from / SLICE_BYTES);
    const begin = from - number * SLICE_BYTES;
    const piece = this.#statements.piece.get(begin + 1, Math.min(most, to - from), hash, number);
    if (piece === undefined || piece.length === 0) throw new ContentDamaged();
    return piece;
  }

  /** Whether the bytes are there already. */
  #begin({ hash, size }: Content): boolean {
    this.#statements.stage.run(hash, size, this.#clock() + STAGED_MS);
    return this.#statements.isWhole.get(hash) === 1;
  }

  #add(hash: string, number: number, bytes: Buffer): boolean {
    if (this.#statements.goOn.run(this.#clock() + STAGED_MS, hash).changes === 0) return false;
    this.#statements.addSlice.run(hash, number, bytes);
    return true;
  }

  /** Whether there may be more to sweep. */
  #sweepSome(): boolean {
    const hash = this.#statements.forgotten.get(this.#clock());
    if (hash === undefined) return false;
    this.#known.delete(hash);
    this.#statements.spoil.run(hash);
    if (this.#statements.dropSlices.run(hash).changes === 0) this.#statements.drop.run(hash);
    return true;
  }
}

function statementsOf(database: Database) {
  return {
    stage: database.prepare<[string, number, number]>(STAGE),
    isWhole: database.prepare<[string], number>(IS_WHOLE).pluck(),
    goOn: database.prepare<[number, string]>(GO_ON),
    addSlice: database.prepare<[string, number, Buffer]>(ADD_SLICE),
    mendSlice: database.prepare<[string, number, Buffer]>(MEND_SLICE),
    finish: database.prepare<{ hash: string }>(FINISH),
    slice: database.prepare<[string, number], Buffer>(SLICE).pluck(),
    piece: database.prepare<[number, number, string, number], Buffer>(PIECE).pluck(),
    forgotten: database.prepare<[number], string>(FORGOTTEN).pluck(),
    spoil: database.prepare<[string]>(SPOIL),
    dropSlices: database.prepare<[string]>(DROP_SLICES),
    drop: database.prepare<[string]>(DROP),
  };
}
