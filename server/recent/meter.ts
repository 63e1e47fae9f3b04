import type { Counts } from './figures.ts';
import type { Sketch } from './sketch.ts';

/** Which sessions a process saw used in a slice of time, and how many of them left meanwhile. */
export interface SliceOfUses {
  /** What the keys of the sessions begin with, and how long the slice is: others are told apart by it. */
  readonly scope: string;
  /** In seconds since 1970. */
  readonly from: number;
  /** Until when it is of interest. */
  readonly until: number;
  readonly sketch: Sketch;
  left: number;
}

/** Where a process counts what happens to one thing. */
export interface Meter {
  /** Of what: see `subjectOf`. */
  readonly subject: string;
  /** What was counted since it was taken last; `undefined`: nothing. */
  take(): Counts | undefined;
  /** The time goes on: it is so late, in seconds since 1970. */
  turn?(now: number): void;
  /** Sessions that were seen since they were taken last. */
  takeSlices?(): readonly SliceOfUses[];
}

/** The name of an object in what is recorded: it stays when the object is renamed, or when what is in memory is made anew. */
export function subjectOf({ oid, path }: { readonly oid: number; readonly path: string }): string {
  return oid > 0 ? String(oid) : path;
}
