import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { wallClock } from '../../base/clock.ts';
import { DiskFull } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { KeyRing } from '../../base/secrets.ts';
import { whenFree } from './busy.ts';
import { migrations } from './migrations/index.ts';
import { setPragmas } from './pragmas.ts';
import { asProblem } from './problems.ts';
import { SqliteStorage } from './sqlite-storage.ts';

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
  /** A guest, an application or a command, makes nothing that is missing and leaves the database at its version. */
  readonly isGuest?: boolean;
}

/** Opens the database of a data folder; a server makes it where there is none, and brings an older one up to date. */
export async function openStorage(options: OpenOptions): Promise<SqliteStorage> {
  const { dataFolder, clock = wallClock, log, isGuest = false } = options;
  const file = join(dataFolder, FILE_NAME);
  const evidence = checkNotLost(dataFolder);
  if (isGuest) requireFile(file);
  else {
    makeFolder(dataFolder);
    makeFile(file);
  }
  const database = connect(file);
  try {
    await whenFree(() => prepare(database, file, isGuest, evidence), OPEN_DEADLINE_MS);
    return new SqliteStorage(database, clock, log);
  } catch (error) {
    database.close();
    throw inWords(error, file);
  }
}

/**
 * Refuses a folder whose data file is missing or empty although it once had a tree; gives what tells so of a file whose
 * inside has yet to be looked at. A first start makes the data file, its tables, its lock, its tree and the key ring in this
 * order, so whoever looks in the other one finds no first start that is under way, or was killed, to be a loss.
 */
export function checkNotLost(dataFolder: string): string | undefined {
  requireEntry(dataFolder);
  const file = join(dataFolder, FILE_NAME);
  const ring = KeyRing.isIn(dataFolder) ? 'a key ring (secrets.json)' : undefined;
  const log = bytesOf(`${file}-wal`) > 0 ? `the log of a data file (${FILE_NAME}-wal)` : undefined;
  const lock = existsSync(`${file}.lock`) ? `what belongs to a data file (${FILE_NAME}.lock)` : undefined;
  const isMissing = !existsSync(file);
  const found = ring ?? log ?? lock;
  if (found !== undefined && bytesOf(file) === 0)
    throw isMissing ? lost(dataFolder, found, 'is missing') : lostInside(dataFolder, found);
  return ring ?? lock;
}

/** Whoever may not look into a folder would take it for an empty one. */
function requireEntry(dataFolder: string): void {
  try {
    // What is in it: a file in its place is no matter of rights.
    statSync(`${dataFolder}/.`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EACCES') throw noRights('look into', `the data folder "${dataFolder}"`, dataFolder, cause);
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new CannotOpen(`The data folder "${dataFolder}" cannot be used (${reason(cause)}).`, { cause });
  }
}

/** Names who is refused, what it is about and whose that is: with the three, somebody else can give the right. */
function noRights(what: string, of: string, path: string, cause: unknown): CannotOpen {
  const [user, owner] = [currentUser(), ownerOf(path)];
  const whose = owner === undefined ? 'the user who runs the server' : `the user whose it is (id ${owner})`;
  const detail =
    `This user (${user}) may not ${what} ${of} (${reason(cause)}). Run this program as ${whose}, or share the data folder ` +
    'and the files in it, to be read and written, with a group that both users are in.';
  return new CannotOpen(detail, { cause });
}

function currentUser(): string {
  const id = process.geteuid?.();
  try {
    return `${userInfo().username}, id ${id}`;
  } catch {
    return `id ${id}`;
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}

/** All that was in a young data file may have been in its log. */
export function lostInside(dataFolder: string, evidence: string): CannotOpen {
  return lost(dataFolder, evidence, `is empty, and ${FILE_NAME}-wal, which may have had all of it, is gone`);
}

export function lost(dataFolder: string, evidence: string, what: string): CannotOpen {
  return new CannotOpen(
    `The data folder "${dataFolder}" has ${evidence}, but its data file ${FILE_NAME} ${what}. ` +
      'Put it back, or restore a backup: npm run trellis -- restore <folder>. To begin anew, move everything in the data folder away.',
  );
}

/** 0 where there is no file. */
export function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function requireFile(file: string): void {
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true) {
    const rule = `Name the folder that it is in: "${dirname(folder)}".`;
    throw new CannotOpen(`The data folder "${folder}" is a file. ${rule}`);
  }
  if (bytesOf(file) === 0) throw noTrellis(folder);
  requireAccess(folder, constants.X_OK, `the data folder "${folder}"`);
  requireAccess(file, 0, `the database "${file}"`);
}

/** A guest has no other folder to choose: whoever runs the server has to let it in. */
function requireAccess(path: string, further: number, what: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | further);
  } catch (cause) {
    throw noRights('read and write', what, path, cause);
  }
}

/** Said to whoever is no server: the folder has no tree, or its first start has not ended. */
export function noTrellis(dataFolder: string): CannotOpen {
  return new CannotOpen(
    `There is no Trellis in the data folder "${dataFolder}". Name the folder that the server was started with (--data).`,
  );
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
  requireRights(folder);
}

/** The right to write is needed to read, too: SQLite makes files beside the data file. */
function requireRights(folder: string): void {
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

/** Looks before it writes: what is not ours, or of a version that we may not change, stays as it was to the byte. */
function prepare(database: Database.Database, file: string, isGuest: boolean, evidence: string | undefined): void {
  if (isEmpty(database) && evidence !== undefined) throw lostInside(dirname(file), evidence);
  if (isGuest) requireVersion(database, file);
  checkOurs(database, file);
  setPragmas(database);
  if (version(database) < migrations.length) migrate(database, file);
  if (bytes(database) <= CHECKED_AT_OPEN_BYTES) checkWhole(database, file);
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

/** Why the system refused, in words. */
export function reason(cause: unknown): string {
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
