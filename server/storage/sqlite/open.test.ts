import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { at, stateOf } from '../contract/changes.ts';
import { CannotOpen } from '../cannot-open.ts';
import { openInFolder } from './open.ts';
import { checkPragmas, setPragmas } from './pragmas.ts';

async function newFolder() {
  const path = await mkdtemp(join(tmpdir(), 'trellis-open-'));
  return { path, file: join(path, 'trellis.sqlite'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function refusal(dataFolder: string, isGuest = false): Promise<string> {
  const error = await openInFolder(dataFolder, { isGuest }).catch((reason: unknown) => reason);
  assert.ok(error instanceof CannotOpen, String(error));
  return error.message;
}

test('the data folder and the database are made for their owner alone', async () => {
  await using folder = await newFolder();
  const dataFolder = join(folder.path, 'some', 'where');
  const storage = await openInFolder(dataFolder);
  const file = join(dataFolder, 'trellis.sqlite');
  for (const suffix of ['', '-wal', '-shm']) assert.equal((await stat(file + suffix)).mode & 0o077, 0);
  assert.equal((await stat(dataFolder)).mode & 0o077, 0);
  storage.close();
});

test('what was committed is there when the folder is opened again', async () => {
  await using folder = await newFolder();
  const storage = await openInFolder(folder.path);
  const after = stateOf({ oid: 1, parent: null, id: '' });
  const changes = [{ oid: 1, basis: null, after, links: [] }];
  const { tid: serial } = await storage.commit({ changes, user: null, description: '', time: 1 });
  storage.close();
  const again = await openInFolder(folder.path);
  assert.equal((await again.refresh()).tid, serial);
  assert.deepEqual(await again.load(1, at(serial)), { ...after, serial, childCount: 0 });
  again.close();
});

test('every connection is durable, checked and distrustful: a setting that did not take is an error', async () => {
  await using folder = await newFolder();
  const database = new Database(join(folder.path, 'bare.sqlite'));
  assert.throws(() => checkPragmas(database), /must be/);
  setPragmas(database);
  for (const [name, value] of [
    ['journal_mode', 'DELETE'],
    ['synchronous', 'NORMAL'],
    ['foreign_keys', 'OFF'],
    ['trusted_schema', 'ON'],
    ['busy_timeout', '5000'],
  ]) {
    database.pragma(`${name} = ${value}`);
    assert.throws(() => checkPragmas(database), new RegExp(`SQLite's ${name} is`));
    setPragmas(database);
  }
  database.close();
});

test('ten at once open a new folder, and make one database', async () => {
  await using folder = await newFolder();
  const storages = await Promise.all(Array.from({ length: 10 }, () => openInFolder(folder.path)));
  assert.equal(storages.length, 10);
  for (const storage of storages) storage.close();
});

test('a folder that cannot be made is refused with a sentence', async () => {
  await using folder = await newFolder();
  await writeFile(join(folder.path, 'file'), '');
  const where = join(folder.path, 'file', 'data');
  assert.equal(
    await refusal(where),
    `The data folder "${where}" cannot be made (part of its path is a file). Name another one with --data.`,
  );
  assert.match(await refusal(join(folder.path, 'file')), /cannot be made \(a file of that name is there\)/);
});

test('a folder or a database that cannot be written is refused with a sentence', { skip: isRoot() }, async () => {
  await using folder = await newFolder();
  (await openInFolder(folder.path)).close();
  await chmod(folder.file, 0o400);
  assert.match(await refusal(folder.path), /^The database ".*" cannot be written \(permission denied\)/);
  await chmod(folder.path, 0o500);
  assert.match(await refusal(folder.path), /^The data folder ".*" cannot be written \(permission denied\)/);
  assert.match(await refusal(folder.path, true), /^This user \(.*\) may not read and write the data folder ".*"/);
  await chmod(folder.path, 0o700);
});

test('a file that is not ours is refused with a sentence, and stays as it was to the byte', async () => {
  for (const make of [makeText, makeForeignDatabase]) {
    await using folder = await newFolder();
    await make(folder.file);
    const before = await readFile(folder.file);
    assert.equal(
      await refusal(folder.path),
      `The file "${folder.file}" is not a Trellis database. Move it away, or name another folder with --data.`,
    );
    assert.deepEqual(await readFile(folder.file), before);
    assert.equal(existsSync(`${folder.file}-wal`), false);
  }
});

test('a database of a newer version is refused with a sentence, and stays as it was', async () => {
  await using folder = await newFolder();
  (await openInFolder(folder.path)).close();
  const database = new Database(folder.file);
  database.pragma('user_version = 99');
  database.close();
  const before = await readFile(folder.file);
  assert.match(
    await refusal(folder.path),
    /is of version 99, and this program knows versions up to 3\. Start the newer/,
  );
  assert.deepEqual(await readFile(folder.file), before);
});

test('a damaged database is refused with a sentence, or says so when the damage is met: never wrong data', async () => {
  await using folder = await newFolder();
  const storage = await openInFolder(folder.path);
  const properties = { text: 'x'.repeat(3000) };
  const root = { oid: 1, basis: null, after: stateOf({ oid: 1, parent: null, id: '' }), links: [] };
  const changes = Array.from({ length: 50 }, (_, n) => {
    const oid = storage.newOid();
    return { oid, basis: null, after: stateOf({ oid, parent: 1, id: `c${n}`, properties }), links: [] };
  });
  await storage.commit({ changes: [root, ...changes], user: null, description: '', time: 1 });
  storage.close();
  const whole = await readFile(folder.file);
  for (let page = 1; page < whole.length / 4096; page += 7) {
    const broken = Buffer.from(whole);
    broken.fill(0xff, page * 4096, page * 4096 + 16);
    await writeFile(folder.file, broken);
    const outcome = await openInFolder(folder.path).catch((error: unknown) => error);
    assert.ok(outcome instanceof CannotOpen, `page ${page}`);
    assert.match(outcome.message, /is damaged .*Restore a backup/);
  }
});

async function makeText(file: string) {
  await writeFile(file, 'Dear diary, '.repeat(100));
}

async function makeForeignDatabase(file: string) {
  const database = new Database(file);
  database.exec('CREATE TABLE recipes (name TEXT)');
  database.close();
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
