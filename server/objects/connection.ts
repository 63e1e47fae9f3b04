import { ChangedTooLate, ContentDamaged, NotFound } from '../base/errors.ts';
import { parsePath } from '../../schema/paths.ts';
import type {
  Change,
  ChildQuery,
  Content,
  Contents,
  Json,
  Link,
  ObjectState,
  Revision,
  StoredObject,
} from '../storage/storage.ts';
import type { Seen, StateCache } from './cache.ts';
import { carry } from './copy-blob.ts';
import type { Database } from './database.ts';
import { linksOf } from './links.ts';
import { ROOT, TreeObject } from './object.ts';
import { OtherVersion, versioned } from './versions.ts';

/** What a request saw of the tree. */
export interface SeenTree {
  readonly main: Seen;
  /** In process memory: `undefined` where it saw nothing there. */
  readonly memory: Seen | undefined;
}

export interface NewObject {
  readonly type: string;
  readonly id: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly content?: Content;
}

/** A change of the tree that comes too late to be committed. */
export class TreeAlreadyWritten extends ChangedTooLate {
  constructor() {
    super(
      500,
      'tree-already-written',
      'This request is over for the tree: what is changed now would not be committed. Change it before the view returns, ' +
        'and not in an answer that streams or in work that goes on without it. Nothing was changed.',
    );
  }
}

/** One request's view of the tree: everything it reads is as of its beginning, everything it changes waits for commit. */
export class Connection {
  readonly database: Database;
  readonly user: string | null;
  /** By which address the one who asks reached this server; `undefined` where nobody asks. */
  readonly origin: string | undefined;
  readonly #mainAsOf: number;
  readonly #memoryAsOf: number;
  readonly #objects = new Map<number, TreeObject>();
  readonly #changed = new Map<number, TreeObject>();
  readonly #removed = new Map<number, TreeObject>();
  #isClosed = false;
  #scope: Map<symbol, unknown> | undefined;

  constructor(database: Database, user: string | null, origin?: string) {
    this.database = database;
    this.user = user;
    this.origin = origin;
    this.#mainAsOf = database.main.begin();
    this.#memoryAsOf = database.memory.begin();
  }

  /** The number of the transaction that this view is as of. */
  get mainAsOf(): number {
    return this.#mainAsOf;
  }

  /** The same for what is in process memory. */
  get memoryAsOf(): number {
    return this.#memoryAsOf;
  }

  /** What is remembered for the length of the request that this is for; `undefined` outside of one. */
  get scope(): Map<symbol, unknown> | undefined {
    return this.#scope;
  }

