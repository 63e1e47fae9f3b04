import type { Database, Statement } from 'better-sqlite3';
import { SqliteError } from 'better-sqlite3';
import { changedMeanwhile, checkRooted, contentGone, couldCloseRing, notEmpty, parentGone, takenId } from '../batch.ts';
import { sortKeysOf } from '../order.ts';
import type { SortKeys } from '../order.ts';
import { whole } from './rows.ts';
import type { Batch, Change, Link, ObjectState } from '../storage.ts';

const LAST_TRANSACTION = 'SELECT coalesce(max(serial), 0) FROM transactions';
const ADD_TRANSACTION = 'INSERT INTO transactions (serial, time, user, description) VALUES (?, ?, ?, ?)';
const ADD_REVISION = 'INSERT INTO revisions (serial, oid, parent, state) VALUES (?, ?, ?, ?)';
const ADD_DELETION = 'INSERT INTO revisions (serial, oid) VALUES (?, ?)';
const PLACE =
  'SELECT oid, serial, parent, id, title_key AS titleKey, type, child_count AS childCount FROM objects WHERE oid = ?';
const ADD = `
  INSERT INTO objects (oid, serial, parent, id, id_key, title_key, type, type_key, size, modified)
  VALUES (@oid, @serial, @parent, @id, @idKey, @titleKey, @type, @typeKey, @size, @modified)`;
const REPLACE = `
  UPDATE objects SET serial = @serial, parent = @parent, id = @id, id_key = @idKey, title_key = @titleKey,
    type = @type, type_key = @typeKey, size = @size, modified = @modified
  WHERE oid = @oid`;
// An index is rewritten for each of its columns that is named here, changed or not: so most changes name few.
const CHANGE = 'UPDATE objects SET serial = @serial, size = @size, modified = @modified WHERE oid = @oid';
const LIFT = 'UPDATE objects SET id = ? WHERE oid = ?';
const DELETE = 'DELETE FROM objects WHERE oid = ?';
const COUNT = 'UPDATE objects SET child_count = child_count + ? WHERE oid = ?';
const ANY_CHILD = 'SELECT oid FROM objects WHERE parent = ? LIMIT 1';
const LINKS = `SELECT property, path FROM links WHERE oid = ${whole()} ORDER BY property, path`;
const DELETE_LINKS = 'DELETE FROM links WHERE oid = ?';
const ADD_LINK = 'INSERT OR IGNORE INTO links (oid, property, path) VALUES (?, ?, ?)';
// Named by a revision: from now on it stays.
const NAME_CONTENT = 'UPDATE contents SET staged_until = NULL WHERE hash = ? AND is_whole = 1';

interface Place {
  readonly oid: number;
  readonly serial: number;
  readonly parent: number | null;
  readonly id: string;
  readonly titleKey: string;
  readonly type: string;
  readonly childCount: number;
}

/** Checks and writes one batch inside the open transaction. */
export class Writer {
  readonly #lastTransaction: Statement<[], number>;
  readonly #addTransaction: Statement<[number, number, string | null, string]>;
  readonly #addRevision: Statement<[number, number, number | null, string]>;
  readonly #addDeletion: Statement<[number, number]>;
  readonly #place: Statement<[number], Place>;
  readonly #add: Statement<[SortKeys & { oid: number; serial: number; parent: number | null }]>;
  readonly #replace: Statement<[SortKeys & { oid: number; serial: number; parent: number | null }]>;
  readonly #change: Statement<[{ oid: number; serial: number; size: number; modified: number }]>;
  readonly #lift: Statement<[string, number]>;
  readonly #delete: Statement<[number]>;
  readonly #count: Statement<[number, number]>;
  readonly #anyChild: Statement<[number], number>;
  readonly #links: Statement<[number], Link>;
  readonly #deleteLinks: Statement<[number]>;
  readonly #addLink: Statement<[number, string, string]>;
  readonly #nameContent: Statement<[string]>;

  constructor(database: Database) {
    this.#lastTransaction = database.prepare<[], number>(LAST_TRANSACTION).pluck();
    this.#addTransaction = database.prepare(ADD_TRANSACTION);
    this.#addRevision = database.prepare(ADD_REVISION);
    this.#addDeletion = database.prepare(ADD_DELETION);
    this.#place = database.prepare(PLACE);
    this.#add = database.prepare(ADD);
    this.#replace = database.prepare(REPLACE);
    this.#change = database.prepare(CHANGE);
    this.#lift = database.prepare(LIFT);
    this.#delete = database.prepare(DELETE);
    this.#count = database.prepare(COUNT);
    this.#anyChild = database.prepare<[number], number>(ANY_CHILD).pluck();
    this.#links = database.prepare(LINKS);
    this.#deleteLinks = database.prepare(DELETE_LINKS);
    this.#addLink = database.prepare(ADD_LINK);
    this.#nameContent = database.prepare(NAME_CONTENT);
  }

