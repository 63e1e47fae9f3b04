import type { ChildPage, ChildQuery, Snapshot, Storage, StoredObject } from '../storage/storage.ts';
import type { Seen, StateCache } from './state-cache.ts';
import type { Database } from './database.ts';
import type { TreeObject } from './object.ts';

/** What a request saw of the tree. */
export interface SeenTree {
  readonly main: Seen;
  /** In process memory: `undefined` where it saw nothing there. */
  readonly memory: Seen | undefined;
}

/** The storages that a tree is kept in, each as of the beginning of a request. */
export class TreeStorages {
  /** On disk. */
  readonly main: StorageAsOf;
  /** In process memory: the contents of temporary folders. */
  readonly memory: StorageAsOf;

  constructor({ main, memory }: Database, mainAt: Snapshot, memoryAt: Snapshot) {
    this.main = new StorageAsOf(main, mainAt);
    this.memory = new StorageAsOf(memory, memoryAt);
  }

  /** As of now. Both are asked at once, so that a change of both is seen in both where it was acknowledged. */
  static async open(database: Database): Promise<TreeStorages> {
    const [main, memory] = await Promise.all([database.main.begin(), database.memory.begin()]);
    return new TreeStorages(database, main, memory);
  }

  get both(): readonly StorageAsOf[] {
    return [this.main, this.memory];
  }

  /** Where an object is kept. */
  of({ oid }: Pick<TreeObject, 'oid'>): StorageAsOf {
    return oid < 0 ? this.memory : this.main;
  }

  /** Where the contents of a folder are kept. */
  below(folder: TreeObject): StorageAsOf {
    return folder.definition?.contains === 'volatile' ? this.memory : this.of(folder);
  }

  /** Whether there still is what another request saw. No: also where that is not known. */
  async stillHave({ main, memory }: SeenTree): Promise<boolean> {
    return (await this.main.stillHas(main)) && (memory === undefined || this.memory.stillHas(memory));
  }
}

/** One of them. What is not as of a snapshot is asked of its `storage`, as of now. */
class StorageAsOf {
  readonly storage: Storage;
  readonly at: Snapshot;
  readonly #states: StateCache;

  constructor(states: StateCache, at: Snapshot) {
    this.#states = states;
    this.storage = states.storage;
    this.at = at;
  }

  load(oid: number): Promise<StoredObject | undefined> {
    return this.#states.load(oid, this.at);
  }

  findChild(folder: TreeObject, id: string): Promise<StoredObject | undefined> {
    return this.#states.findChild(folder.oid, id, this.at);
  }

  children(folder: TreeObject, query: ChildQuery): Promise<ChildPage> {
    return this.storage.children(folder.oid, query, this.at);
  }

  childrenOfTypes(folder: TreeObject, types: readonly string[]): Promise<readonly StoredObject[]> {
    return this.storage.childrenOfTypes(folder.oid, types, this.at);
  }

  stillHas(seen: Seen): Promise<boolean> {
    return this.#states.isStill(seen, this.at);
  }
}
