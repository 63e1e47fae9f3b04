import Database from 'better-sqlite3';
import { whenFree } from './busy.ts';
import type { KeyedTable } from '../tables.ts';

const DEADLINE_MS = 30_000;

/**
 * Runs a step once for all processes that share a database. The lock is SQLite's own, on a file beside the database, so
 * that it ends with the process that holds it, however that ends.
 */
export async function once(
  lockFile: string,
  done: KeyedTable<boolean>,
  name: string,
  step: () => Promise<void>,
): Promise<boolean> {
  if (await done.get(name)) return false;
  const lock = new Database(lockFile, { timeout: 0 });
  try {
    await whenFree(() => lock.exec('BEGIN EXCLUSIVE'), DEADLINE_MS);
    if (await done.get(name)) return false;
    await step();
    await done.update((steps) => steps.set(name, true));
    return true;
  } finally {
    lock.close();
  }
}
