import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { wallClock } from '../../base/clock.ts';
import { DiskFull } from '../../base/errors.ts';
import { KeyRing } from '../../base/key-ring.ts';
import { CannotOpen } from '../cannot-open.ts';
import type { OpenOptions } from '../opening.ts';
import { whenFree } from './busy.ts';
import {
  checkNotLost,
  FILE_NAME,
  KEY_RING,
  lost,
  lostInside,
  makeFile,
  makeFolder,
  noTrellis,
  requireFile,
} from './data-file.ts';
import { migrations } from './migrations/index.ts';
import { setPragmas } from './pragmas.ts';
import { asProblem } from './problems.ts';
import { SqliteStorage } from './sqlite-storage.ts';

/** "Trel": tells our files from other programs'. */
export const APPLICATION_ID = 0x5472656c;
/** Up to here a check of the whole file takes a few hundredths of a second. Larger files are checked with their backup. */
const CHECKED_AT_OPEN_BYTES = 8 * 1024 * 1024;
const OPEN_DEADLINE_MS = 30_000;

/** Opens the database of a data folder; a server makes it where there is none, and brings an older one up to date. */
export async function openInFolder(dataFolder: string, options: OpenOptions = {}): Promise<SqliteStorage> {
  const { clock = wallClock, log, isGuest = false } = options;
  const file = join(dataFolder, FILE_NAME);
  const hadRing = KeyRing.isIn(dataFolder);
  const evidence = checkNotLost(dataFolder);
  if (isGuest) requireFile(file);
  else {
    makeFolder(dataFolder);
    makeFile(file);
  }
  const database = connect(file);
  try {
    await whenFree(() => prepare(database, file, isGuest, evidence), OPEN_DEADLINE_MS);
    requireTree(database, dataFolder, isGuest, hadRing);
    return new SqliteStorage(database, clock, log);
  } catch (error) {
    database.close();
    throw inWords(error, file);
  }
}

function connect(file: string): Database.Database {
  try {
    return new Database(file, { timeout: 0 });
  } catch (error) {
    throw inWords(error, file);
  }
}

/** Looks before it writes: what is not ours, or of a version that we may not change, stays as it was to the byte. */
function prepare(database: Database.Database, file: string, isGuest: boolean, evidence: string | undefined): void {
  if (isEmpty(database) && evidence !== undefined) throw lostInside(dirname(file), evidence);
  if (isGuest) requireVersion(database, file);
  checkOurs(database, file);
  setPragmas(database);
  if (version(database) < migrations.length) migrate(database, file);
  if (bytes(database) <= CHECKED_AT_OPEN_BYTES) checkWhole(database, file);
}

/** The tree is made before the key ring, so where there was a ring and is no tree, the tree was lost. */
function requireTree(database: Database.Database, dataFolder: string, isGuest: boolean, hadRing: boolean): void {
  if (database.prepare('SELECT 1 FROM objects WHERE parent IS NULL').get() !== undefined) return;
  if (hadRing) throw lost(dataFolder, KEY_RING, 'has no tree');
  if (isGuest) throw noTrellis(dataFolder);
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

function requireVersion(database: Database.Database, file: string): void {
  if (isEmpty(database)) throw noTrellis(dirname(file));
  const found = version(database);
  if (found === migrations.length || pragma(database, 'application_id') !== APPLICATION_ID) return;
  throw new CannotOpen(
    `The database "${file}" is of version ${found}, and this program needs version ${migrations.length}: nothing was changed. ` +
      'Use the Trellis of the version that the server has. Only a server brings a database up to date, when it is started.',
  );
}

function checkOurs(database: Database.Database, file: string): void {
  if (!isEmpty(database) && pragma(database, 'application_id') !== APPLICATION_ID) throw notOurs(file);
  checkNotNewer(file, version(database));
}

/** Refuses a database that a newer program has brought to its version. */
export function checkNotNewer(file: string, found: number): void {
  if (found <= migrations.length) return;
  throw new CannotOpen(
    `The database "${file}" is of version ${found}, and this program knows versions up to ${migrations.length}. Start the newer program, or restore an older backup.`,
  );
}

/** Each step a transaction; whoever comes second finds it done. */
function migrate(database: Database.Database, file: string): void {
  for (const [index, { sql }] of migrations.entries()) {
    const step = database.transaction(() => {
      checkOurs(database, file);
      if (version(database) !== index) return;
      database.exec(sql);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${index + 1}`);
    });
    step.immediate();
  }
}

function checkWhole(database: Database.Database, file: string): void {
  const found = database.prepare('PRAGMA quick_check(1)').pluck().get();
  if (found !== 'ok') throw damaged(file, String(found).replaceAll(/\s+/g, ' '));
}

export function version(database: Database.Database): number {
  return pragma(database, 'user_version');
}

export function bytes(database: Database.Database): number {
  return pragma(database, 'page_count') * pragma(database, 'page_size');
}

export function pragma(database: Database.Database, name: string): number {
  return Number(database.pragma(name, { simple: true }));
}

function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === 'SQLITE_NOTADB') return notOurs(file);
  const problem = asProblem(error);
  if (problem instanceof DiskFull) return new CannotOpen(problem.message, { cause: error });
  if (error.code.startsWith('SQLITE_CORRUPT')) return damaged(file, error.message);
  return new CannotOpen(`The database "${file}" cannot be opened (${error.message}).`, { cause: error });
}

function notOurs(file: string): CannotOpen {
  return new CannotOpen(
    `The file "${file}" is not a Trellis database. Move it away, or name another folder with --data.`,
  );
}

function damaged(file: string, detail: string): CannotOpen {
  return new CannotOpen(`The database "${file}" is damaged (${detail}). Restore a backup.`);
}
