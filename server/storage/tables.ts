import type { Json } from './storage.ts';

export type TableEntries<Value> = readonly (readonly [key: string, value: Value])[];

/** Small durable values by key, outside revisions, undo and export. Several processes see each other's. */
export interface Tables {
  keyed<Value extends Json>(name: string): KeyedTable<Value>;
  /** Reads the table, and keeps it read. A name is that of a small table or of a keyed one, always. */
  small<Value extends Json>(name: string): Promise<SmallTable<Value>>;
}

interface Table<Value extends Json> {
  readonly name: string;
  /**
   * Runs a step in which this table, and others with it, are read as they are now and written: as one transaction, nothing
   * of which stays where the step throws. It may be run more than once before it counts, so it does nothing else. Waits for
   * other processes without holding up this one, and gives up after 5 s (Unavailable).
   */
  update<Result>(step: (draft: Draft<Value>, draftOf: DraftOf) => Result): Promise<Result>;
}

/** A table that may grow without bound: logins, reveals. It is asked at each call. */
export interface KeyedTable<Value extends Json> extends Table<Value> {
  get(key: string): Promise<Value | undefined>;
  /** What has not expired and begins with the prefix, by key. */
  entries(prefix?: string): Promise<TableEntries<Value>>;
}

/**
 * A table of what is read all the time, and changes rarely: users, generations. All of it is in memory, as of the newest
 * look at what others committed, and with all that this process wrote.
 */
export interface SmallTable<Value extends Json> extends Table<Value> {
  get(key: string): Value | undefined;
  entries(prefix?: string): TableEntries<Value>;
}

/** A table within a step: with what the step itself has written. */
export interface Draft<Value extends Json> {
  get(key: string): Value | undefined;
  entries(prefix?: string): TableEntries<Value>;
  /** `expires` (milliseconds since 1970): from then on the entry is as if deleted. */
  set(key: string, value: Value, expires?: number): void;
  /** Stores only where nothing is stored; says whether it did. */
  add(key: string, value: Value, expires?: number): boolean;
  /** Says whether there was something. */
  delete(key: string): boolean;
}

/** Gives the draft of another table of the same storage. */
export type DraftOf = <Value extends Json>(table: KeyedTable<Value> | SmallTable<Value>) => Draft<Value>;
