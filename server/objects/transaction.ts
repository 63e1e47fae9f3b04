import { ChangedTooLate } from '../base/errors.ts';
import type { Change, Content, Blobs, Json, ObjectState } from '../storage/storage.ts';
import { copyBlob } from './copy-blob.ts';
import { listenersTo, REMOVED } from './event.ts';
import { linksOf } from './links.ts';
import { TreeObject } from './object.ts';
import { TreeReader } from './reader.ts';
import { OtherVersion, versioned } from './versions.ts';

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

/** A view of the tree that can change it: it finds what it changed as it is now, and all of that waits for commit. */
export class TreeTransaction extends TreeReader {
  readonly #changed = new Map<number, TreeObject>();
  readonly #removed = new Map<number, TreeObject>();
  #isClosed = false;

  /** From here on the tree can be read and not be changed, because nobody would commit it. */
  close(): void {
    this.#isClosed = true;
  }

  override get hasChanges(): boolean {
    return this.#changed.size > 0 || this.#removed.size > 0;
  }

  override async findChild(parent: TreeObject, id: string): Promise<TreeObject | undefined> {
    for (const object of this.#changed.values()) if (object.parent === parent && object.id === id) return object;
    const object = await super.findChild(parent, id);
    if (object === undefined || this.#removed.has(object.oid)) return undefined;
    return object.id === id && object.parent === parent ? object : undefined;
  }

  override async findByOid(oid: number): Promise<TreeObject | undefined> {
    return this.#removed.has(oid) ? undefined : super.findByOid(oid);
  }

  override async childrenOfTypes(folder: TreeObject, types: readonly string[]): Promise<readonly TreeObject[]> {
    const there = (await super.childrenOfTypes(folder, types)).filter(({ oid }) => !this.#removed.has(oid));
    if (this.#changed.size === 0) return there;
    const changed = [...this.#changed.values()].filter(({ type }) => types.includes(type));
    const children = new Set([...there, ...changed].filter(({ parent }) => parent === folder));
    return [...children].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Where the bytes of what is added to a folder are kept. */
  blobsBelow(folder: TreeObject): Blobs {
    return this.storages.below(folder).storage.blobs;
  }

  /** An object as it would be in a folder, without adding it: for looking at what an addition would do. */
  draft(parent: TreeObject, made: NewObject): TreeObject {
    return new TreeObject(this, parent, this.#newState(parent, made, 0));
  }

  /** Puts a new object into a folder. The caller has checked id, type and properties. */
  add(parent: TreeObject, made: NewObject): TreeObject {
    const oid = this.storages.below(parent).storage.newOid();
    return this.#enter(new TreeObject(this, parent, this.#newState(parent, made, oid)));
  }

  /**
   * Puts a copy of an object into a folder, without what is in it. It is as stored, which also does for an object whose
   * type is not installed; all that the original did and was is not its own. The caller has checked the id.
   */
  async copy(object: TreeObject, parent: TreeObject, id: string): Promise<TreeObject> {
    const { content } = object;
    const [from, to] = [this.blobsOf(object), this.blobsBelow(parent)];
    if (content !== undefined && from !== to) {
      await this.bytesOf(object, content);
      await copyBlob(content, from, to);
    }
    const oid = this.storages.below(parent).storage.newOid();
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

  /**
   * Writes what was changed, all or nothing. Throws ConflictError where somebody else's change came first. What is in memory
   * is checked and held before the rest is final, and written after.
   */
  async commit(description: string): Promise<void> {
    const all = this.#changes();
    const of = (inMemory: boolean) => all.filter((change) => change.oid < 0 === inMemory);
    const batch = { user: this.user, description, time: this.database.clock() };
    const inMemory = { ...batch, changes: of(true) };
    const onDisk = { ...batch, changes: of(false) };
    const { main, memoryStorage } = this.database;
    const committed = () => this.#removed.forEach((object) => this.#tellRemoved(object));
    if (onDisk.changes.length === 0) await memoryStorage.commit(inMemory, { committed });
    else if (inMemory.changes.length === 0) await main.storage.commit(onDisk, { committed });
    else await main.storage.commit(onDisk, { reserve: () => memoryStorage.reserve(inMemory), committed });
  }

  /** Everything is committed: whatever fails here is no reason to refuse it, nor to pass over the others. */
  #tellRemoved(object: TreeObject): void {
    const report = (error: unknown) => {
      const { type, path } = object;
      this.database.log.error({ err: error, type, path }, 'What follows the removal of an object failed');
    };
    const { definition } = object;
    for (const follow of definition === undefined ? [] : listenersTo(REMOVED, definition)) {
      try {
        const following = follow(object);
        if (following instanceof Promise) following.catch(report);
      } catch (error) {
        report(error);
      }
    }
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new TreeAlreadyWritten();
  }

  #enter(object: TreeObject): TreeObject {
    this.#mustBeOpen();
    this.known.set(object.oid, object);
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
    const removed = [...this.#removed.values()].reverse();
    const gone = removed.map(({ oid, basis }) => ({ oid, basis, after: null, links: [] }));
    return [...made, ...gone].filter((change) => change.basis !== null || change.after !== null);
  }
}

function isSame(a: ObjectState, b: ObjectState): boolean {
  const isPlacedAlike = a.parent === b.parent && a.id === b.id;
  const isFilledAlike = a.title === b.title && a.content?.hash === b.content?.hash;
  return isPlacedAlike && isFilledAlike && JSON.stringify(a.properties) === JSON.stringify(b.properties);
}
