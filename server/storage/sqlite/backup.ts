import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { DiskFull } from '../../base/errors.ts';
import { KeyRing } from '../../base/key-ring.ts';
import { CannotOpen } from '../cannot-open.ts';
import type { BackupFacts, CheckOptions, RestoreFacts } from '../opening.ts';
import { moveAside } from './aside.ts';
import { damagedBlobs, pathOf } from './damage.ts';
import { bytesOf, checkNotLost, FILE_NAME, lostInside, reason } from './data-file.ts';
import { APPLICATION_ID, bytes, checkNotNewer, pragma, version } from './open.ts';
import { asProblem } from './problems.ts';

const SECRETS = 'secrets.json';
const DATABASE_FILES = [FILE_NAME, `${FILE_NAME}-wal`, `${FILE_NAME}-shm`];
/** Who uses the folder at this moment is no part of what a backup brings back. */
const IN_USE = ['processes', 'applications', 'record formats'];
const ALL_PAGES = 2 ** 31 - 1;
const MEND = 'Upload them again, or restore an earlier backup; with --damaged they are copied as they are.';

/** Copies database and key ring of a data folder, in use or not, into a new folder, and reads the copy to its last page. */
export async function backUp(dataFolder: string, into: string, options: CheckOptions = {}): Promise<BackupFacts> {
  const source = join(dataFolder, FILE_NAME);
  const evidence = checkNotLost(dataFolder);
  if (!existsSync(source))
    throw new CannotOpen(`There is no database "${source}" to back up. Name its folder with --data.`);
  const folder = resolve(into);
  try {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      throw new CannotOpen(`The folder "${folder}" is not empty, and a backup overwrites nothing. Name a new one.`);
    }
    mkdirSync(dirname(folder), { recursive: true });
    return { ...(await copyInto(folder, dataFolder, evidence, options)), folder };
  } catch (error) {
    throw inSentence(error, folder, source);
  }
}

