import type { Clock } from '../../base/clock.ts';
import { wallClock } from '../../base/clock.ts';
import { ConflictError } from '../../base/errors.ts';
import { changedMeanwhile, checkBatch, contentGone } from '../batch.ts';
import { MemoryContents } from './memory-contents.ts';
import { frozenCopy } from '../frozen.ts';
import { MemoryTables } from './memory-tables.ts';
import { compareText, comparing, fold, matches, sortKeysOf } from '../order.ts';
import { checkPlaces } from './places.ts';
import type {
  Batch,
  Change,
  ChildPage,
  ChildQuery,
  Joining,
  Link,
  LogQuery,
  ObjectChange,
  ObjectState,
  Reserved,
  Revision,
  Storage,
  StoredObject,
  Transaction,
} from '../storage.ts';
import { MAX_FOUND } from '../storage.ts';

export interface MemoryOptions {
  readonly clock?: Clock;
  /** The children of objects kept elsewhere: a parent with a positive oid, which is never one of ours, is taken to exist. */
  readonly mounted?: boolean;
  /** How many transactions to remember. Older revisions are dropped, because memory is not for history. */
  readonly keepTransactions?: number;
}

interface Remembered extends Transaction {
  readonly oids: readonly number[];
}

/** Objects in process memory: what a Temporary Folder contains, and the storage of tests. Its oids are negative. */
export class MemoryStorage implements Storage {
  readonly contents: MemoryContents;
  readonly tables: MemoryTables;
  readonly problem = undefined;
  readonly #mounted: boolean;
  readonly #keepTransactions: number;
  readonly #revisions = new Map<number, Revision[]>();
  readonly #children = new Map<number | null, Map<string, number>>();
  readonly #links = new Map<number, readonly Link[]>();
  readonly #steps = new Map<string, Promise<void>>();
  readonly #transactions: Remembered[] = [];
  #last = 0;
  #lastOid = 0;
  /** What is about to be written, whatever else comes. */
  #reserved: readonly Change[] | undefined;

