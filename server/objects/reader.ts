import { visible } from '../../schema/invisible.ts';
import { parsePath } from '../../schema/paths.ts';
import { ContentDamaged, NotFound } from '../base/errors.ts';
import { compareById } from '../storage/order.ts';
import type { ChildQuery, Content, Blobs, PathLink, Revision, StoredObject } from '../storage/storage.ts';
import type { CapabilityName } from './capability.ts';
import type { Database } from './database.ts';
import { ROOT, TreeObject } from './object.ts';
import type { SeenTree, TreeStorages } from './tree-storages.ts';

/** One request's view of the tree: everything it reads is as of its beginning. */
export class TreeReader {
  readonly database: Database;
  readonly user: string | null;
  /** By which address the one who asks reached this server; `undefined` where nobody asks. */
  readonly origin: string | undefined;
  /** What is remembered for the length of the request that this is for; `undefined` outside of one. The publisher sets it. */
  scope: Map<symbol, unknown> | undefined;
  protected readonly storages: TreeStorages;
  protected readonly known = new Map<number, TreeObject>();

  constructor(database: Database, storages: TreeStorages, user: string | null, origin?: string) {
    this.database = database;
    this.storages = storages;
    this.user = user;
    this.origin = origin;
  }

  /** The number of the transaction that this view is as of. */
  get mainAsOf(): number {
    return this.storages.main.at.tid;
  }

  /** The same for what is in process memory. */
  get memoryAsOf(): number {
    return this.storages.memory.at.tid;
  }

  /** Whether what it sees is not only what is stored. */
  get hasChanges(): boolean {
    return false;
  }

  /** Whether this request sees what another saw. No: also where that is not known. */
  stillSees(seen: SeenTree): Promise<boolean> {
    return this.storages.stillHave(seen);
  }

  async root(): Promise<TreeObject> {
    const known = this.known.get(ROOT);
    if (known !== undefined) return known;
    const stored = await this.storages.main.load(ROOT);
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
    if (object === undefined) throw new NotFound(`There is no object at '${visible(path)}'.`);
    return object;
  }

  async findChild(parent: TreeObject, id: string): Promise<TreeObject | undefined> {
    const stored = await this.storages.below(parent).findChild(parent, id);
    return stored && this.#see(stored, parent);
  }

  async findByOid(oid: number): Promise<TreeObject | undefined> {
    const known = this.known.get(oid);
    if (known !== undefined) return known;
    const stored = await this.storages.of({ oid }).load(oid);
    if (stored === undefined) return undefined;
    const parent = stored.parent === null ? null : await this.findByOid(stored.parent);
    return parent === undefined ? undefined : this.#see(stored, parent);
  }

