import type { Database, Statement } from 'better-sqlite3';
import { comparing, fold, isStorable, matches, sortKeysOf } from '../order.ts';
import { beforeIn, type Past } from './past.ts';
import type { ObjectRow } from './rows.ts';
import { OBJECTS, storedObjectOf, whole } from './rows.ts';
import type { ChildPage, ChildQuery, Sort, StoredObject } from '../storage.ts';

const ORDERS: Record<Sort, readonly string[]> = {
  id: ['id_key', 'id'],
  title: ['title_key', 'id_key', 'id'],
  type: ['type', 'id_key', 'id'],
  size: ['child_count', 'size', 'id_key', 'id'],
  modified: ['modified', 'id_key', 'id'],
};

const PARENT = `parent = ${whole('@parent')}`;
const NOT_APART = 'AND oid NOT IN (SELECT value FROM json_each(@apart))';
const pageSql = (orderBy: string, isApart: boolean) => `
  ${OBJECTS} WHERE oid IN (
    SELECT oid FROM objects WHERE ${PARENT} ${isApart ? NOT_APART : ''}
    ORDER BY ${orderBy} LIMIT ${whole('@limit')} OFFSET ${whole('@offset')}
  )
  ORDER BY ${orderBy}`;
const IS_MATCH = 'instr(id_key, @filter) OR instr(title_key, @filter) OR instr(type_key, @filter)';
// Every 64th is given where it does not match either, so that a long walk can be interrupted.
const matchingSql = (orderBy: string, isApart: boolean) => `
  SELECT CASE WHEN ${IS_MATCH} THEN oid END
  FROM objects WHERE ${PARENT} ${isApart ? NOT_APART : ''} AND (${IS_MATCH} OR oid & 63 = 0) ORDER BY ${orderBy}`;
const OBJECT = `${OBJECTS} WHERE o.oid = ?`;
const CHILD_COUNT = 'SELECT child_count FROM objects WHERE oid = ?';

interface Window {
  readonly parent: number;
  readonly limit: number;
  readonly offset: number;
  /** As JSON: the objects that were something else then, and are laid in from the past. */
  readonly apart: string;
}

/** The children that are now as they were then, in order: how many, and any stretch of them. */
interface Unchanged {
  readonly count: number;
  window(offset: number, limit: number): readonly ObjectRow[];
}

/** Pages of a folder's children, in any order, as of a transaction. */
export class Listing {
  readonly #database: Database;
  readonly #object: Statement<[number], ObjectRow>;
  readonly #childCount: Statement<[number], number>;
  readonly #pages = new Map<string, Statement<[Window], ObjectRow>>();

  constructor(database: Database) {
    this.#database = database;
    this.#object = database.prepare<[number], ObjectRow>(OBJECT).raw();
    this.#childCount = database.prepare<[number], number>(CHILD_COUNT).pluck();
  }

  childCount(parent: number): number {
    return this.#childCount.get(parent) ?? 0;
  }

  page(parent: number, query: ChildQuery, past: Past): ChildPage {
    const count = this.childCount(parent) - countApart(parent, past);
    const walk = (order: ChildQuery['order'], offset: number, limit: number) =>
      this.#statement(query.sort, order, past).all({ parent, limit, offset, apart: apartOf(past) });
    // What is nearer to the end is walked to from the end.
    const window = (offset: number, limit: number) => {
      if (offset <= count / 2) return walk(query.order, offset, limit);
      const rest = Math.max(0, Math.min(limit, count - offset));
      return walk(query.order === 'asc' ? 'desc' : 'asc', Math.max(0, count - offset - limit), rest).reverse();
    };
    return pageOf(parent, query, past, { count, window });
  }

  /** The page of those whose oids, in order, `matching` found. */
  pageOfMatches(parent: number, query: ChildQuery, oids: readonly number[], past: Past): ChildPage {
    const window = (offset: number, limit: number) =>
      oids
        .slice(offset, offset + limit)
        .map((oid) => this.#object.get(oid))
        .filter((row) => row !== undefined);
    return pageOf(parent, query, past, { count: oids.length, window });
  }

  /** The oids of unchanged children that match the filter, in order; now and then a `null` on the way to the next. */
  matching(parent: number, query: ChildQuery, past: Past): IterableIterator<number | null> {
    if (!isStorable(query.filter)) return [].values();
    const sql = matchingSql(orderBy(query.sort, query.order), past.objects.size > 0);
    const statement = this.#database.prepare<[{ parent: number; filter: string; apart: string }], number | null>(sql);
    return statement.pluck().iterate({ parent, filter: fold(query.filter), apart: apartOf(past) });
  }

  #statement(sort: Sort, order: ChildQuery['order'], past: Past): Statement<[Window], ObjectRow> {
    const isApart = past.objects.size > 0;
    const name = `${sort} ${order} ${isApart}`;
    let statement = this.#pages.get(name);
    if (!statement) {
      const sql = pageSql(orderBy(sort, order), isApart);
      statement = this.#database.prepare<[Window], ObjectRow>(sql).raw();
      this.#pages.set(name, statement);
    }
    return statement;
  }
}

function orderBy(sort: Sort, order: ChildQuery['order']): string {
  return ORDERS[sort].map((column) => `${column} ${order}`).join(', ');
}

function apartOf({ objects }: Past): string {
  return objects.size === 0 ? '[]' : JSON.stringify([...objects.keys()]);
}

function countApart(parent: number, { objects }: Past): number {
  let count = 0;
  for (const { parentNow } of objects.values()) if (parentNow === parent) count++;
  return count;
}

/** Lays what was there then among what is unchanged, and cuts out the page. */
function pageOf(parent: number, query: ChildQuery, past: Past, unchanged: Unchanged): ChildPage {
  const { offset, limit } = query;
  const stored = (row: ObjectRow) => storedObjectOf(row, past.childCountDelta(row[0]));
  if (past.objects.size === 0) return { total: unchanged.count, objects: unchanged.window(offset, limit).map(stored) };
  const { compare, keyed, laidIn } = layIn(parent, query, past);
  // Each that is laid in moves the rest by at most one: the page begins at most so far before its place.
  const start = Math.max(0, offset - laidIn.length);
  const stretch = unchanged.window(start, limit + laidIn.length).map((row) => keyed(stored(row)));
  const first = stretch[0];
  const before = start === 0 ? 0 : first ? laidIn.filter((one) => compare(one, first) < 0).length : laidIn.length;
  const merged = [...stretch, ...laidIn.slice(before)].sort(compare);
  const skip = offset - start - before;
  return {
    total: unchanged.count + laidIn.length,
    objects: merged.slice(skip, skip + limit).map(({ object }) => object),
  };
}

function layIn(parent: number, query: ChildQuery, past: Past) {
  const keyed = (object: StoredObject) => ({ object, keys: sortKeysOf(object, object.childCount) });
  const compareKeys = comparing(query.sort, query.order);
  const compare = (a: ReturnType<typeof keyed>, b: ReturnType<typeof keyed>) => compareKeys(a.keys, b.keys);
  const filter = fold(query.filter);
  const laidIn = beforeIn(past, parent)
    .map((row) => keyed(storedObjectOf(row, past.childCountDelta(row[0]))))
    .filter(({ keys }) => matches(keys, filter))
    .sort(compare);
  return { compare, keyed, laidIn };
}