/** The folder appears whole or not at all. */
async function copyInto(
  folder: string,
  dataFolder: string,
  evidence: string | undefined,
  options: CheckOptions,
): Promise<Omit<BackupFacts, 'folder'>> {
  const unfinished = mkdtempSync(`${folder}.unfinished-`);
  try {
    await copyDatabase(join(dataFolder, FILE_NAME), join(unfinished, FILE_NAME), evidence);
    copyKeyRing(dataFolder, unfinished);
    const facts = check(unfinished, options);
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(unfinished, folder);
    return facts;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Checks a backup and puts it in the place of what is in the data folder, which is kept beside it. A key ring that is there
 * stays where the backup has none.
 */
export function restore(from: string, dataFolder: string, options: CheckOptions = {}): RestoreFacts {
  if (!existsSync(join(from, FILE_NAME))) {
    throw new CannotOpen(`There is no backup in "${resolve(from)}": it would hold ${FILE_NAME} and ${SECRETS}.`);
  }
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    return { ...putBack(from, dataFolder, options), folder: resolve(dataFolder) };
  } catch (error) {
    throw inSentence(error, resolve(dataFolder), join(from, FILE_NAME));
  }
}

function putBack(from: string, dataFolder: string, options: CheckOptions): Omit<RestoreFacts, 'folder'> {
  const fresh = mkdtempSync(join(dataFolder, 'restoring-'));
  try {
    // A folder that was copied by other means may have what was written last in the log alone.
    for (const name of [FILE_NAME, `${FILE_NAME}-wal`, SECRETS]) {
      if (existsSync(join(from, name))) copyWhole(join(from, name), fresh);
    }
    const facts = check(fresh, options);
    const release = takeAlone(dataFolder);
    try {
      const keptKeyRing = !facts.hasKeyRing && KeyRing.isIn(dataFolder);
      const former = putAside(dataFolder, [...DATABASE_FILES, ...(keptKeyRing ? [] : [SECRETS])]);
      for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(dataFolder, name));
      return { ...facts, former, keptKeyRing };
    } finally {
      release();
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** All pages in one step, which is one read transaction: writers go on, and what they write meanwhile is left out. */
async function copyDatabase(source: string, target: string, evidence: string | undefined): Promise<void> {
  const database = open(source, { readonly: true });
  try {
    if (pragma(database, 'schema_version') === 0)
      throw evidence === undefined ? empty(source) : lostInside(dirname(source), evidence);
    await database.backup(target, { progress: () => ALL_PAGES });
  } finally {
    database.close();
  }
  chmodSync(target, 0o600);
  const copy = open(target);
  try {
    copy.pragma('journal_mode = DELETE');
    const forget = copy.prepare('DELETE FROM entries WHERE name = ?');
    for (const name of IN_USE) forget.run(name);
  } finally {
    copy.close();
  }
}

function copyKeyRing(dataFolder: string, into: string): void {
  if (existsSync(join(dataFolder, SECRETS))) copyWhole(join(dataFolder, SECRETS), into);
}

function copyWhole(file: string, into: string): void {
  const target = join(into, basename(file));
  copyFileSync(file, target, constants.COPYFILE_EXCL);
  chmodSync(target, 0o600);
}

/** Opens what was copied: every page of the database, every state and value, the bytes of every file, and the keys. */
function check(folder: string, { withDamaged = false }: CheckOptions): Omit<BackupFacts, 'folder'> {
  const file = join(folder, FILE_NAME);
  const database = open(file);
  try {
    if (pragma(database, 'application_id') !== APPLICATION_ID) {
      throw new CannotOpen(`The file "${file}" is not a Trellis database.`);
    }
    checkNotNewer(file, version(database));
    const found = String(database.pragma('integrity_check(1)', { simple: true }));
    if (found !== 'ok') throw new CannotOpen(`The copy "${file}" is damaged (${found.replaceAll(/\s+/g, ' ')}).`);
    checkStored(database, file);
    const damaged = damagedFiles(database);
    if (damaged !== undefined && !withDamaged) throw new CannotOpen(`${damaged} ${MEND}`);
    const objects = Number(database.prepare('SELECT count(*) FROM objects').pluck().get());
    return { objects, bytes: bytes(database), hasKeyRing: hasKeyRing(folder), damaged };
  } catch (error) {
    throw inWords(error, file);
  } finally {
    database.close();
  }
}

function checkStored(database: Database.Database, file: string): void {
  for (const [table, column] of [
    ['revisions', 'state'],
    ['entries', 'value'],
  ]) {
    const broken = database.prepare(`SELECT count(*) FROM ${table} WHERE NOT json_valid(${column})`).pluck().get();
    if (Number(broken) > 0) throw new CannotOpen(`The copy "${file}" is damaged (${String(broken)} of its ${table}).`);
  }
}

function damagedFiles(database: Database.Database): string | undefined {
  const damaged = damagedBlobs(database);
  if (damaged.length === 0) return undefined;
  const shown = damaged.slice(0, 20).map((hash) => pathOf(database, hash) ?? 'an earlier revision');
  const more = damaged.length > shown.length ? ` and ${damaged.length - shown.length} more` : '';
  return `The bytes of ${shown.join(', ')}${more} are damaged.`;
}

function hasKeyRing(folder: string): boolean {
  if (!existsSync(join(folder, SECRETS))) return false;
  KeyRing.inFolder(folder);
  return true;
}

/**
 * Whoever uses the folder would go on with the file that is no longer there. Every process that has the data file open holds
 * a lock on it, for as long as it lives, and while it is stopped or hangs. Gives what ends ours.
 */
function takeAlone(dataFolder: string): () => void {
  const file = join(dataFolder, FILE_NAME);
  if (bytesOf(file) === 0) return () => {};
  const database = open(file, { timeout: 0 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE; COMMIT');
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY') !== true) return () => database.close();
    database.close();
    throw new CannotOpen(
      `The data folder "${resolve(dataFolder)}" is in use by a process that has its data file open. End it first, also where ` +
        'it is stopped or hangs. Nothing was changed.',
    );
  }
  return () => database.close();
}

function putAside(dataFolder: string, names: readonly string[]): string | undefined {
  const [first, ...others] = names.map((name) => join(dataFolder, name)).filter((file) => existsSync(file));
  return first === undefined ? undefined : moveAside([first, ...others], 'before-restore');
}

function open(file: string, options: Database.Options = {}): Database.Database {
  try {
    return new Database(file, { timeout: 5_000, fileMustExist: true, ...options });
  } catch (error) {
    throw inWords(error, file);
  }
}

function empty(file: string): CannotOpen {
  return new CannotOpen(`The database "${file}" is empty: there is nothing to back up. Restore an earlier backup.`);
}

function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError) || isFull(error)) return error;
  return new CannotOpen(`The database "${file}" cannot be read (${error.message}).`, { cause: error });
}

/** What went wrong between a database and the folder that it was to be copied into. */
function inSentence(error: unknown, folder: string, source: string): unknown {
  if (isFull(error)) {
    const detail = `There is no room for the copy in "${folder}": nothing was changed. Make room there, and try again.`;
    return new CannotOpen(detail, { cause: error });
  }
  const { path } = error as NodeJS.ErrnoException;
  if (path === undefined) return inWords(error, source);
  return new CannotOpen(`"${path}" cannot be used (${reason(error)}). See to it, and try again.`, { cause: error });
}

function isFull(error: unknown): boolean {
  return DiskFull.isCause(error) || asProblem(error) instanceof DiskFull;
}
