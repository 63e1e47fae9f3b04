import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { KeyRing } from '../../base/key-ring.ts';
import { commit, stateOf } from '../contract/changes.ts';
import { backUp, restore } from './backup.ts';
import { openInFolder } from './open.ts';

const folder = await mkdtemp(join(tmpdir(), 'trellis-backup-'));
after(() => rm(folder, { recursive: true, force: true }));
let number = 0;
const newFolder = () => join(folder, String(number++));

/** A data folder with a root, one value in a table, and its key ring; the storage is open. */
async function dataFolder(value: string) {
  const data = newFolder();
  const storage = await openInFolder(data);
  await commit(storage, { oid: 1, basis: null, after: stateOf({ oid: 1, parent: null, id: '' }), links: [] });
  await storage.tables.keyed<string>('things').update((things) => things.set('one', value));
  return { data, storage, ring: KeyRing.inFolder(data) };
}

async function valueIn(data: string): Promise<string | undefined> {
  const storage = await openInFolder(data);
  try {
    return await storage.tables.keyed<string>('things').get('one');
  } finally {
    storage.close();
  }
}

test('a backup of a folder in use has what was committed, and the keys, for their owner alone', async () => {
  const { data, storage, ring } = await dataFolder('kept');
  const into = newFolder();
  const facts = await backUp(data, into);
  assert.deepEqual([facts.folder, facts.hasKeyRing], [into, true]);
  storage.close();
  assert.deepEqual((await readdir(into)).sort(), ['secrets.json', 'trellis.sqlite']);
  for (const name of await readdir(into)) assert.equal((await stat(join(into, name))).mode & 0o777, 0o600, name);
  assert.ok(KeyRing.inFolder(into).signedBy('test', 'text', ring.sign('test', 'text')));
  assert.equal(await valueIn(into), 'kept');
});

test('a backup overwrites nothing, and leaves nothing behind where it fails', async () => {
  const { data, storage } = await dataFolder('x');
  const into = newFolder();
  await backUp(data, into);
  await assert.rejects(backUp(data, into), /is not empty, and a backup overwrites nothing/);
  storage.close();
  await writeFile(join(data, 'secrets.json'), '{ "keys": [');
  const broken = newFolder();
  await assert.rejects(backUp(data, broken), /cannot be read as a key ring/);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes('unfinished')),
    [],
  );
  await assert.rejects(backUp(newFolder(), newFolder()), /There is no database/);
});

test('writers go on during a backup, which is of one moment', async () => {
  const { data, storage } = await dataFolder('0');
  const pairs = storage.tables.keyed<string>('pairs');
  let isOver = false;
  const backing = backUp(data, newFolder()).finally(() => (isOver = true));
  let written = 0;
  for (; !isOver || written < 50; written += 1) {
    const last = String(written);
    await pairs.update((drafted) => drafted.set('last', last));
    await new Promise(setImmediate);
  }
  assert.ok((await backing).bytes > 0);
  assert.equal(await pairs.get('last'), String(written - 1));
  storage.close();
});

test('a restore brings both back, and keeps what was there', async () => {
  const { data, storage, ring } = await dataFolder('before');
  const into = newFolder();
  await backUp(data, into);
  await storage.tables.keyed<string>('things').update((things) => things.set('one', 'after'));
  storage.close();
  await writeFile(join(data, 'secrets.json'), JSON.stringify({ keys: ['A'.repeat(43)] }));
  const { former } = restore(into, data);
  assert.equal(await valueIn(data), 'before');
  assert.ok(KeyRing.inFolder(data).signedBy('test', 'text', ring.sign('test', 'text')));
  assert.equal(await valueIn(former ?? ''), 'after');
  assert.deepEqual(
    (await readdir(data)).filter((name) => name.startsWith('restoring-')),
    [],
  );
});

test('a restore of a backup without a key ring leaves the one that is there, and says so', async () => {
  const { data, storage, ring } = await dataFolder('before');
  const into = newFolder();
  await backUp(data, into);
  storage.close();
  await unlink(join(into, 'secrets.json'));
  const { former, hasKeyRing, keptKeyRing } = restore(into, data);
  assert.deepEqual([hasKeyRing, keptKeyRing], [false, true]);
  assert.ok(KeyRing.inFolder(data).signedBy('test', 'text', ring.sign('test', 'text')));
  assert.equal(KeyRing.isIn(former ?? ''), false);
  assert.equal(restore(into, newFolder()).keptKeyRing, false);
});

