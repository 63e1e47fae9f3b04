import type { Database, Statement } from 'better-sqlite3';
import { ConflictError } from '../../base/errors.ts';
import type { ObjectRow } from './rows.ts';
import { OBJECTS } from './rows.ts';

/** More than this has not changed during any one request that should go on. */
const MOST_CHANGED = 20_000;

// What later transactions touched (one row a time), each with where it is now and what it was then.
const CHANGED_SINCE = `
  SELECT changed.oid, now.oid IS NOT NULL, now.parent, coalesce(now.child_count, 0), r.serial, r.parent, r.state
  FROM (SELECT oid FROM revisions WHERE serial > @asOf LIMIT ${MOST_CHANGED + 1}) AS changed
  LEFT JOIN objects AS now ON now.oid = changed.oid
  LEFT JOIN revisions AS r ON r.oid = changed.oid
    AND r.serial = (SELECT max(serial) FROM revisions WHERE oid = changed.oid AND serial <= @asOf)`;
const OBJECT = `${OBJECTS} WHERE o.oid = ?`;

type ChangedRow = readonly [
  oid: number,
  isThere: 0 | 1,
  parentNow: number | null,
  childCount: number,
  serial: number | null,
  parent: number | null,
  state: string | null,
];

interface PastObject {
  /** `undefined`: it is not there now. */
  readonly parentNow: number | null | undefined;
  /** What it was; `undefined`: it was not there. */
  readonly before: ObjectRow | undefined;
}

/** What is different now from how it was as of a transaction: everything else can be read from the newest state. */
export interface Past {
  readonly objects: ReadonlyMap<number, PastObject>;
  /** What to add to an object's present number of children. */
  childCountDelta(oid: number): number;
}

/** As of the newest transaction. */
export const NOTHING_PAST: Past = { objects: new Map(), childCountDelta: () => 0 };

/** Finds out what has changed since a transaction. Cheap, because requests are short: mostly nothing or a row or two. */
export class PastReader {
  readonly #changedSince: Statement<[{ asOf: number }], ChangedRow>;
  readonly #object: Statement<[number], ObjectRow>;

  constructor(database: Database) {
    this.#changedSince = database.prepare<[{ asOf: number }], ChangedRow>(CHANGED_SINCE).raw();
    this.#object = database.prepare<[number], ObjectRow>(OBJECT).raw();
  }

  read(asOf: number): Past {
    const rows = this.#changedSince.all({ asOf });
    if (rows.length > MOST_CHANGED) throw new ConflictError('Too much has changed since this began. Try again.');
    const objects = new Map(rows.map((row) => [row[0], pastObjectOf(row)]));
    const deltas = childCountDeltas(objects.values());
    this.#addRecounted(objects, deltas);
    return { objects, childCountDelta: (oid) => deltas.get(oid) ?? 0 };
  }

  /** An object with another number of children sorts elsewhere, though it is itself unchanged. */
  #addRecounted(objects: Map<number, PastObject>, deltas: ReadonlyMap<number, number>): void {
    for (const oid of deltas.keys()) {
      const row = objects.has(oid) ? undefined : this.#object.get(oid);
      if (row) objects.set(oid, { parentNow: row[2], before: row });
    }
  }
}

function pastObjectOf([oid, isThere, parentNow, childCount, serial, parent, state]: ChangedRow): PastObject {
  return {
    parentNow: isThere ? parentNow : undefined,
    before: serial === null || state === null ? undefined : [oid, serial, parent, childCount, state],
  };
}

function childCountDeltas(objects: Iterable<PastObject>): Map<number, number> {
  const deltas = new Map<number, number>();
  const add = (oid: number | null | undefined, difference: number) => {
    if (typeof oid === 'number') deltas.set(oid, (deltas.get(oid) ?? 0) + difference);
  };
  for (const { parentNow, before } of objects) {
    add(parentNow, -1);
    add(before?.[2], 1);
  }
  for (const [oid, delta] of deltas) if (delta === 0) deltas.delete(oid);
  return deltas;
}

/** What was in a folder then, of what is something else now. */
export function beforeIn(past: Past, parent: number): readonly ObjectRow[] {
  return [...past.objects.values()].flatMap(({ before }) => (before?.[2] === parent ? [before] : []));
}
