import type { SeenTree } from '../objects/tree-storages.ts';
import type { WholeResponse } from '../publisher/request.ts';

/** What a cache keeps under one key. */
export interface CachedPage {
  /** `null`: whoever asks is answered each for themselves, under a key of their own. */
  readonly response: WholeResponse | null;
  /** Neither a browser nor a proxy may keep a copy of it. */
  readonly isPrivate: boolean;
  /** The object whose view answered. */
  readonly oid: number;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** What it was made from, and how often the object had been invalidated then. */
  readonly seen: SeenTree;
  readonly generation: number;
  /** Users for whom it does not hold, because they own what others only see. */
  readonly owners: ReadonlySet<string>;
}

/** One answer as a backend lists it. */
export interface ListedPage {
  /** By which the backend itself finds it. */
  readonly name: string;
  readonly oid: number;
  readonly generation: number;
  readonly bytes: number;
}

export interface PageListing {
  readonly entries: readonly ListedPage[];
  /** Why not all can be seen; `null`: all can. */
  readonly trouble: string | null;
}

/** What a cache holds of one object. */
export interface CacheUsage {
  readonly entries: number;
  readonly bytes: number;
}

export interface UsageByObject extends Pick<PageListing, 'trouble'> {
  readonly byOid: ReadonlyMap<number, CacheUsage>;
}

/** Where a cache manager keeps pages. Keeping and finding may fail; the cache goes on without. */
export interface CacheBackend {
  get(oid: number, key: string, generation: number): Promise<CachedPage | undefined> | CachedPage | undefined;
  /** Keeps it for so long at most. What is too large for the backend is left out. */
  put(oid: number, key: string, kept: CachedPage, seconds: number): Promise<void> | void;
  list(): Promise<PageListing>;
  /** Forgets entries by their names. */
  drop(names: readonly string[]): Promise<void> | void;
  /** Other processes find what this one keeps. */
  readonly isShared: boolean;
}
