import type { PageQuery } from '../base/page-query.ts';
import type { Tables } from './tables.ts';

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The bytes that an object has beside its properties, as its state names them. */
export interface Content {
  /** SHA-256 in base64url. */
  readonly hash: string;
  /** In bytes. */
  readonly size: number;
}

/** What is kept of one object. Everything else about it follows from its type. */
export interface ObjectState {
  /** Stable for the object's whole life, through rename and move. Negative: kept in process memory. */
  readonly oid: number;
  /** `null` for the root alone. */
  readonly parent: number | null;
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly owner: string | null;
  readonly properties: Readonly<Record<string, Json>>;
  /** The bytes of a file. They have to be staged before a state that names them is committed. */
  readonly content?: Content;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly modified: number;
  readonly modifiedBy: string | null;
  /** 1 for a new object, one more for each change. */
  readonly revision: number;
}

/** A state as storage gives it back: with its serial, the number of the transaction that wrote it. */
export interface StoredObject extends ObjectState {
  readonly serial: number;
  /** How many objects this one contains. Kept, never counted. */
  readonly childCount: number;
}

/** A path property's value, kept in an index so that "what points here" is one lookup. */
export interface PathLink {
  readonly property: string;
  readonly path: string;
}

/** One found in that index. */
export interface IndexedLink extends PathLink {
  readonly oid: number;
}

export interface Change {
  readonly oid: number;
  /** The serial the change was made from; `null` for a new object. Another one in storage is a conflict. */
  readonly basis: number | null;
  /** `null` deletes the object. */
  readonly after: ObjectState | null;
  readonly links: readonly PathLink[];
}

export interface Batch {
  readonly changes: readonly Change[];
  readonly user: string | null;
  /** What was done, in words: "Changed servers of /mcproxy". */
  readonly description: string;
  readonly time: number;
}

/**
 * A part of a commit that is kept elsewhere: checked, and held for this commit alone. One of the two is called once the
 * commit's fate is certain; neither can fail.
 */
export interface Reserved {
  write(): void;
  release(): void;
}

/** What goes with a commit. */
export interface CommitHooks {
  /** Checks and holds what is kept elsewhere, once and before anything is final. It throws to refuse the whole. */
  readonly reserve?: () => Reserved | undefined;
  /** Runs when the commit is final, never inside it, and cannot fail. */
  readonly committed?: () => void;
}

export interface Commit {
  readonly tid: number;
}

/** A moment of the storage. What later transactions did is not seen by reads as of it. */
export interface Snapshot {
  /** The newest transaction. */
  readonly tid: number;
}

export const SORTS = ['id', 'title', 'type', 'size', 'modified'] as const;
export type Sort = (typeof SORTS)[number];

/** The most objects that a look-up without a limit of its own gives. */
export const MAX_FOUND = 1000;

/** `filter`: only objects whose id, title or type contains this, in any case. */
export type ChildQuery = PageQuery<Sort>;

export interface ChildPage {
  /** How many match in all, not only on this page. */
  readonly total: number;
  readonly objects: readonly StoredObject[];
}

export interface Revision {
  readonly serial: number;
  readonly time: number;
  readonly user: string | null;
  readonly description: string;
  /** `null` where the object was deleted. */
  readonly state: ObjectState | null;
}

/** One commit, as the log tells of it. */
export interface Transaction {
  readonly tid: number;
  readonly time: number;
  readonly user: string | null;
  readonly description: string;
}

export interface LogQuery {
  readonly limit: number;
  /** Only transactions that came before this one: with the last `tid` of a page, the next page. */
  readonly before?: number;
}

/** What a transaction did to one object. */
export interface ObjectChange {
  readonly oid: number;
  /** As it was until then; `null` where it was not there. */
  readonly before: ObjectState | null;
  /** `null` where it was deleted. */
  readonly after: ObjectState | null;
}

/**
 * Where objects are kept. SQLite and memory implement it and pass the same contract suite (contract/contract.ts), and so
 * does a storage of the tests that is as slow, and as unsure of its commits, as one behind a network.
 *
 * Promises:
 * - A commit is atomic and, once it has returned, durable (as far as the storage is).
 * - Every change is checked against the serial it was made from; a mismatch, a taken (parent, id) or a missing parent
 *   throws ConflictError and changes nothing.
 * - Reads that take a snapshot are as of it: what later transactions did is not seen. The others are as of now.
 * - Every state that was ever committed is kept as a revision, until packed.
 * - Listings sort without regard to case, then by exact id; `desc` is the exact reverse. Text is compared by code points.
 * - A commit names only blobs that are there, whole; they stay as long as a revision names them.
 * - A NUL character or half a surrogate pair in an id, type, title, name of a user or link is refused (Invalid); in
 *   properties, which are JSON, it is kept.
 */
