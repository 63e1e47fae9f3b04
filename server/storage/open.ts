import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../base/clock.ts';
import { wallClock } from '../base/clock.ts';
import { DiskFull } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { whenFree } from './busy.ts';
import { migrations } from './migrations/index.ts';
import { setPragmas } from './pragmas.ts';
import { asProblem } from './problems.ts';
import { SqliteStorage } from './sqlite.ts';

export const FILE_NAME = 'trellis.sqlite';
/** "Trel": tells our files from other programs'. */
export const APPLICATION_ID = 0x5472656c;
/** Up to here a check of the whole file takes a few hundredths of a second. Larger files are checked with their backup. */
const CHECKED_AT_OPEN_BYTES = 8 * 1024 * 1024;
const OPEN_DEADLINE_MS = 30_000;

/** The data folder or the database in it cannot be used; the message is one sentence for whoever starts the server. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}

export interface OpenOptions {
  readonly dataFolder: string;
  readonly clock?: Clock;
  /** Told once when the data file is found to be gone. */
  readonly log?: Log;
}

/** Opens the database of a data folder, makes it where there is none, and brings an older one up to date. */
export async function openStorage({ dataFolder, clock = wallClock, log }: OpenOptions): Promise<SqliteStorage> {
  makeFolder(dataFolder);
  const file = join(dataFolder, FILE_NAME);
  makeFile(file);
  const database = connect(file);
  try {
    await whenFree(() => prepare(database, file), OPEN_DEADLINE_MS);
    return new SqliteStorage(database, clock, log);
  } catch (error) {
    database.close();
    throw inWords(error, file);
  }
}

function makeFolder(folder: string): void {
  try {
    makeWithParents(folder);
  } catch (cause) {
    throw new CannotOpen(
      `The data folder "${folder}" cannot be made (${reason(cause)}). Name another one with --data.`,
      {
        cause,
      },
    );
  }
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cannotWrite(`The data folder "${folder}"`, cause);
  }
}

/** A level at a time: Node's own recursion does not end under /proc. Another process may make the same folder meanwhile. */
function makeWithParents(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(parent)) makeWithParents(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** Makes the file for its owner alone: it holds password hashes. SQLite gives its side files the same mode. */
function makeFile(file: string): void {
  try {
    // An existing file is never opened here: closing it would drop the locks that this process holds on it.
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
    else closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw cannotWrite(`The database "${file}"`, cause);
  }
}

function cannotWrite(what: string, cause: unknown): CannotOpen {
  const detail = `${what} cannot be written (${reason(cause)}). Give this user the right, or name another folder with --data.`;
  return new CannotOpen(detail, { cause });
}

function connect(file: string): Database.Database {
  try {
    return new Database(file, { timeout: 0 });
  } catch (error) {
    throw inWords(error, file);
  }
}

/** Looks before it writes: what is not ours, or is newer, stays as it was to the byte. */
function prepare(database: Database.Database, file: string): void {
  checkOurs(database, file);
  setPragmas(database);
  if (version(database) < migrations.length) migrate(database, file);
  if (bytes(database) <= CHECKED_AT_OPEN_BYTES) checkWhole(database, file);
}

function checkOurs(database: Database.Database, file: string): void {
  const isEmpty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!isEmpty && pragma(database, 'application_id') !== APPLICATION_ID) throw notOurs(file);
  const found = version(database);
  if (found > migrations.length) {
    throw new CannotOpen(
      `The database "${file}" is of version ${found}, and this program knows versions up to ${migrations.length}. Start the newer program, or restore an older backup.`,
    );
  }
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

function version(database: Database.Database): number {
  return pragma(database, 'user_version');
}

function bytes(database: Database.Database): number {
  return pragma(database, 'page_count') * pragma(database, 'page_size');
}

function pragma(database: Database.Database, name: string): number {
  return Number(database.pragma(name, { simple: true }));
}

function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === 'SQLITE_NOTADB') return notOurs(file);
  if (asProblem(error) instanceof DiskFull) return full(file, error);
  if (error.code.startsWith('SQLITE_CORRUPT')) return damaged(file, error.message);
  return new CannotOpen(`The database "${file}" cannot be opened (${error.message}).`, { cause: error });
}

function notOurs(file: string): CannotOpen {
  return new CannotOpen(
    `The file "${file}" is not a Trellis database. Move it away, or name another folder with --data.`,
  );
}

function full(file: string, cause: Error): CannotOpen {
  const detail = `The disk is full: the database "${file}" cannot be opened. Make room there, and start again.`;
  return new CannotOpen(detail, { cause });
}

function damaged(file: string, detail: string): CannotOpen {
  return new CannotOpen(`The database "${file}" is damaged (${detail}). Restore a backup.`);
}

function reason(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the disk is read-only',
    ENOTDIR: 'part of its path is a file',
    EEXIST: 'a file of that name is there',
    ENOENT: 'no folder can be made there',
    ENOSPC: 'the disk is full',
  };
  return words[code ?? ''] ?? (cause as Error).message;
}
