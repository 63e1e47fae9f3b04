import type { Clock } from '../../base/clock.ts';
import { wallClock } from '../../base/clock.ts';
import { ConflictError } from '../../base/errors.ts';
import { changedMeanwhile, checkBatch, contentGone } from '../batch.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import { frozenCopy } from '../frozen.ts';
import { MemoryTables } from './memory-tables.ts';
import { byId, compareText, comparing, fold, matches, sortKeysOf } from '../order.ts';
import { checkPlaces } from './places.ts';
import { MemoryHistory } from './memory-history.ts';
import type {
  Batch,
  Change,
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
import { MAX_FOUND } from '../storage.ts';

interface MemoryOptions {
  readonly clock?: Clock;
  /** The children of objects kept elsewhere: a parent with a positive oid, which is never one of ours, is taken to exist. */
  readonly mounted?: boolean;
  /** How many transactions to remember. Older revisions are dropped, because memory is not for history. */
  readonly keepTransactions?: number;
}

/** Objects in process memory: what a Temporary Folder contains, and the storage of tests. Its oids are negative. */
export class MemoryStorage implements Storage {
  readonly blobs: MemoryBlobs;
  readonly tables: MemoryTables;
  readonly problem = undefined;
  readonly #mounted: boolean;
  readonly #history: MemoryHistory;
  readonly #steps = new Map<string, Promise<void>>();
  #lastOid = 0;
  /** What is about to be written, whatever else comes. */
  #reserved: readonly Change[] | undefined;

  constructor({ clock = wallClock, mounted = false, keepTransactions = 1000 }: MemoryOptions = {}) {
    this.#mounted = mounted;
    this.#history = new MemoryHistory(keepTransactions);
    this.blobs = new MemoryBlobs(clock, (hash) => this.#names(hash));
    this.tables = new MemoryTables(clock);
  }

  async refresh(): Promise<Snapshot> {
    return { tid: this.#history.last };
  }

  async load(oid: number, { tid }: Snapshot): Promise<StoredObject | undefined> {
    this.#history.checkKnown(tid);
    return this.#history.stored(oid, tid);
  }

  async findChild(parent: number, id: string, { tid }: Snapshot): Promise<StoredObject | undefined> {
    this.#history.checkKnown(tid);
    if (tid < this.#history.last) return this.#history.childrenAsOf(parent, tid).find((child) => child.id === id);
    const oid = this.#history.childrenNow(parent).get(id);
    return oid === undefined ? undefined : this.#history.stored(oid, tid);
  }

  async children(parent: number, query: ChildQuery, { tid }: Snapshot): Promise<ChildPage> {
    this.#history.checkKnown(tid);
    const filter = fold(query.filter);
    const found = this.#history
      .childrenAsOf(parent, tid)
      .map((object) => ({ object, keys: sortKeysOf(object, object.childCount) }))
      .filter(({ keys }) => matches(keys, filter));
    const compare = comparing(query.sort, query.order);
    found.sort((a, b) => compare(a.keys, b.keys));
    const page = found.slice(query.offset, query.offset + query.limit);
    return { total: found.length, objects: page.map(({ object }) => object) };
  }

  async childrenOfTypes(parent: number, types: readonly string[], { tid }: Snapshot): Promise<readonly StoredObject[]> {
    this.#history.checkKnown(tid);
    const found = this.#history.childrenAsOf(parent, tid).filter(({ type }) => types.includes(type));
    return byId(found).slice(0, MAX_FOUND);
  }

  async objectsOfTypes(types: readonly string[], limit: number): Promise<readonly StoredObject[]> {
    const found = this.#history.everything().filter(({ type }) => types.includes(type));
    return found.slice(0, limit);
  }

  async search(text: string, limit: number): Promise<readonly StoredObject[]> {
    const sought = fold(text);
    const found = this.#history.everything().filter((object) => matches(sortKeysOf(object, 0), sought));
    const first = byId(found.filter(({ id }) => fold(id).startsWith(sought)));
    const rest = found.filter(({ id }) => !fold(id).startsWith(sought));
    return [...first, ...rest].slice(0, limit);
  }

  async linksTo(path: string): Promise<readonly IndexedLink[]> {
    const below = path === '/' ? '/' : `${path}/`;
    const found = [];
    for (const [oid, links] of this.#history.links()) {
      for (const link of links) if (link.path === path || link.path.startsWith(below)) found.push({ oid, ...link });
    }
    found.sort((a, b) => compareText(a.path, b.path) || a.oid - b.oid || compareText(a.property, b.property));
    return found.slice(0, MAX_FOUND);
  }

  async changedSince(tid: number): Promise<readonly number[] | undefined> {
    if (tid < this.#history.oldest) return undefined;
    return [...this.#history.touchedAfter(tid)];
  }

  async revisions(oid: number, limit: number): Promise<readonly Revision[]> {
    return this.#history.revisions(oid).slice(0, limit);
  }

  async transactions({ limit, before = Infinity }: LogQuery): Promise<readonly Transaction[]> {
    const earlier = this.#history.transactions().filter(({ tid }) => tid < before);
    return earlier.slice(0, limit);
  }

  async changesOf(tid: number): Promise<readonly ObjectChange[]> {
    return this.#history.changesOf(tid);
  }

  newOid(): number {
    return --this.#lastOid;
  }

  async commit(batch: Batch, { reserve, committed }: CommitHooks = {}): Promise<Commit> {
    const own = this.reserve(batch);
    let other: Reserved | undefined;
    try {
      other = reserve?.();
    } catch (error) {
      own.release();
      throw error;
    }
    own.write();
    other?.write();
    committed?.();
    return { tid: this.#history.last };
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
      if (changes.length > 0) this.#history.write({ ...batch, changes });
    };
    return { write, release };
  }

  async once(name: string, step: () => Promise<void>): Promise<boolean> {
    for (let running = this.#steps.get(name); running; running = this.#steps.get(name)) {
      const [ended] = await Promise.allSettled([running]);
      if (ended.status === 'fulfilled') return false;
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
      if ((this.#history.now(oid)?.serial ?? null) !== basis) throw changedMeanwhile(oid);
    }
    checkPlaces(batch, {
      holds: (oid) => (this.#mounted && oid > 0) || this.#history.now(oid) !== undefined,
      parentOf: (oid) => this.#history.now(oid)?.state.parent,
      childrenOf: (parent) => this.#history.childrenNow(parent),
    });
    const isThere = ({ after }: Change) => !after?.content || this.blobs.has(after.content.hash);
    if (!batch.changes.every(isThere)) throw contentGone();
  }

  #names(hash: string): boolean {
    return this.#reserved?.some(({ after }) => after?.content?.hash === hash) === true || this.#history.names(hash);
  }
}
