import type { Database } from 'better-sqlite3';
import { currentBatch } from '../../base/current-batch.ts';
import { Listing } from './listing.ts';
import { byId, endOfPrefix, fold, isStorable } from '../order.ts';
import { beforeIn, NOTHING_PAST, PastReader, type Past } from './past.ts';
import type { ObjectRow } from './rows.ts';
import { end, OBJECTS, parseState, storedObjectOf, text, whole } from './rows.ts';
import type {
  ChildPage,
  ChildQuery,
  IndexedLink,
  LogQuery,
  ObjectChange,
  ObjectState,
  Revision,
  StoredObject,
  Transaction,
} from '../storage.ts';
import { MAX_FOUND } from '../storage.ts';

const OBJECT = `${OBJECTS} WHERE o.oid = ?`;
const CHILD = `${OBJECTS} WHERE o.parent = ? AND o.id = ?`;
const CHILDREN_OF_TYPE = `
  ${OBJECTS} WHERE o.parent = ${whole()} AND o.type = ${text()} ORDER BY o.id_key, o.id LIMIT ${MAX_FOUND}`;
const OBJECTS_OF_TYPES = `${OBJECTS} WHERE o.type IN (SELECT value FROM json_each(?)) LIMIT ${whole()}`;
const IDS_THAT_BEGIN = `
  SELECT oid FROM objects WHERE id_key >= ${text('@from')} AND id_key < ${end('@to')}
  ORDER BY id_key, id LIMIT ${whole('@limit')}`;
const MATCHES_AFTER = `
  SELECT oid, instr(id_key, @text) OR instr(title_key, @text) OR instr(type_key, @text)
  FROM objects WHERE oid > ${whole('@after')} ORDER BY oid LIMIT ${whole('@limit')}`;
const LINKS_TO = `
  SELECT oid, property, path FROM links WHERE path = ${text('@path')} AND path <> '/'
  UNION ALL SELECT oid, property, path FROM links WHERE path >= ${text('@from')} AND path < ${text('@to')}
  ORDER BY path, oid, property LIMIT ${MAX_FOUND}`;
const REVISIONS = `
  SELECT r.serial, t.time, t.user, t.description, r.state
  FROM revisions AS r JOIN transactions AS t USING (serial)
  WHERE r.oid = ${whole()} ORDER BY r.serial DESC LIMIT ${whole()}`;
const TRANSACTIONS = `
  SELECT serial AS tid, time, user, description FROM transactions
  WHERE serial < ${whole('@before')} ORDER BY serial DESC LIMIT ${whole('@limit')}`;
const CHANGES_OF = `
  SELECT r.oid, before.state AS before, r.state AS after
  FROM revisions AS r LEFT JOIN revisions AS before ON before.oid = r.oid
    AND before.serial = (SELECT max(serial) FROM revisions WHERE oid = r.oid AND serial < r.serial)
  WHERE r.serial = ${whole()} ORDER BY r.oid`;
// Changed objects, what they came into, and what they were in.
const TOUCHED_SINCE = `
  SELECT later.oid, later.parent, before.parent
  FROM revisions AS later LEFT JOIN revisions AS before ON before.oid = later.oid
    AND before.serial = (SELECT max(serial) FROM revisions WHERE oid = later.oid AND serial <= ${whole('@serial')})
  WHERE later.serial > ${whole('@serial')} LIMIT ${whole('@limit')}`;
const LAST_TRANSACTION = 'SELECT coalesce(max(serial), 0) FROM transactions';

type RevisionRow = Omit<Revision, 'state'> & { readonly state: string | null };
interface ChangeRow {
  readonly oid: number;
  readonly before: string | null;
  readonly after: string | null;
}
type TouchedRow = readonly [oid: number, parent: number | null, parentBefore: number | null];

/** Every question to one connection, answered at once. What takes several statements is asked in one snapshot. */
export class Reader {
  readonly listing: Listing;
  readonly #database: Database;
  readonly #othersCommitted: () => void;
  readonly #past: PastReader;
  readonly #statements: ReturnType<typeof statementsOf>;
  #versionSeen = -1;
  #batchSeen = 0;
  #lastSeen = 0;

