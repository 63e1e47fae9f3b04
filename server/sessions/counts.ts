import { ConflictError, TooLarge } from '../base/errors.ts';
import { Traffic } from '../base/traffic.ts';
import { MemoryFull, ServerRefused } from '../memcache/errors.ts';
import { changedByBoth, SessionChanged } from './merge.ts';
import type { Write, Written } from './session-writer.ts';

/**
 * What happened to the sessions of one container since this process began to count: whole numbers, so that counting costs
 * nothing. What other processes do, what expires, and what ends by a raised generation number is not in it.
 */
export type SessionCounts = ReturnType<typeof newCounts>;

export function newCounts() {
  return {
    /** Sessions looked for in the store, found or not. */
    reads: 0,
    /** Changes that were stored. */
    writes: 0,
    touches: 0,
    begun: 0,
    ended: 0,
    /** Changes that another request had come before, and that were stored all the same. */
    merged: 0,
    /** Changes of what another request had changed too: the request is to be run again. */
    sameKeyRerun: 0,
    /** … that by `newest` replaced the other’s. */
    sameKeyNewest: 0,
    /** … that by `fail` were refused. */
    sameKeyFailed: 0,
    /** Requests that were run again and opened a session here, for whatever reason. */
    reruns: 0,
    /** Changes that were not stored: too large, or the server or the memory is full. */
    refused: 0,
    /** Sessions that this process knew, that were not ended, and that were found nowhere. */
    lost: 0,
    /** The store was out of reach, or a record could not be opened. */
    errors: 0,
  };
}

/** What goes to a container and from there to its store, with how long it takes. */
export interface SessionTraffic {
  /** Requests that used a session here: what they waited for it. */
  readonly requests: Traffic;
  /** Reads and writes of sessions. */
  readonly operations: Traffic;
}

export function newTraffic(): SessionTraffic {
  return { requests: new Traffic(), operations: new Traffic() };
}

export function countWrite(counts: SessionCounts, { base, changes, rule }: Write, { before }: Written): void {
  counts.writes += 1;
  if (before === base) return;
  counts.merged += 1;
  if (rule === 'newest' && changedByBoth(base.entries, before.entries, changes)) counts.sameKeyNewest += 1;
}

/** Whether it is an error, and not a refusal or a conflict. */
export function countFailure(counts: SessionCounts, error: unknown): boolean {
  const { errors } = counts;
  if (error instanceof ConflictError) counts.sameKeyRerun += 1;
  else if (error instanceof SessionChanged) counts.sameKeyFailed += 1;
  else if (error instanceof TooLarge || error instanceof ServerRefused || error instanceof MemoryFull)
    counts.refused += 1;
  else counts.errors += 1;
  return counts.errors > errors;
}
