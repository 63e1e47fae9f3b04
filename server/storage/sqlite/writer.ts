import type { Database } from 'better-sqlite3';
import { SqliteError } from 'better-sqlite3';
import { changedMeanwhile, checkRooted, contentGone, couldCloseRing, notEmpty, parentGone, takenId } from '../batch.ts';
import { sortKeysOf } from '../order.ts';
import type { SortKeys } from '../order.ts';
import { whole } from './rows.ts';
import type { Batch, Change, PathLink, ObjectState } from '../storage.ts';

const LAST_TRANSACTION = 'SELECT coalesce(max(serial), 0) FROM transactions';
const ADD_TRANSACTION = 'INSERT INTO transactions (serial, time, user, description) VALUES (?, ?, ?, ?)';
const ADD_REVISION = 'INSERT INTO revisions (serial, oid, parent, state) VALUES (?, ?, ?, ?)';
const ADD_DELETION = 'INSERT INTO revisions (serial, oid) VALUES (?, ?)';
const ROW =
  'SELECT serial, parent, id, title_key AS titleKey, type, child_count AS childCount FROM objects WHERE oid = ?';
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

type NewRow = SortKeys & { readonly oid: number; readonly serial: number; readonly parent: number | null };

/** What `objects` has of an object before a batch is written. */
interface RowBefore {
  readonly serial: number;
  readonly parent: number | null;
  readonly id: string;
  readonly titleKey: string;
  readonly type: string;
  readonly childCount: number;
}

/** Checks and writes one batch inside the open transaction. */
export class Writer {
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(database: Database) {
    this.#statements = statementsOf(database);
  }

  /** Gives the number of the transaction. */
  write(batch: Batch): number {
    const before = this.#checkSerials(batch.changes);
    const last = this.#statements.lastTransaction.get() ?? 0;
    if (batch.changes.length === 0) return last;
    const serial = last + 1;
    this.#statements.addTransaction.run(serial, batch.time, batch.user, batch.description);
    this.#clearPlaces(batch.changes, before);
    for (const change of batch.changes) this.#writeChange(change, before.get(change.oid), serial);
    this.#recount(batch.changes, before);
    this.#checkTree(batch, before);
    return serial;
  }

  #checkSerials(changes: readonly Change[]): Map<number, RowBefore> {
    const before = new Map<number, RowBefore>();
    for (const { oid, basis } of changes) {
      const row = this.#statements.row.get(oid);
      if ((row?.serial ?? null) !== basis) throw changedMeanwhile(oid);
      if (row) before.set(oid, row);
    }
    return before;
  }

  /** Objects may change places with one another: so all leave theirs before any takes a new one. */
  #clearPlaces(changes: readonly Change[], before: ReadonlyMap<number, RowBefore>): void {
    for (const { oid, after } of changes) {
      if (!after) this.#statements.delete.run(oid);
      else if (changes.length > 1 && isElsewhere(before.get(oid), after)) this.#statements.lift.run(`\0${oid}`, oid);
    }
  }

  #writeChange({ oid, after, links }: Change, row: RowBefore | undefined, serial: number): void {
    if (!after) {
      this.#statements.addDeletion.run(serial, oid);
      return;
    }
    if (after.content && this.#statements.nameContent.run(after.content.hash).changes === 0) throw contentGone();
    this.#statements.addRevision.run(serial, oid, after.parent, JSON.stringify(after));
    this.#writeObject(after, row, serial);
    this.#writeLinks(oid, links, row !== undefined);
  }

  #writeObject(after: ObjectState, row: RowBefore | undefined, serial: number): void {
    const { oid, parent } = after;
    const keys = sortKeysOf(after, row?.childCount ?? 0);
    try {
      if (!row) this.#statements.add.run({ ...keys, oid, serial, parent });
      else if (isListedElsewhere(row, after, keys)) this.#statements.replace.run({ ...keys, oid, serial, parent });
      else this.#statements.change.run({ oid, serial, size: keys.size, modified: after.modified });
    } catch (error) {
      if (error instanceof SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE') throw takenId(after.id);
      throw error;
    }
  }

  #writeLinks(oid: number, links: readonly PathLink[], mayHaveSome: boolean): void {
    if (mayHaveSome) {
      const kept = this.#statements.links.all(oid);
      if (kept.length === links.length && kept.every((link, index) => isSame(link, links[index]))) return;
      this.#statements.deleteLinks.run(oid);
    }
    for (const { property, path } of links) this.#statements.addLink.run(oid, property, path);
  }

  #recount(changes: readonly Change[], before: ReadonlyMap<number, RowBefore>): void {
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
      const isThere = this.#statements.count.run(difference, parent).changes > 0;
      if (!isThere && arrived !== undefined) throw parentGone(arrived);
    }
  }

  #checkTree(batch: Batch, before: ReadonlyMap<number, RowBefore>): void {
    for (const { oid, after } of batch.changes) {
      if (!after && this.#statements.anyChild.get(oid) !== undefined) throw notEmpty(oid);
    }
    const placed = couldCloseRing(batch, (oid) => before.get(oid)?.parent);
    checkRooted(placed, (oid) => this.#statements.row.get(oid)?.parent);
  }
}

function statementsOf(database: Database) {
  return {
    lastTransaction: database.prepare<[], number>(LAST_TRANSACTION).pluck(),
    addTransaction: database.prepare<[number, number, string | null, string]>(ADD_TRANSACTION),
    addRevision: database.prepare<[number, number, number | null, string]>(ADD_REVISION),
    addDeletion: database.prepare<[number, number]>(ADD_DELETION),
    row: database.prepare<[number], RowBefore>(ROW),
    add: database.prepare<NewRow>(ADD),
    replace: database.prepare<NewRow>(REPLACE),
    change: database.prepare<Pick<NewRow, 'oid' | 'serial' | 'size' | 'modified'>>(CHANGE),
    lift: database.prepare<[string, number]>(LIFT),
    delete: database.prepare<[number]>(DELETE),
    count: database.prepare<[number, number]>(COUNT),
    anyChild: database.prepare<[number], number>(ANY_CHILD).pluck(),
    links: database.prepare<[number], PathLink>(LINKS),
    deleteLinks: database.prepare<[number]>(DELETE_LINKS),
    addLink: database.prepare<[number, string, string]>(ADD_LINK),
    nameContent: database.prepare<[string]>(NAME_CONTENT),
  };
}

function isElsewhere(row: RowBefore | undefined, after: ObjectState): boolean {
  return row !== undefined && (row.parent !== after.parent || row.id !== after.id);
}

function isListedElsewhere(row: RowBefore, after: ObjectState, keys: SortKeys): boolean {
  return isElsewhere(row, after) || row.type !== after.type || row.titleKey !== keys.titleKey;
}

function isSame(link: PathLink, other: PathLink | undefined): boolean {
  return link.property === other?.property && link.path === other.path;
}
