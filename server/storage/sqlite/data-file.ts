import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { KeyRing } from '../../base/key-ring.ts';
import { CannotOpen } from '../cannot-open.ts';

export const FILE_NAME = 'trellis.sqlite';
export const KEY_RING = 'a key ring (secrets.json)';

/**
 * Refuses a folder whose data file is missing or empty although it once had a tree; gives what tells so of a file whose
 * inside has yet to be looked at. A first start makes the data file, its tables, its lock, its tree and the key ring in this
 * order, so whoever looks in the other one finds no first start that is under way, or was killed, to be a loss.
 */
export function checkNotLost(dataFolder: string): string | undefined {
  requireEntry(dataFolder);
  const file = join(dataFolder, FILE_NAME);
  const ring = KeyRing.isIn(dataFolder) ? KEY_RING : undefined;
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

/** For whoever makes nothing that is missing. */
export function requireFile(file: string): void {
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

export function makeFolder(folder: string): void {
  try {
    makeWithParents(folder);
  } catch (cause) {
    const detail = `The data folder "${folder}" cannot be made (${reason(cause)}). Name another one with --data.`;
    throw new CannotOpen(detail, { cause });
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
export function makeFile(file: string): void {
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