  /** Gives the number of the transaction. */
  write(batch: Batch): number {
    const before = this.#checkSerials(batch.changes);
    const last = this.#lastTransaction.get() ?? 0;
    if (batch.changes.length === 0) return last;
    const serial = last + 1;
    this.#addTransaction.run(serial, batch.time, batch.user, batch.description);
    this.#clearPlaces(batch.changes, before);
    for (const change of batch.changes) this.#writeChange(change, before.get(change.oid), serial);
    this.#recount(batch.changes, before);
    this.#checkTree(batch, before);
    return serial;
  }

  #checkSerials(changes: readonly Change[]): Map<number, Place> {
    const before = new Map<number, Place>();
    for (const { oid, basis } of changes) {
      const place = this.#place.get(oid);
      if ((place?.serial ?? null) !== basis) throw changedMeanwhile(oid);
      if (place) before.set(oid, place);
    }
    return before;
  }

  /** Objects may change places with one another: so all leave theirs before any takes a new one. */
  #clearPlaces(changes: readonly Change[], before: ReadonlyMap<number, Place>): void {
    for (const { oid, after } of changes) {
      if (!after) this.#delete.run(oid);
      else if (changes.length > 1 && isElsewhere(before.get(oid), after)) this.#lift.run(`\0${oid}`, oid);
    }
  }

  #writeChange({ oid, after, links }: Change, place: Place | undefined, serial: number): void {
    if (!after) {
      this.#addDeletion.run(serial, oid);
      return;
    }
    if (after.content && this.#nameContent.run(after.content.hash).changes === 0) throw contentGone();
    this.#addRevision.run(serial, oid, after.parent, JSON.stringify(after));
    this.#writeObject(after, place, serial);
    this.#writeLinks(oid, links, place !== undefined);
  }

  #writeObject(after: ObjectState, place: Place | undefined, serial: number): void {
    const { oid, parent } = after;
    const keys = sortKeysOf(after, place?.childCount ?? 0);
    try {
      if (!place) this.#add.run({ ...keys, oid, serial, parent });
      else if (isListedElsewhere(place, after, keys)) this.#replace.run({ ...keys, oid, serial, parent });
      else this.#change.run({ oid, serial, size: keys.size, modified: after.modified });
    } catch (error) {
      if (error instanceof SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE') throw takenId(after.id);
      throw error;
    }
  }

  #writeLinks(oid: number, links: readonly Link[], mayHaveSome: boolean): void {
    if (mayHaveSome) {
      const kept = this.#links.all(oid);
      if (kept.length === links.length && kept.every((link, index) => isSame(link, links[index]))) return;
      this.#deleteLinks.run(oid);
    }
    for (const { property, path } of links) this.#addLink.run(oid, property, path);
  }

  #recount(changes: readonly Change[], before: ReadonlyMap<number, Place>): void {
    const differences = new Map<number, number>();
    const arrivals = new Map<number, string>();
    for (const { oid, after } of changes) {
      const from = before.get(oid)?.parent ?? null;
      const to = after?.parent ?? null;
      if (from === to) continue;
      if (from !== null) differences.set(from, (differences.get(from) ?? 0) - 1);
      if (to !== null) differences.set(to, (differences.get(to) ?? 0) + 1);
      if (to !== null && after) arrivals.set(to, after.id);
    }
    for (const [parent, difference] of differences) {
      const arrived = arrivals.get(parent);
      const isThere = this.#count.run(difference, parent).changes > 0;
      if (!isThere && arrived !== undefined) throw parentGone(arrived);
    }
  }

  #checkTree(batch: Batch, before: ReadonlyMap<number, Place>): void {
    for (const { oid, after } of batch.changes) {
      if (!after && this.#anyChild.get(oid) !== undefined) throw notEmpty(oid);
    }
    const placed = couldCloseRing(batch, (oid) => before.get(oid)?.parent);
    checkRooted(placed, (oid) => this.#place.get(oid)?.parent);
  }
}

function isElsewhere(place: Place | undefined, after: ObjectState): boolean {
  return place !== undefined && (place.parent !== after.parent || place.id !== after.id);
}

function isListedElsewhere(place: Place, after: ObjectState, keys: SortKeys): boolean {
  return isElsewhere(place, after) || place.type !== after.type || place.titleKey !== keys.titleKey;
}

function isSame(link: Link, other: Link | undefined): boolean {
  return link.property === other?.property && link.path === other.path;
}