  /** One page of a folder's contents as they were when this request began. */
  async children(parent: TreeObject, query: ChildQuery): Promise<{ total: number; objects: readonly TreeObject[] }> {
    const page = await this.storages.below(parent).children(parent, query);
    return { total: page.total, objects: page.objects.map((stored) => this.#see(stored, parent)) };
  }

  /** How many objects a folder contains. */
  async childCount(folder: TreeObject): Promise<number> {
    if (folder.definition?.contains !== 'volatile') return folder.childCount;
    return (await this.children(folder, { offset: 0, limit: 0, sort: 'id', order: 'asc', filter: '' })).total;
  }

  /** How many of a folder's children stand before this id, in the order of ids. */
  async placeOf(folder: TreeObject, id: string): Promise<number> {
    let [before, after] = [0, await this.childCount(folder)];
    while (before < after) {
      const offset = Math.floor((before + after) / 2);
      const query: ChildQuery = { offset, limit: 1, sort: 'id', order: 'asc', filter: '' };
      const [child] = (await this.children(folder, query)).objects;
      if (child !== undefined && compareById(child.id, id) < 0) before = offset + 1;
      else after = offset;
    }
    return before;
  }

  /** The children of a folder that are of these types, by id. */
  async childrenOfTypes(folder: TreeObject, types: readonly string[]): Promise<readonly TreeObject[]> {
    const stored = await this.storages.below(folder).childrenOfTypes(folder, types);
    return stored.map((each) => this.#see(each, folder));
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

  /** Every object that is not removed, of the given types, anywhere; at most `limit`. */
  async ofTypes(types: readonly string[], limit: number): Promise<readonly TreeObject[]> {
    const found = await Promise.all(this.storages.both.map(({ storage }) => storage.objectsOfTypes(types, limit)));
    return this.#withOids(found.flat());
  }

  async search(text: string, limit: number): Promise<readonly TreeObject[]> {
    const found = await Promise.all(this.storages.both.map(({ storage }) => storage.search(text, limit)));
    return this.#withOids(found.flat().slice(0, limit));
  }

  /** Objects with a path property that leads to this object or into it. */
  async pointingTo(path: string): Promise<readonly { readonly object: TreeObject; readonly link: PathLink }[]> {
    const links = (await Promise.all(this.storages.both.map(({ storage }) => storage.linksTo(path)))).flat();
    const found = [];
    for (const link of links) {
      const object = await this.findByOid(link.oid);
      if (object !== undefined) found.push({ object, link });
    }
    return found;
  }

  /** What was done to an object, newest first. */
  revisions(object: TreeObject, limit: number): Promise<readonly Revision[]> {
    return this.storages.of(object).storage.revisions(object.oid, limit);
  }

  async findService(from: TreeObject, capability: CapabilityName): Promise<TreeObject | undefined> {
    const oid = await this.remembered(`${capability.name} for ${from.oid}`, async () => {
      return (await this.findServices(from, capability, 1))[0]?.oid;
    });
    return oid === undefined ? undefined : this.findByOid(oid);
  }

  /** Those that provide a capability among the children of each folder on the way to the root, nearest first. */
  async findServices(from: TreeObject, capability: CapabilityName, limit = Infinity): Promise<readonly TreeObject[]> {
    const types = this.database.types.providing(capability);
    const found: TreeObject[] = [];
    for (let folder: TreeObject | null = from; folder !== null && found.length < limit; folder = folder.parent) {
      found.push(...(await this.childrenOfTypes(folder, types)));
    }
    return found;
  }

  /** What follows from the tree alone: made once for each state of the tree, for all requests that see that state. */
  async remembered<T>(name: string, make: () => Promise<T>): Promise<T> {
    if (this.hasChanges) return make();
    const { values } = this.database.memoAt(this.mainAsOf, this.memoryAsOf);
    const known = values.get(name);
    if (known !== undefined) return known.value as T;
    const value = await make();
    if (!this.hasChanges) values.set(name, { value });
    return value;
  }

  /** Where the bytes of an object are kept. */
  blobsOf(object: TreeObject): Blobs {
    return this.storages.of(object).storage.blobs;
  }

  /** The bytes of an object, or a part of them, once all of them were found as they were stored. */
  async bytesOf(object: TreeObject, content: Content, from?: number, to?: number): Promise<AsyncIterable<Buffer>> {
    const blobs = this.blobsOf(object);
    await blobs.check(content).catch((error: unknown) => {
      throw error instanceof ContentDamaged ? new ContentDamaged(object.path) : error;
    });
    return blobs.read(content, from, to);
  }

  /** Whether an object can be moved to a folder: its storage keeps what that contains, so that it stays the same object. */
  isKeptBelow(object: TreeObject, folder: TreeObject): boolean {
    return this.storages.of(object) === this.storages.below(folder);
  }

  async #withOids(stored: readonly StoredObject[]): Promise<readonly TreeObject[]> {
    const objects = await Promise.all(stored.map(({ oid }) => this.findByOid(oid)));
    return objects.filter((object) => object !== undefined);
  }

  #see(stored: StoredObject, parent: TreeObject | null): TreeObject {
    const known = this.known.get(stored.oid);
    if (known !== undefined) return known;
    const object = new TreeObject(this, parent, stored, stored);
    this.known.set(stored.oid, object);
    return object;
  }
}
