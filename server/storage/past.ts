import type { Database, Statement } from 'better-sqlite3';
import { ConflictError } from '../base/errors.ts';
import type { ObjectRow } from './rows.ts';
import { STATE_COLUMNS } from './rows.ts';

/** More than this has not changed during any one request that should go on. */
const MOST_CHANGED = 20_000;

// Objects that later transactions touched, each with where it is now and what it was then (null: it was not).
const CHANGED_SINCE = `
  SELECT changed.oid AS changed_oid, now.oid IS NOT NULL AS is_there, now.parent AS parent_now,
    coalesce(now.child_count, 0) AS child_count, ${STATE_COLUMNS}
  FROM (SELECT DISTINCT oid FROM revisions WHERE serial > @asOf LIMIT ${MOST_CHANGED + 1}) AS changed
  LEFT JOIN objects AS now ON now.oid = changed.oid
  LEFT JOIN revisions AS r ON r.oid = changed.oid AND r.id IS NOT NULL
    AND r.serial = (SELECT max(serial) FROM revisions WHERE oid = changed.oid AND serial <= @asOf)`;
const OBJECT = `
  SELECT o.child_count, ${STATE_COLUMNS} FROM objects AS o JOIN revisions AS r USING (serial, oid) WHERE o.oid = ?`;

interface ChangedRow extends Omit<ObjectRow, 'oid' | 'id'> {
  readonly changed_oid: number;
  readonly is_there: 0 | 1;
  readonly parent_now: number | null;
  readonly oid: number | null;
  readonly id: string | null;
}

interface Entry {
  /** `undefined`: it is not there now. */
  readonly parentNow: number | null | undefined;
  /** What it was; `undefined`: it was not there. */
  readonly before: ObjectRow | undefined;
}

/** What is different now from how it was as of a transaction: everything else can be read from the newest state. */
export interface Past {
  readonly entries: ReadonlyMap<number, Entry>;
  /** What to add to an object's present number of children. */
  childCountDelta(oid: number): number;
}

/** Finds out what has changed since a transaction. Cheap, because requests are short: mostly nothing or a row or two. */
export class PastReader {
  readonly #changedSince: Statement<[{ asOf: number }], ChangedRow>;
  readonly #object: Statement<[number], ObjectRow>;

  constructor(database: Database) {
    this.#changedSince = database.prepare(CHANGED_SINCE);
    this.#object = database.prepare(OBJECT);
  }

  read(asOf: number): Past {
    const rows = this.#changedSince.all({ asOf });
    if (rows.length > MOST_CHANGED) throw new ConflictError('Too much has changed since this began. Try again.');
    const entries = new Map(rows.map((row) => [row.changed_oid, entryOf(row)]));
    const deltas = childCountDeltas(entries.values());
    this.#addRecounted(entries, deltas);
    return { entries, childCountDelta: (oid) => deltas.get(oid) ?? 0 };
  }

  /** An object with another number of children sorts elsewhere, though it is itself unchanged. */
  #addRecounted(entries: Map<number, Entry>, deltas: ReadonlyMap<number, number>): void {
    for (const oid of deltas.keys()) {
      const row = entries.has(oid) ? undefined : this.#object.get(oid);
      if (row) entries.set(oid, { parentNow: row.parent, before: row });
    }
  }
}

function entryOf(row: ChangedRow): Entry {
  const { oid, id } = row;
  return {
    parentNow: row.is_there ? row.parent_now : undefined,
    before: oid === null || id === null ? undefined : { ...row, oid, id },
  };
}

function childCountDeltas(entries: Iterable<Entry>): Map<number, number> {
  const deltas = new Map<number, number>();
  const add = (oid: number | null | undefined, difference: number) => {
    if (typeof oid === 'number') deltas.set(oid, (deltas.get(oid) ?? 0) + difference);
  };
  for (const { parentNow, before } of entries) {
    add(parentNow, -1);
    add(before?.parent, 1);
  }
  for (const [oid, delta] of deltas) if (delta === 0) deltas.delete(oid);
  return deltas;
}