test('a restore into an empty place makes the folder', async () => {
  const { data, storage } = await dataFolder('moved');
  const into = newFolder();
  await backUp(data, into);
  storage.close();
  const elsewhere = newFolder();
  assert.equal(restore(into, elsewhere).former, undefined);
  assert.equal(await valueIn(elsewhere), 'moved');
});

test('who used the folder, and may have been killed, keeps nobody from a restore, and is not in the backup', async () => {
  const { data, storage } = await dataFolder('killed');
  const into = newFolder();
  for (const name of ['processes', 'applications'])
    await storage.tables.keyed(name).update((signed) => signed.set('some', 1, Date.now() + 60_000));
  await backUp(data, into);
  storage.close();
  restore(into, data);
  const again = await openInFolder(data);
  for (const name of ['processes', 'applications']) assert.deepEqual(await again.tables.keyed(name).entries(), []);
  again.close();
});

test('a restore is refused while a process has the data file open, though it gives no sign of life', async () => {
  const { data, storage } = await dataFolder('open');
  const into = newFolder();
  await backUp(data, into);
  assert.throws(() => restore(into, data), /is in use by a process that has its data file open\. End it first/);
  await storage.tables.keyed<string>('things').update((things) => things.set('one', 'later'));
  storage.close();
  const { former } = restore(into, data);
  assert.equal(await valueIn(data), 'open');
  assert.equal(await valueIn(former ?? ''), 'later');
});

test('what a copied folder has in its log alone is restored, too', async () => {
  const { data, storage } = await dataFolder('in the log');
  const copied = newFolder();
  await cp(data, copied, { recursive: true });
  storage.close();
  assert.ok((await stat(join(copied, 'trellis.sqlite-wal'))).size > 0);
  const elsewhere = newFolder();
  restore(copied, elsewhere);
  assert.equal(await valueIn(elsewhere), 'in the log');
});

test('a backup of a newer version is refused with both versions, before anything is put aside', async () => {
  const { data, storage } = await dataFolder('x');
  const into = newFolder();
  await backUp(data, into);
  storage.close();
  const newer = new Database(join(into, 'trellis.sqlite'));
  newer.pragma('user_version = 99');
  newer.close();
  assert.throws(() => restore(into, data), /is of version 99, and this program knows versions up to \d/);
  assert.equal(await valueIn(data), 'x');
});

test('a folder that lost its data file, or the log that had all of it, is not backed up as an empty one', async () => {
  for (const lose of [async (file: string) => unlink(file), async (file: string) => truncate(file, 0)]) {
    const { data, storage } = await dataFolder('x');
    storage.close();
    await lose(join(data, 'trellis.sqlite'));
    await assert.rejects(
      backUp(data, newFolder()),
      /has a key ring \(secrets\.json\), but its data file .* restore a backup/,
    );
  }
});

test('a damaged backup is refused, and the folder stays as it was', async () => {
  const { data, storage } = await dataFolder('good');
  const into = newFolder();
  await backUp(data, into);
  storage.close();
  const file = join(into, 'trellis.sqlite');
  const bytes = await readFile(file);
  await writeFile(file, Buffer.concat([bytes.subarray(0, 8_192), Buffer.alloc(bytes.length - 8_192, 7)]));
  assert.throws(() => restore(into, data), /is damaged|cannot be read/);
  await truncate(file, 10);
  assert.throws(() => restore(into, data), /cannot be read|is not a Trellis database/);
  assert.throws(() => restore(newFolder(), data), /There is no backup in/);
  assert.equal(await valueIn(data), 'good');
});

test('a folder whose database is damaged can be restored into', async () => {
  const { data, storage } = await dataFolder('good');
  const into = newFolder();
  await backUp(data, into);
  storage.close();
  await writeFile(join(data, 'trellis.sqlite'), 'no database any more');
  restore(into, data);
  assert.equal(await valueIn(data), 'good');
});