  constructor(options: MemoryOptions = {}) {
    const { clock = wallClock } = options;
    this.#mounted = options.mounted ?? false;
    this.#keepTransactions = options.keepTransactions ?? 1000;
    this.contents = new MemoryContents(clock, (hash) => this.#names(hash));
    this.tables = new MemoryTables(clock);
  }

  lastTransaction(): number {
    return this.#last;
  }

  async load(oid: number, asOf: number): Promise<StoredObject | undefined> {
    this.#checkKnown(asOf);
    return this.#stored(oid, asOf);
  }

  async findChild(parent: number, id: string, asOf: number): Promise<StoredObject | undefined> {
    this.#checkKnown(asOf);
    if (asOf < this.#last) return this.#childrenAsOf(parent, asOf).find((child) => child.id === id);
    const oid = this.#children.get(parent)?.get(id);
    return oid === undefined ? undefined : this.#stored(oid, asOf);
  }

  async children(parent: number, query: ChildQuery, asOf: number): Promise<ChildPage> {
    this.#checkKnown(asOf);
    const filter = fold(query.filter);
    const found = this.#childrenAsOf(parent, asOf)
      .map((object) => ({ object, keys: sortKeysOf(object, object.childCount) }))
      .filter(({ keys }) => matches(keys, filter));
    const compare = comparing(query.sort, query.order);
    found.sort((a, b) => compare(a.keys, b.keys));
    const page = found.slice(query.offset, query.offset + query.limit);
    return { total: found.length, objects: page.map(({ object }) => object) };
  }

  async childrenOfTypes(parent: number, types: readonly string[], asOf: number): Promise<readonly StoredObject[]> {
    this.#checkKnown(asOf);
    const found = this.#childrenAsOf(parent, asOf).filter(({ type }) => types.includes(type));
    return byId(found).slice(0, MAX_FOUND);
  }

  async objectsOfTypes(types: readonly string[], limit: number): Promise<readonly StoredObject[]> {
    return this.#everything()
      .filter(({ type }) => types.includes(type))
      .slice(0, limit);
  }

  async search(text: string, limit: number): Promise<readonly StoredObject[]> {
    const sought = fold(text);
    const found = this.#everything().filter((object) => matches(sortKeysOf(object, 0), sought));
    const first = byId(found.filter(({ id }) => fold(id).startsWith(sought)));
    const rest = found.filter(({ id }) => !fold(id).startsWith(sought));
    return [...first, ...rest].slice(0, limit);
  }

  async linksTo(
    path: string,
  ): Promise<readonly { readonly oid: number; readonly property: string; readonly path: string }[]> {
    const below = path === '/' ? '/' : `${path}/`;
    const found = [];
    for (const [oid, links] of this.#links) {
      for (const link of links) if (link.path === path || link.path.startsWith(below)) found.push({ oid, ...link });
    }
    found.sort((a, b) => compareText(a.path, b.path) || a.oid - b.oid || compareText(a.property, b.property));
    return found.slice(0, MAX_FOUND);
  }

  changedSince(serial: number): readonly number[] | undefined {
    if (serial < this.#oldestReadable()) return undefined;
    return [...this.#touchedAfter(serial)];
  }

  async revisions(oid: number, limit: number): Promise<readonly Revision[]> {
    return (this.#revisions.get(oid) ?? []).toReversed().slice(0, limit);
  }

  async transactions({ limit, before = Infinity }: LogQuery): Promise<readonly Transaction[]> {
    const found = this.#transactions.filter(({ tid }) => tid < before).toReversed();
    return found.slice(0, limit).map(({ tid, time, user, description }) => ({ tid, time, user, description }));
  }

  async changesOf(tid: number): Promise<readonly ObjectChange[]> {
    const { oids = [] } = this.#transactions.find((transaction) => transaction.tid === tid) ?? {};
    const stateAsOf = (oid: number, asOf: number) => this.#asOf(oid, asOf)?.state ?? null;
    const changes = oids.map((oid) => ({ oid, before: stateAsOf(oid, tid - 1), after: stateAsOf(oid, tid) }));
    return changes.sort((a, b) => a.oid - b.oid);
  }

  newOid(): number {
    return --this.#lastOid;
  }

  async commit(batch: Batch, joined?: Joining): Promise<number> {
    const own = this.reserve(batch);
    const other = this.#runJoined(own, joined);
    own.write();
    other?.write();
    return this.#last;
  }

  /**
   * Checks a batch and holds the storage for it, so that it can be part of another storage's commit. Whoever would write
   * meanwhile has come at the same moment as another.
   */
  reserve(batch: Batch): Reserved {
    if (this.#reserved !== undefined) throw new ConflictError();
    this.#check(batch);
    const changes = batch.changes.map((change) => ({ ...change, after: change.after && frozenCopy(change.after) }));
    this.#reserved = changes;
    const release = () => void (this.#reserved = undefined);
    const write = () => {
      release();
      if (changes.length > 0) this.#write({ ...batch, changes });
    };
    return { write, release };
  }

  async once(name: string, step: () => Promise<void>): Promise<boolean> {
    for (let running = this.#steps.get(name); running; running = this.#steps.get(name)) {
      if (
        await running.then(
          () => true,
          () => false,
        )
      )
        return false;
    }
    const run = step();
    this.#steps.set(name, run);
    try {
      await run;
      return true;
    } catch (error) {
      this.#steps.delete(name);
      throw error;
    }
  }

  keepUp(): void {}

  close(): void {}

  #check(batch: Batch): void {
    checkBatch(batch);
    for (const { oid, basis } of batch.changes) {
      if ((this.#now(oid)?.serial ?? null) !== basis) throw changedMeanwhile(oid);
    }
    checkPlaces(batch, {
      holds: (oid) => (this.#mounted && oid > 0) || this.#now(oid) !== undefined,
      parentOf: (oid) => this.#now(oid)?.state.parent,
      childrenOf: (parent) => this.#children.get(parent) ?? new Map(),
    });
    const isThere = ({ after }: Change) => !after?.content || this.contents.has(after.content.hash);
    if (!batch.changes.every(isThere)) throw contentGone();
  }

  /** The newest revision, unless that is a deletion. */
  #now(oid: number): (Revision & { readonly state: ObjectState }) | undefined {
    return existing(this.#revisions.get(oid)?.at(-1));
  }

  #names(hash: string): boolean {
    if (this.#reserved?.some(({ after }) => after?.content?.hash === hash) === true) return true;
    return [...this.#revisions.values()].some((all) => all.some(({ state }) => state?.content?.hash === hash));
  }

  #asOf(oid: number, asOf: number): (Revision & { readonly state: ObjectState }) | undefined {
    return existing(this.#revisions.get(oid)?.findLast(({ serial }) => serial <= asOf));
  }

  #stored(oid: number, asOf: number): StoredObject | undefined {
    const revision = this.#asOf(oid, asOf);
    if (!revision) return undefined;
    return { ...revision.state, serial: revision.serial, childCount: this.#childOidsAsOf(oid, asOf).length };
  }

  #childrenAsOf(parent: number, asOf: number): StoredObject[] {
    return this.#childOidsAsOf(parent, asOf).flatMap((oid) => this.#stored(oid, asOf) ?? []);
  }

  #childOidsAsOf(parent: number, asOf: number): number[] {
    const now = this.#children.get(parent)?.values() ?? [];
    if (asOf >= this.#last) return [...now];
    const candidates = new Set([...now, ...this.#touchedAfter(asOf)]);
    return [...candidates].filter((oid) => this.#asOf(oid, asOf)?.state.parent === parent);
  }

  #everything(): StoredObject[] {
    return [...this.#revisions.keys()].flatMap((oid) => this.#stored(oid, this.#last) ?? []);
  }

  /** The objects that later transactions changed, and the objects those were, became and are in. */
  #touchedAfter(serial: number): Set<number> {
    const touched = new Set<number>();
    const later = this.#transactions.filter(({ tid }) => tid > serial);
    for (const oid of later.flatMap(({ oids }) => oids)) {
      touched.add(oid);
      const revisions = this.#revisions.get(oid) ?? [];
      const first = Math.max(
        0,
        revisions.findLastIndex((revision) => revision.serial <= serial),
      );
      for (const { state } of revisions.slice(first)) if (state && state.parent !== null) touched.add(state.parent);
    }
    return touched;
  }

  #oldestReadable(): number {
    const oldest = this.#transactions[0];
    return oldest ? oldest.tid - 1 : this.#last;
  }

  #checkKnown(asOf: number): void {
    if (asOf < this.#oldestReadable()) throw new ConflictError('Too much has changed since this began. Try again.');
  }

  #runJoined(own: Reserved, joined: Joining | undefined): Reserved | void {
    try {
      return joined?.();
    } catch (error) {
      own.release();
      throw error;
    }
  }

  #write({ changes, time, user, description }: Batch): number {
    const serial = ++this.#last;
    for (const { oid } of changes) this.#leave(oid);
    for (const { oid, after: state, links } of changes) {
      const revisions = this.#revisions.get(oid) ?? [];
      revisions.push({ serial, time, user, description, state });
      this.#revisions.set(oid, revisions);
      if (state) this.#enter(state, links);
    }
    this.#transactions.push({ tid: serial, time, user, description, oids: changes.map(({ oid }) => oid) });
    if (this.#transactions.length > this.#keepTransactions) this.#forget();
    return serial;
  }

  #leave(oid: number): void {
    const now = this.#now(oid)?.state;
    if (!now) return;
    this.#links.delete(oid);
    const siblings = this.#children.get(now.parent);
    siblings?.delete(now.id);
    if (siblings?.size === 0) this.#children.delete(now.parent);
  }

  #enter(state: ObjectState, links: readonly Link[]): void {
    const siblings = this.#children.get(state.parent) ?? new Map<string, number>();
    this.#children.set(state.parent, siblings.set(state.id, state.oid));
    const distinct = new Map(links.map((link) => [JSON.stringify([link.property, link.path]), { ...link }]));
    if (links.length > 0) this.#links.set(state.oid, [...distinct.values()]);
  }

  #forget(): void {
    const oldest = this.#transactions.shift();
    const readable = this.#oldestReadable();
    for (const oid of oldest?.oids ?? []) {
      const revisions = this.#revisions.get(oid) ?? [];
      const kept = revisions.slice(
        Math.max(
          0,
          revisions.findLastIndex(({ serial }) => serial <= readable),
        ),
      );
      if (kept.length === 1 && !kept[0]?.state) this.#revisions.delete(oid);
      else this.#revisions.set(oid, kept);
    }
  }
}

function existing(revision: Revision | undefined): (Revision & { readonly state: ObjectState }) | undefined {
  return revision?.state ? { ...revision, state: revision.state } : undefined;
}

function byId(objects: readonly StoredObject[]): StoredObject[] {
  const compare = comparing('id', 'asc');
  return objects
    .map((object) => ({ object, keys: sortKeysOf(object, 0) }))
    .sort((a, b) => compare(a.keys, b.keys))
    .map(({ object }) => object);
}