  /** From here on it is for one request, until the scope is ended. */
  beginScope(): Map<symbol, unknown> {
    return (this.#scope = new Map());
  }

  endScope(): void {
    this.#scope = undefined;
  }

  /** From here on the tree can be read and not be changed, because nobody would commit it. */
  close(): void {
    this.#isClosed = true;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0 || this.#removed.size > 0;
  }

  async root(): Promise<TreeObject> {
    const known = this.#objects.get(ROOT);
    if (known !== undefined) return known;
    const stored = await this.database.main.load(ROOT, this.#mainAsOf);
    if (stored === undefined) throw new Error('The tree has no root.');
    return this.#see(stored, null);
  }

  /** The object at a path, or nothing: also where the path is no path. */
  async find(path: string): Promise<TreeObject | undefined> {
    const ids = parsePath(path);
    if (ids === undefined) return undefined;
    let object: TreeObject | undefined = await this.root();
    for (const id of ids) {
      object = await this.findChild(object, id);
      if (object === undefined) return undefined;
    }
    return object;
  }

  async get(path: string): Promise<TreeObject> {
    const object = await this.find(path);
    if (object === undefined) throw new NotFound(`There is no object at '${path}'.`);
    return object;
  }

  async findChild(parent: TreeObject, id: string): Promise<TreeObject | undefined> {
    for (const object of this.#changed.values()) if (object.parent === parent && object.id === id) return object;
    const store = this.#storeBelow(parent);
    const stored = await store.findChild(parent.oid, id, this.#asOf(store));
    if (stored === undefined || this.#removed.has(stored.oid)) return undefined;
    const object = this.#see(stored, parent);
    return object.id === id && object.parent === parent ? object : undefined;
  }

  async findByOid(oid: number): Promise<TreeObject | undefined> {
    if (this.#removed.has(oid)) return undefined;
    const known = this.#objects.get(oid);
    if (known !== undefined) return known;
    const store = this.#storeOf(oid);
    const stored = await store.load(oid, this.#asOf(store));
    if (stored === undefined) return undefined;
    const parent = stored.parent === null ? null : await this.findByOid(stored.parent);
    return parent === undefined ? undefined : this.#see(stored, parent);
  }

  /** Whether this request sees what another saw. No: also where that is not known. */
  async stillSees({ main, memory }: SeenTree): Promise<boolean> {
    if (!(await this.database.main.isStill(main, this.#mainAsOf))) return false;
    return memory === undefined || this.database.memory.isStill(memory, this.#memoryAsOf);
  }

  /** One page of a folder's contents as they were when this request began. */
  async children(parent: TreeObject, query: ChildQuery): Promise<{ total: number; objects: readonly TreeObject[] }> {
    const store = this.#storeBelow(parent);
    const page = await store.storage.children(parent.oid, query, this.#asOf(store));
    return { total: page.total, objects: page.objects.map((stored) => this.#see(stored, parent)) };
  }

  /** How many objects a folder contains. */
  async childCount(folder: TreeObject): Promise<number> {
    if (folder.definition?.contains !== 'volatile') return folder.childCount;
    return (await this.children(folder, { offset: 0, limit: 0, sort: 'id', order: 'asc', filter: '' })).total;
  }

  /** Every object that is not removed, of the given types, anywhere; at most `limit`. */
  async ofTypes(types: readonly string[], limit: number): Promise<readonly TreeObject[]> {
    const found = await Promise.all(
      [this.database.main, this.database.memory].map((store) => store.storage.objectsOfTypes(types, limit)),
    );
    return this.#known(found.flat().map((stored) => stored.oid));
  }

  async search(text: string, limit: number): Promise<readonly TreeObject[]> {
    const found = await Promise.all(
      [this.database.main, this.database.memory].map((store) => store.storage.search(text, limit)),
    );
    return this.#known(
      found
        .flat()
        .map((stored) => stored.oid)
        .slice(0, limit),
    );
  }

  /** Objects with a path property that leads to this object or into it. */
  async pointingTo(path: string): Promise<readonly { readonly object: TreeObject; readonly link: Link }[]> {
    const links = (
      await Promise.all([this.database.main, this.database.memory].map((store) => store.storage.linksTo(path)))
    ).flat();
    const found = [];
    for (const link of links) {
      const object = await this.findByOid(link.oid);
      if (object !== undefined) found.push({ object, link });
    }
    return found;
  }

  /** What was done to an object, newest first. */
  revisions(object: TreeObject, limit: number): Promise<readonly Revision[]> {
    return this.#storeOf(object.oid).storage.revisions(object.oid, limit);
  }

  /** Where the bytes of an object are kept. */
  contentsOf(object: TreeObject): Contents {
    return this.#storeOf(object.oid).storage.contents;
  }

  /** The bytes of an object, or a part of them, once all of them were found as they were stored. */
  async bytesOf(object: TreeObject, content: Content, from?: number, to?: number): Promise<AsyncIterable<Buffer>> {
    const contents = this.contentsOf(object);
    await contents.check(content).catch((error: unknown) => {
      throw error instanceof ContentDamaged ? new ContentDamaged(object.path) : error;
    });
    return contents.read(content, from, to);
  }

  /** Where the bytes of what is added to a folder are kept. */
  contentsBelow(folder: TreeObject): Contents {
    return this.#storeBelow(folder).storage.contents;
  }

  /** Whether an object can be moved to a folder: its storage keeps what that contains, so that it stays the same object. */
  isKeptBelow(object: TreeObject, folder: TreeObject): boolean {
    return this.#storeOf(object.oid) === this.#storeBelow(folder);
  }

  /** An object as it would be in a folder, without adding it: for looking at what an addition would do. */
  imagine(parent: TreeObject, made: NewObject): TreeObject {
    return new TreeObject(this, parent, this.#newState(parent, made, 0));
  }

  async findService(from: TreeObject, capability: string): Promise<TreeObject | undefined> {
    const oid = await this.remembered(`${capability} for ${from.oid}`, async () => {
      return (await this.findServices(from, capability, 1))[0]?.oid;
    });
    return oid === undefined ? undefined : this.findByOid(oid);
  }

  /** Those that provide a capability among the children of each folder on the way to the root, nearest first. */
  async findServices(from: TreeObject, capability: string, limit = Infinity): Promise<readonly TreeObject[]> {
    const types = this.database.types.providing(capability);
    const found: TreeObject[] = [];
    for (let folder: TreeObject | null = from; folder !== null && found.length < limit; folder = folder.parent) {
      found.push(...(await this.childrenOfTypes(folder, types)));
    }
    return found;
  }

  /** The children of a folder that are of these types, by id; also those that this request put there. */
  async childrenOfTypes(folder: TreeObject, types: readonly string[]): Promise<readonly TreeObject[]> {
    const store = this.#storeBelow(folder);
    const stored = await store.storage.childrenOfTypes(folder.oid, types, this.#asOf(store));
    const there = stored.filter(({ oid }) => !this.#removed.has(oid)).map((each) => this.#see(each, folder));
    if (this.#changed.size === 0) return there;
    const changed = [...this.#changed.values()].filter(({ type }) => types.includes(type));
    const children = new Set([...there, ...changed].filter(({ parent }) => parent === folder));
    return [...children].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** What follows from the tree alone: made once for each state of the tree, for all requests that see that state. */
  async remembered<T>(name: string, make: () => Promise<T>): Promise<T> {
    if (this.hasChanges) return make();
    const { values } = this.database.memoAt(this.#mainAsOf, this.#memoryAsOf);
    const known = values.get(name);
    if (known !== undefined) return known.value as T;
    const value = await make();
    if (!this.hasChanges) values.set(name, { value });
    return value;
  }

  /** Puts a new object into a folder. The caller has checked id, type and properties. */
  add(parent: TreeObject, made: NewObject): TreeObject {
    const oid = this.#storeBelow(parent).storage.newOid();
    return this.#enter(new TreeObject(this, parent, this.#newState(parent, made, oid)));
  }

  /**
   * Puts a copy of an object into a folder, without what is in it. It is as stored, which also does for an object whose
   * type is not installed; all that the original did and was is not its own. The caller has checked the id.
   */
  async copy(object: TreeObject, parent: TreeObject, id: string): Promise<TreeObject> {
    const { content } = object;
    const [from, to] = [this.contentsOf(object), this.contentsBelow(parent)];
    if (content !== undefined && from !== to) {
      await this.bytesOf(object, content);
      await carry(content, from, to);
    }
    const oid = this.#storeBelow(parent).storage.newOid();
    const state = { ...object.state, ...this.#beginning(), oid, parent: parent.oid, id };
    return this.#enter(new TreeObject(this, parent, state));
  }

  /** Changes the named properties and, if given, title, id, folder or content. What equals the old is no change. */
  change(
    object: TreeObject,
    to: {
      id?: string;
      title?: string;
      folder?: TreeObject;
      properties?: Readonly<Record<string, unknown>>;
      content?: Content;
    },
  ): boolean {
    this.#checkVersion(object);
    const parent = to.folder ?? object.parent;
    const state = { ...object.state, properties: object.stored };
    const properties = { ...state.properties, ...(to.properties as Record<string, Json> | undefined) };
    const content = to.content ?? state.content;
    const named = { ...state, id: to.id ?? state.id, title: to.title ?? state.title, properties };
    const next = { ...named, parent: parent === null ? null : parent.oid, ...(content && { content }) };
    if (isSame(state, next)) return false;
    this.#mustBeOpen();
    const revision = this.#changed.has(object.oid) ? state.revision : state.revision + 1;
    object.replaceState({ ...next, modified: this.database.clock(), modifiedBy: this.user, revision }, parent);
    this.#changed.set(object.oid, object);
    return true;
  }

  /** Takes an object and everything in it out of the tree; gives how many objects that were. */
  async remove(object: TreeObject): Promise<number> {
    const inside = await this.inside(object);
    this.#mustBeOpen();
    for (const each of [object, ...inside]) {
      this.#changed.delete(each.oid);
      this.#removed.set(each.oid, each);
    }
    return inside.length + 1;
  }

  /** Every object inside this one, parents before their children; of more than `most`, only some more than that. */
  async inside(object: TreeObject, most = Infinity): Promise<readonly TreeObject[]> {
    const found: TreeObject[] = [];
    const folders = [object];
    for (let folder = folders.pop(); folder !== undefined && found.length <= most; folder = folders.pop()) {
      if ((await this.childCount(folder)) === 0) continue;
      for (let offset = 0; ; offset += 1000) {
        const query: ChildQuery = { offset, limit: 1000, sort: 'id', order: 'asc', filter: '' };
        const { objects } = await this.children(folder, query);
        found.push(...objects);
        folders.push(...objects);
        if (objects.length < 1000 || found.length > most) break;
      }
    }
    return found;
  }

  /** Writes what was changed, all or nothing. Throws ConflictError where somebody else's change came first. */
  async commit(description: string): Promise<void> {
    const all = this.#changes();
    const of = (inMemory: boolean) => all.filter((change) => change.oid < 0 === inMemory);
    const batch = { user: this.user, description, time: this.database.clock() };
    const inMemory = of(true);
    const onDisk = of(false);
    const { main, memoryStorage } = this.database;
    const reserve = () => (inMemory.length > 0 ? memoryStorage.reserve({ ...batch, changes: inMemory }) : undefined);
    if (onDisk.length > 0) await main.storage.commit({ ...batch, changes: onDisk }, reserve);
    else reserve()?.write();
    for (const object of this.#removed.values()) this.#tellRemoved(object);
  }

  /** Everything is committed: whatever fails here is no reason to refuse it, nor to pass over the others. */
  #tellRemoved(object: TreeObject): void {
    const report = (error: unknown) => {
      const { type, path } = object;
      this.database.log.error({ err: error, type, path }, 'What follows the removal of an object failed');
    };
    try {
      const following: unknown = object.definition?.on?.removed?.(object);
      if (following instanceof Promise) following.catch(report);
    } catch (error) {
      report(error);
    }
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new TreeAlreadyWritten();
  }

  #enter(object: TreeObject): TreeObject {
    this.#mustBeOpen();
    this.#objects.set(object.oid, object);
    this.#changed.set(object.oid, object);
    return object;
  }

  #checkVersion({ definition, path, stored, state }: TreeObject): void {
    const isOlder = definition !== undefined && stored !== state.properties;
    if (isOlder && this.database.isGuest) throw new OtherVersion(path, definition, state.properties);
  }

  #newState(parent: TreeObject, made: NewObject, oid: number): ObjectState {
    return {
      oid,
      parent: parent.oid,
      id: made.id,
      type: made.type,
      title: made.title ?? '',
      properties: versioned(this.database.types.find(made.type), (made.properties ?? {}) as Record<string, Json>),
      ...(made.content && { content: made.content }),
      ...this.#beginning(),
    };
  }

  #beginning() {
    const now = this.database.clock();
    return { owner: this.user, created: now, modified: now, modifiedBy: this.user, revision: 1 };
  }

  #changes(): readonly Change[] {
    const made = [...this.#changed.values()].map((object) => ({
      oid: object.oid,
      basis: object.basis,
      after: object.state,
      links: linksOf(object),
    }));
    // Deepest first, so that no object is left without its parent.
    const gone = [...this.#removed.values()].reverse().map((object) => ({
      oid: object.oid,
      basis: object.basis,
      after: null,
      links: [],
    }));
    return [...made, ...gone].filter((change) => change.basis !== null || change.after !== null);
  }

  async #known(oids: readonly number[]): Promise<readonly TreeObject[]> {
    const objects = await Promise.all(oids.map((oid) => this.findByOid(oid)));
    return objects.filter((object) => object !== undefined);
  }

  #see(stored: StoredObject, parent: TreeObject | null): TreeObject {
    const known = this.#objects.get(stored.oid);
    if (known !== undefined) return known;
    const object = new TreeObject(this, parent, stored, stored);
    this.#objects.set(stored.oid, object);
    return object;
  }

  #storeOf(oid: number): StateCache {
    return oid < 0 ? this.database.memory : this.database.main;
  }

  #storeBelow(parent: TreeObject): StateCache {
    return parent.definition?.contains === 'volatile' ? this.database.memory : this.#storeOf(parent.oid);
  }

  #asOf(store: StateCache): number {
    return store === this.database.main ? this.#mainAsOf : this.#memoryAsOf;
  }
}

function isSame(a: ObjectState, b: ObjectState): boolean {
  const isPlacedAlike = a.parent === b.parent && a.id === b.id;
  const isFilledAlike = a.title === b.title && a.content?.hash === b.content?.hash;
  return isPlacedAlike && isFilledAlike && JSON.stringify(a.properties) === JSON.stringify(b.properties);
}