export interface Storage {
  /**
   * What is committed by now, by other processes too: whatever was acknowledged before this was called is in it. Cheap
   * enough for every request; those that begin together share a question that was not sent yet.
   */
  refresh(): Promise<Snapshot>;
  load(oid: number, at: Snapshot): Promise<StoredObject | undefined>;
  findChild(parent: number, id: string, at: Snapshot): Promise<StoredObject | undefined>;
  children(parent: number, query: ChildQuery, at: Snapshot): Promise<ChildPage>;
  /** Direct children of the given types, by id, at most MAX_FOUND. */
  childrenOfTypes(parent: number, types: readonly string[], at: Snapshot): Promise<readonly StoredObject[]>;
  /** Every object of the given types, as of now, at most `limit`. */
  objectsOfTypes(types: readonly string[], limit: number): Promise<readonly StoredObject[]>;
  /** Objects anywhere whose id, title or type contains the text, as of now, at most `limit`; ids that begin with it first. */
  search(text: string, limit: number): Promise<readonly StoredObject[]>;
  /** Objects (as of now) with a link to exactly this path or to one below it, by path, at most MAX_FOUND. */
  linksTo(path: string): Promise<readonly IndexedLink[]>;
  /**
   * The objects that transactions after this one touched, and those that these are or were in; `undefined` when too many
   * or no longer known: forget everything.
   */
  changedSince(tid: number): Promise<readonly number[] | undefined>;
  /** Newest first. */
  revisions(oid: number, limit: number): Promise<readonly Revision[]>;
  /** The log, newest first, as far back as revisions are kept. */
  transactions(query: LogQuery): Promise<readonly Transaction[]>;
  /** What a transaction did, by oid; nothing where it is not in the log. */
  changesOf(tid: number): Promise<readonly ObjectChange[]>;
  /** A new oid that nobody else was given. */
  newOid(): number;
  /**
   * Checks and writes. Where it is refused (ConflictError, most often) nothing was changed. Where it could not be found out
   * whether it was made, it throws CommitUnknown; what was reserved is held until that is settled. A batch without changes
   * makes no transaction: the hooks run, and the newest number is given.
   */
  commit(batch: Batch, hooks?: CommitHooks): Promise<Commit>;
  /** The bytes of files. */
  readonly blobs: Blobs;
  /** Logins, users, generations: small values outside revisions, undo and export. */
  readonly tables: Tables;
  /**
   * Runs `step` unless a step of this name ever ended well here; others that come meanwhile, in this process or another,
   * wait for it. Says whether it ran. It runs again where it threw or its process died, so its last act should be the
   * one commit that cannot be done twice.
   */
  once(name: string, step: () => Promise<void>): Promise<boolean>;
  /** Why no change is taken any more, in a sentence; `undefined` while they are. Looks now. */
  readonly problem: string | undefined;
  /**
   * Brings what is committed to where it lasts longest: now and then, and before something outside relies on it. Nobody
   * waits for it.
   */
  keepUp(): void;
  close(): void;
}

/** How long staged bytes wait for a commit that names them. */
export const STAGED_MS = 60_000;

/** Bytes that can be read in pieces, from the beginning and as often as it takes. */
export interface BlobSource extends Content {
  /** Pieces of this many bytes; the last may be shorter. Each is good until the next is asked for. */
  slices(bytes: number): AsyncIterable<Buffer>;
}

/** The bytes of files, by their hash: kept once, however many objects and revisions name them. */
export interface Blobs {
  /** Keeps bytes that a commit is about to name. Never holds the database for longer than one slice takes. */
  stage(source: BlobSource): Promise<void>;
  /** Throws ContentDamaged unless the bytes are those that were stored: looked at once in each process, then known. */
  check(content: Content): Promise<void>;
  /** The bytes from `from` up to `to`, which is left out; all of them unless said. Checks them before it gives any. */
  read(content: Content, from?: number, to?: number): AsyncIterable<Buffer>;
  /** Forgets what was staged and not named in time. */
  sweep(): Promise<void>;
}
