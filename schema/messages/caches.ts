import type { HistoryTimes, Series } from './history.ts';

/** A cache manager that an object may choose. */
export interface CacheManagerItem {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  readonly icon: string;
  readonly title: string;
}

/** GET /api/<object>/@cache */
export interface CacheMessage {
  /** The id of the chosen manager; empty: none. */
  readonly manager: string;
  /** Those that are found from the object upward, nearest first. */
  readonly managers: readonly CacheManagerItem[];
  /** Whether the caller may change this. */
  readonly mayChange: boolean;
}

/** POST /api/<object>/@cache, …/@invalidate and what a cache manager's tabs change. */
export interface CacheAnswer {
  /** What was done, as a sentence. */
  readonly line: string;
}

/** One row of GET /api/<cache manager>/@associations */
export interface AssociationItem {
  readonly path: string;
  readonly type: string;
  readonly icon: string;
  readonly title: string;
  /** The id of the manager that the object has chosen; empty: none. */
  readonly manager: string;
  readonly isAssociated: boolean;
  /** Whether the caller may change this. */
  readonly mayChange: boolean;
}

/** GET /api/<cache manager>/@associations?show&type&deep */
export interface AssociationsMessage {
  /** The types of which the objects' answers may be kept. */
  readonly types: readonly { readonly type: string; readonly icon: string }[];
  /** The folder in which was looked. */
  readonly folder: string;
  readonly items: readonly AssociationItem[];
  /** There are more than are listed. */
  readonly hasMore: boolean;
}

/** One object of GET /api/<cache manager>/@statistics */
export interface CacheRow {
  readonly path: string;
  readonly icon: string;
  /** In this process, since the object was last invalidated. */
  readonly hits: number;
  /** Of the last 15 minutes. */
  readonly recentHits: number;
  readonly misses: number;
  readonly entries: number;
  readonly bytes: number;
  /** The paths by which it was asked for. */
  readonly views: readonly string[];
}

/** GET /api/<cache manager>/@statistics */
export interface CacheStatisticsMessage extends HistoryTimes {
  /** A second. */
  readonly hits: Series;
  readonly misses: Series;
  /** Since when hits and misses are counted. */
  readonly since: string;
  /** Where what is kept cannot be seen right now: why. Hits and misses are known all the same. */
  readonly trouble: string | null;
  readonly rows: readonly CacheRow[];
}
