import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { ConflictError, Problem, Unavailable } from '../../base/errors.ts';
import { at, batchOf, change, stateOf } from '../contract/changes.ts';
import { sourceOf } from '../contract/blobs.ts';
import { makeSite, storageContract } from '../contract/contract.ts';
import { EntryStatements } from './entries.ts';
import { openInFolder } from './open.ts';
import { setPragmas } from './pragmas.ts';
import { SqliteStorage } from './sqlite-storage.ts';
import type { Change } from '../storage.ts';

async function inNewFolder() {
  return (await siteAndFile()).site;
}

async function siteAndFile() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'trellis-storage-'));
  const site = await makeSite({
    open: (clock) => openInFolder(dataFolder, { clock }),
    dispose: () => rm(dataFolder, { recursive: true }),
  });
  return { site, dataFolder, file: join(dataFolder, 'trellis.sqlite') };
}

const byTitle = { offset: 0, limit: 10, sort: 'title', order: 'asc', filter: '' } as const;

storageContract('objects in SQLite', inNewFolder);

test('entries that begin with a prefix are read without those that come after them', async () => {
  const { site, file } = await siteAndFile();
  await using _ = site;
  const database = new Database(file);
  const { list } = new EntryStatements(database);
  const plan = database.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${list.source}`);
  const [step] = plan.all({ name: 'recent', from: '17', to: '18', now: 0 });
  database.close();
  assert.equal(step?.detail, 'SEARCH entries USING PRIMARY KEY (name=? AND key>? AND key<?)');
});

test('a thousand readers who do not go on hold little, and when they are gone a whole slice is read at once again', async () => {
  await using site = await inNewFolder();
  const { blobs } = site.storage;
  const source = sourceOf(Buffer.alloc(1024 * 1024, 'x'));
  await blobs.stage(source);
  const readers = Array.from({ length: 1000 }, () => blobs.read(source)[Symbol.asyncIterator]());
  const pieces = await Promise.all(readers.map((reader) => reader.next()));
  const held = pieces.reduce((sum, piece) => sum + Number(piece.value?.buffer.byteLength), 0);
  assert.ok(held < 48 * 1024 * 1024, `${held} bytes`);
  for (const reader of readers) await reader.return?.();
  const whole = await blobs.read(source)[Symbol.asyncIterator]().next();
  assert.equal(whole.value?.length, 256 * 1024);
});

test('a large folder is filtered in one snapshot while others commit, and without holding up the process', async () => {
  await using site = await inNewFolder();
  const { storage, top } = site;
  const added = Array.from({ length: 20_000 }, (_, n) =>
    change(site, { id: `c${n}`, title: n % 1000 ? 'no' : `yes ${n}` }),
  );
  const { tid: asOf } = await storage.commit(batchOf(...added));
  const [first, second] = added as [Change, Change];
  await storage.commit(batchOf({ ...first, basis: asOf, after: null }, change(site, { id: 'x', title: 'yes x' })));
  const page = storage.children(top, { ...byTitle, filter: 'YES' }, at(asOf));
  await new Promise(setImmediate);
  const renamed = stateOf({ oid: second.oid, parent: top, id: 'y', title: 'yes later' });
  await storage.commit(batchOf({ ...second, basis: asOf, after: renamed }));
  const { total, objects } = await page;
  assert.equal(total, 20);
  assert.deepEqual(
    objects.slice(0, 3).map(({ title }) => title),
    ['yes 0', 'yes 1000', 'yes 10000'],
  );
  const now = await storage.children(top, { ...byTitle, filter: 'yes' }, await storage.refresh());
  assert.deepEqual([now.total, now.objects[0]?.title], [21, 'yes 1000']);
  const none = await storage.children(top, { ...byTitle, filter: 'nothing like it' }, at(asOf));
  assert.deepEqual(none, { total: 0, objects: [] });
  const closed = assert.rejects(
    storage.children(top, { ...byTitle, filter: 'c' }, at(asOf)),
    /was closed during a search/,
  );
  await new Promise(setImmediate);
  storage.close();
  await closed;
});

test('two connections to one file see each other at once, and of two changes from one state one is a conflict', async () => {
  const { site, dataFolder } = await siteAndFile();
  await using mine = site;
  const other = await openInFolder(dataFolder);
  const page = change(mine, { id: 'page' });
  const { tid: serial } = await mine.storage.commit(batchOf(page));
  assert.equal((await other.refresh()).tid, serial);
  assert.equal((await other.load(page.oid, at(serial)))?.id, 'page');
  const { tid: next } = await other.commit(batchOf({ ...page, basis: serial }));
  assert.equal((await mine.storage.refresh()).tid, next);
  await assert.rejects(mine.storage.commit(batchOf({ ...page, basis: serial })), ConflictError);
  await other.tables.keyed('shared').update((shared) => shared.set('key', 1));
  assert.equal(await mine.storage.tables.keyed('shared').get('key'), 1);
  other.close();
});

test('a small table shows at the next look what others wrote, older programs too, and however much that was', async () => {
  const { site, dataFolder, file } = await siteAndFile();
  await using mine = site;
  const other = await openInFolder(dataFolder);
  const [here, there] = [await mine.storage.tables.small('shared'), await other.tables.small('shared')];
  const look = () => Promise.all([other, mine.storage].map((storage) => storage.refresh()));
  await there.update((shared) => ['a', 'b', 'c'].forEach((key) => shared.set(key, 1)));
  await here.update((shared) => {
    assert.equal(shared.entries().length, 3, 'a step sees what is there now');
    shared.set('a', 2);
  });
  await look();
  for (const table of [here, there]) assert.deepEqual(table.entries().map(String), ['a,2', 'b,1', 'c,1']);
  using older = disposable(new Database(file));
  older.database.exec("DELETE FROM entries WHERE name = 'shared' AND key = 'b'");
  older.database.exec("INSERT OR REPLACE INTO entries (name, key, value) VALUES ('shared', 'a', '3')");
  await look();
  for (const table of [here, there]) assert.deepEqual(table.entries().map(String), ['a,3', 'c,1']);
  const many = Array.from({ length: 11_000 }, (_, index) => `k${index}`);
  await there.update((shared) => many.forEach((key) => shared.set(key, 1)));
  await there.update((shared) => shared.delete('c'));
  await look();
  assert.deepEqual([here.entries().length, here.get('c'), here.get('k10999')], [11_001, undefined, 1]);
  const kept = older.database.prepare('SELECT count(*) FROM small_changes').pluck().get();
  assert.equal(kept, 10_000);
  await there.update((shared) => shared.delete('a'));
  await look();
  assert.equal(here.get('a'), undefined);
  other.close();
});

test('a write to a small table that is refused at its very end is not in memory either', async () => {
  const { site, file } = await siteAndFile();
  await using mine = site;
  const table = await mine.storage.tables.small<number>('shared');
  await table.update((shared) => shared.set('a', 1));
  using full = disposable(new Database(file));
  full.database.exec(`
    CREATE TABLE none (id INTEGER PRIMARY KEY);
    CREATE TABLE late (id INTEGER REFERENCES none (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER refused AFTER INSERT ON entries BEGIN INSERT INTO late VALUES (1); END`);
  const refused = table.update((shared) => {
    shared.delete('a');
    shared.set('b', 2);
  });
  await assert.rejects(refused);
  assert.deepEqual(table.entries(), [['a', 1]]);
  full.database.exec('DROP TRIGGER refused');
  await table.update((shared) => shared.set('b', 3));
  assert.deepEqual(table.entries().map(String), ['a,1', 'b,3']);
});

test('a commit waits for another process without blocking, and gives up at a deadline', async () => {
  const { site, file } = await siteAndFile();
  await using mine = site;
  using holder = disposable(new Database(file));
  holder.database.exec('BEGIN IMMEDIATE');
  const waiting = mine.storage.commit(batchOf(change(mine, { id: 'page' })));
  // Where waiting blocked, there would be no turns, and the lock would never be given back.
  let turns = 0;
  const count = setInterval(() => ++turns === 20 && holder.database.exec('COMMIT'), 1);
  await waiting;
  clearInterval(count);
  holder.database.exec('BEGIN IMMEDIATE');
  const setting = mine.storage.tables.keyed('t').update((table) => table.set('key', 1));
  await assert.rejects(setting, Unavailable);
  assert.equal((await mine.storage.load(mine.top, await mine.storage.refresh()))?.childCount, 1);
});

test('a full disk refuses the commit with 507, reads go on, and writes work again when there is room', async () => {
  const { site, file } = await siteAndFile();
  await using mine = site;
  const { top } = mine;
  using full = disposable(new Database(file));
  setPragmas(full.database);
  const storage = new SqliteStorage(full.database);
  const size = Number(full.database.pragma('page_count', { simple: true }));
  const adding = (n: number) =>
    batchOf(change(mine, { id: `small${n}` }), change(mine, { id: `p${n}`, properties: { text: 'x'.repeat(20_000) } }));
  let count = 0;
  for (let room = 0; room < 50; room++) {
    full.database.pragma(`max_page_count = ${size + room}`);
    const last = (await storage.refresh()).tid;
    const outcome: unknown = await storage.commit(adding(room)).catch((error: unknown) => error);
    const isRefused = outcome instanceof Problem;
    if (isRefused) assert.equal(outcome.status, 507);
    else count += 2;
    assert.equal((await storage.refresh()).tid, isRefused ? last : last + 1);
    assert.equal((await storage.children(top, byTitle, await storage.refresh())).total, count);
  }
  assert.ok(count > 2 && count < 90, `${count} were added`);
  full.database.pragma('max_page_count = 1000000');
  await storage.commit(adding(1000));
  assert.equal(full.database.pragma('integrity_check', { simple: true }), 'ok');
});

function disposable(database: Database.Database) {
  return { database, [Symbol.dispose]: () => database.close() };
}
