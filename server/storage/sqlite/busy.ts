import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { databaseLocked } from './problems.ts';

/** How long to wait for other processes' commits before giving up. */
const DEADLINE_MS = 5000;
/** Calls that cannot wait without blocking the process wait less. */
const BLOCKING_DEADLINE_MS = 250;
const LONGEST_PAUSE_MS = 8;

/**
 * Does what may find the database locked by another process, as often as it takes until the deadline. SQLite's own
 * waiting would block the event loop.
 */
export async function whenFree<Result>(action: () => Result, deadlineMs = DEADLINE_MS): Promise<Result> {
  const giveUp = performance.now() + deadlineMs;
  for (;;) {
    const done = attempt(action);
    if (done) return done.result;
    if (performance.now() > giveUp) throw databaseLocked();
    await sleep(pauseMs());
  }
}

/**
 * The same for callers that must have their answer at once. Commits take well under 20 ms, so the wait is short. Where it
 * was in vain, somebody holds the lock for long: until an action succeeds again, none is waited for.
 */
export class BlockingWait {
  #isInVain = false;

  whenFree<Result>(action: () => Result): Result {
    const giveUp = performance.now() + (this.#isInVain ? 0 : BLOCKING_DEADLINE_MS);
    for (;;) {
      const done = attempt(action);
      this.#isInVain = done === undefined && performance.now() >= giveUp;
      if (done) return done.result;
      if (this.#isInVain) throw databaseLocked();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs() / 4);
    }
  }
}

function attempt<Result>(action: () => Result): { readonly result: Result } | undefined {
  try {
    return { result: action() };
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(error.code);
}

function pauseMs(): number {
  return 1 + Math.random() * LONGEST_PAUSE_MS;
}