  /** `othersCommitted` is run when it is noticed that other connections have written. */
  constructor(database: Database, othersCommitted: () => void = () => {}) {
    this.#database = database;
    this.#othersCommitted = othersCommitted;
    this.listing = new Listing(database);
    this.#past = new PastReader(database);
    this.#statements = statementsOf(database);
  }

  /**
   * SQLite's data version tells of other connections' commits, so our own are told by `committed`. It costs system calls,
   * so requests that arrived together share it.
   */
  lastTransaction(): number {
    const batch = currentBatch();
    if ((batch !== 0 && batch === this.#batchSeen) || this.#database.inTransaction) return this.#lastSeen;
    this.#batchSeen = batch;
    const version = this.#statements.dataVersion.get() ?? 0;
    if (version !== this.#versionSeen) {
      this.#lastSeen = this.#statements.lastTransaction.get() ?? 0;
      this.#othersCommitted();
      this.#versionSeen = version;
    }
    return this.#lastSeen;
  }

  committed(serial: number): void {
    this.#lastSeen = serial;
  }

  /** Sees one state of the database throughout, whatever others commit meanwhile. */
  snapshot<Result>(read: () => Result): Result {
    if (this.#database.inTransaction) return read();
    this.#statements.begin.run();
    try {
      return read();
    } finally {
      // Some errors end it themselves, and are what has to be told.
      if (this.#database.inTransaction) this.#statements.end.run();
    }
  }

  /** As `snapshot`, and tells what has changed since a transaction. */
  asOf<Result>(asOf: number, read: (past: Past) => Result): Result {
    return this.snapshot(() => {
      const isNow = (this.#statements.lastTransaction.get() ?? 0) <= asOf;
      return read(isNow ? NOTHING_PAST : this.#past.read(asOf));
    });
  }

  load(oid: number, asOf: number): StoredObject | undefined {
    const row = this.#statements.object.get(oid);
    // Asked after the row was read, so nothing newer can be in it.
    if (this.lastTransaction() <= asOf) return row && storedObjectOf(row);
    return this.asOf(asOf, (past) => {
      const known = past.objects.get(oid);
      const then = known ? known.before : this.#statements.object.get(oid);
      return then && storedObjectOf(then, past.childCountDelta(oid));
    });
  }

  findChild(parent: number, id: string, asOf: number): StoredObject | undefined {
    if (!isStorable(id)) return undefined;
    const row = this.#statements.child.get(parent, id);
    if (this.lastTransaction() <= asOf) return row && storedObjectOf(row);
    return this.asOf(asOf, (past) => {
      const now = this.#statements.child.get(parent, id);
      const then = now && !past.objects.has(now[0]) ? now : findBefore(past, parent, id);
      return then && storedObjectOf(then, past.childCountDelta(then[0]));
    });
  }

  children(parent: number, query: ChildQuery, asOf: number): ChildPage {
    return this.asOf(asOf, (past) => {
      if (query.filter === '') return this.listing.page(parent, query, past);
      const matching = this.listing.matching(parent, query, past);
      const oids = [...matching].filter((oid) => oid !== null);
      return this.listing.pageOfMatches(parent, query, oids, past);
    });
  }

  childrenOfTypes(parent: number, types: readonly string[], asOf: number): readonly StoredObject[] {
    return this.asOf(asOf, (past) => {
      const stored = (row: ObjectRow) => storedObjectOf(row, past.childCountDelta(row[0]));
      const now = [...new Set(types.filter(isStorable))].flatMap((type) =>
        this.#statements.childrenOfType.all(parent, type),
      );
      const unchanged = now.filter(([oid]) => !past.objects.has(oid)).map(stored);
      const before = beforeIn(past, parent).map(stored);
      const found = [...unchanged, ...before.filter(({ type }) => types.includes(type))];
      return byId(found).slice(0, MAX_FOUND);
    });
  }

  objectsOfTypes(types: readonly string[], limit: number): readonly StoredObject[] {
    const sought = JSON.stringify(types.filter(isStorable));
    return this.#statements.objectsOfTypes.all(sought, limit).map((row) => storedObjectOf(row));
  }

  objects(oids: readonly number[]): readonly StoredObject[] {
    const rows = oids.map((oid) => this.#statements.object.get(oid)).filter((row) => row !== undefined);
    return rows.map((row) => storedObjectOf(row));
  }

  idsThatBegin(prefix: string, limit: number): readonly number[] {
    const from = fold(prefix);
    return this.#statements.idsThatBegin.all({ from, to: endOfPrefix(from) ?? null, limit });
  }

  /** Looks at the next objects by oid, and says of each whether it contains the text. */
  matchesAfter(after: number, sought: string, limit: number): readonly (readonly [oid: number, isMatch: 0 | 1])[] {
    return this.#statements.matchesAfter.all({ after, text: fold(sought), limit });
  }

  linksTo(path: string): readonly IndexedLink[] {
    if (!isStorable(path)) return [];
    const from = path === '/' ? path : `${path}/`;
    return this.#statements.linksTo.all({ path, from, to: endOfPrefix(from) ?? '' });
  }

  /** `undefined`: more than the limit. */
  touchedSince(serial: number, limit: number): readonly number[] | undefined {
    const rows = this.#statements.touchedSince.all({ serial, limit: limit + 1 });
    if (rows.length > limit) return undefined;
    return [...new Set(rows.flat().filter((oid) => oid !== null))];
  }

  revisions(oid: number, limit: number): readonly Revision[] {
    const rows = this.#statements.revisions.all(oid, limit);
    return rows.map(({ state, ...row }) => ({ ...row, state: stateIn(state, oid) }));
  }

  transactions({ limit, before = Number.MAX_SAFE_INTEGER }: LogQuery): readonly Transaction[] {
    return this.#statements.transactions.all({ before, limit });
  }

  changesOf(tid: number): readonly ObjectChange[] {
    const rows = this.#statements.changesOf.all(tid);
    return rows.map(({ oid, before, after }) => ({ oid, before: stateIn(before, oid), after: stateIn(after, oid) }));
  }
}

function statementsOf(database: Database) {
  return {
    object: database.prepare<[number], ObjectRow>(OBJECT).raw(),
    child: database.prepare<[number, string], ObjectRow>(CHILD).raw(),
    childrenOfType: database.prepare<[number, string], ObjectRow>(CHILDREN_OF_TYPE).raw(),
    objectsOfTypes: database.prepare<[string, number], ObjectRow>(OBJECTS_OF_TYPES).raw(),
    idsThatBegin: database.prepare<{ from: string; to: string | null; limit: number }, number>(IDS_THAT_BEGIN).pluck(),
    matchesAfter: database
      .prepare<{ text: string; after: number; limit: number }, readonly [number, 0 | 1]>(MATCHES_AFTER)
      .raw(),
    linksTo: database.prepare<{ path: string; from: string; to: string }, IndexedLink>(LINKS_TO),
    revisions: database.prepare<[number, number], RevisionRow>(REVISIONS),
    transactions: database.prepare<{ before: number; limit: number }, Transaction>(TRANSACTIONS),
    changesOf: database.prepare<[number], ChangeRow>(CHANGES_OF),
    touchedSince: database.prepare<{ serial: number; limit: number }, TouchedRow>(TOUCHED_SINCE).raw(),
    lastTransaction: database.prepare<[], number>(LAST_TRANSACTION).pluck(),
    dataVersion: database.prepare<[], number>('PRAGMA data_version').pluck(),
    begin: database.prepare<[]>('BEGIN'),
    end: database.prepare<[]>('COMMIT'),
  };
}

/** `null`: the object is not there. */
function stateIn(state: string | null, oid: number): ObjectState | null {
  return state === null ? null : parseState(state, oid);
}

function findBefore(past: Past, parent: number, id: string): ObjectRow | undefined {
  return beforeIn(past, parent).find(([oid, , , , state]) => parseState(state, oid).id === id);
}
