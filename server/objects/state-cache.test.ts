import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import { commit as commitTo, stateOf } from '../storage/contract/changes.ts';
import type { Snapshot } from '../storage/storage.ts';
import { StateCache, type Seen } from './state-cache.ts';
import { ROOT } from './object.ts';
import { openTestTree, type TestTree } from './testing.ts';

/** A tree with the folder `/docs` and the note `/docs/one`, and a cache of its own before the same storage. */
async function planted() {
  const tree = await openTestTree();
  const [docs, one] = await tree.change(async (transaction) => {
    const folder = transaction.add(await transaction.root(), { type: 'Folder', id: 'docs' });
    return [folder.oid, transaction.add(folder, { type: 'Note', id: 'one', title: 'First' }).oid] as const;
  });
  const { storage } = tree.database.main;
  return { tree, docs, one, cache: new StateCache(storage), load: mock.method(storage, 'load') };
}

function entitle(tree: TestTree, title: string): Promise<unknown> {
  return tree.change(async (transaction) => transaction.change(await transaction.get('/docs/one'), { title }));
}

test('what was read once is not asked of the storage again until it changes', async () => {
  const { tree, docs, one, cache, load } = await planted();
  const title = async (asOf: Snapshot) => (await cache.load(one, asOf))?.title;
  assert.deepEqual([await title(await cache.begin()), await title(await cache.begin())], ['First', 'First']);
  assert.equal((await cache.findChild(docs, 'one', await cache.begin()))?.oid, one);
  assert.equal(load.mock.callCount(), 1);
  await entitle(tree, 'Second');
  load.mock.resetCalls();
  assert.deepEqual([await title(await cache.begin()), await title(await cache.begin())], ['Second', 'Second']);
  assert.equal(load.mock.callCount(), 1);
});

test('who began before a change reads on as it was, and puts nothing old in the way of others', async () => {
  const { tree, docs, one, cache } = await planted();
  const earlier = await cache.begin();
  await entitle(tree, 'Second');
  const later = await cache.begin();
  for (const [asOf, title] of [
    [earlier, 'First'],
    [later, 'Second'],
    [earlier, 'First'],
    [later, 'Second'],
  ] as const) {
    assert.equal((await cache.load(one, asOf))?.title, title);
    assert.equal((await cache.findChild(docs, 'one', asOf))?.title, title);
  }
});

test('what was renamed, moved or removed is found by its old name by nobody who begins later', async () => {
  const { tree, docs, one, cache } = await planted();
  const find = async (parent: number, id: string) => cache.findChild(parent, id, await cache.begin());
  assert.equal((await find(docs, 'one'))?.oid, one);
  await tree.change(async (transaction) => transaction.change(await transaction.get('/docs/one'), { id: 'uno' }));
  assert.deepEqual([(await find(docs, 'one'))?.oid, (await find(docs, 'uno'))?.oid], [undefined, one]);
  await tree.change(async (transaction) => {
    transaction.change(await transaction.get('/docs/uno'), { folder: await transaction.root() });
  });
  assert.deepEqual([(await find(docs, 'uno'))?.oid, (await find(ROOT, 'uno'))?.oid], [undefined, one]);
  await tree.change(async (transaction) => transaction.remove(await transaction.get('/uno')));
  assert.deepEqual([await find(ROOT, 'uno'), await cache.load(one, await cache.begin())], [undefined, undefined]);
});

test('what somebody saw holds until one of the objects changes, or what is in one of the folders', async () => {
  const { tree, docs, one, cache } = await planted();
  const seenNow = async (): Promise<{ object: Seen; listing: Seen }> => {
    const asOf = await cache.begin();
    const serial = (await cache.load(one, asOf))?.serial ?? 0;
    const nothing = { asOf: asOf.tid, objects: new Map<number, number>(), listings: new Set<number>() };
    return {
      object: { ...nothing, objects: new Map([[one, serial]]) },
      listing: { ...nothing, listings: new Set([docs]) },
    };
  };
  const holds = async ({ object, listing }: Awaited<ReturnType<typeof seenNow>>) => {
    const asOf = await cache.begin();
    return [await cache.isStill(object, asOf), await cache.isStill(listing, asOf)];
  };
  const first = await seenNow();
  await tree.change(async (transaction) =>
    transaction.add(await transaction.root(), { type: 'Note', id: 'elsewhere' }),
  );
  assert.deepEqual(await holds(first), [true, true]);
  await tree.change(async (transaction) =>
    transaction.add(await transaction.get('/docs'), { type: 'Note', id: 'two' }),
  );
  assert.deepEqual(await holds(first), [true, false]);
  const second = await seenNow();
  await entitle(tree, 'Second');
  assert.deepEqual(await holds(second), [false, false]);
});

test('who reads as of an earlier time does not see what was seen later', async () => {
  const { tree, cache } = await planted();
  const earlier = await cache.begin();
  await entitle(tree, 'Second');
  const seen = { asOf: (await cache.begin()).tid, objects: new Map(), listings: new Set<number>() };
  assert.deepEqual([await cache.isStill(seen, earlier), await cache.isStill(seen, await cache.begin())], [false, true]);
});

test('where the storage no longer knows what changed, nothing that was read or seen before holds', async () => {
  const storage = new MemoryStorage({ keepTransactions: 3 });
  const commit = (basis: number | null, title: string) => {
    const after = stateOf({ oid: ROOT, id: '', parent: null, title });
    return commitTo(storage, { oid: ROOT, basis, after, links: [] });
  };
  let serial = await commit(null, '0');
  const cache = new StateCache(storage);
  const seen = { asOf: (await cache.begin()).tid, objects: new Map(), listings: new Set([4711]) };
  assert.equal((await cache.load(ROOT, await cache.begin()))?.title, '0');
  for (const title of ['1', '2', '3', '4', '5']) serial = await commit(serial, title);
  assert.equal((await cache.load(ROOT, await cache.begin()))?.title, '5');
  assert.equal(await cache.isStill(seen, await cache.begin()), false);
});
