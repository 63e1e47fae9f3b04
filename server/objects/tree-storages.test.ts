import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TreeStorages, type SeenTree } from './tree-storages.ts';
import { openTestTree } from './testing.ts';

/** A note on disk, one in memory, and the folders that they are in. */
async function planted() {
  const tree = await openTestTree();
  await tree.change(async (transaction) => {
    const root = await transaction.root();
    transaction.add(transaction.add(root, { type: 'Folder', id: 'docs' }), { type: 'Note', id: 'one' });
    transaction.add(transaction.add(root, { type: 'Temporary Folder', id: 'temp' }), { type: 'Note', id: 'two' });
  });
  const seen = await tree.open();
  const [one, two] = [await seen.get('/docs/one'), await seen.get('/temp/two')];
  const entitle = (path: string) =>
    tree.change(async (transaction) => transaction.change(await transaction.get(path), { title: 'New' }));
  return {
    tree,
    storages: await TreeStorages.open(tree.database),
    one,
    two,
    docs: one.parent!,
    temp: two.parent!,
    entitle,
  };
}

test('a temporary folder is kept on disk itself, and all that is in it in memory', async () => {
  const { storages, one, two, docs, temp } = await planted();
  const { main, memory } = storages;
  assert.deepEqual(
    [one, docs, temp, two].map((object) => storages.of(object) === memory),
    [false, false, false, true],
  );
  assert.deepEqual(
    [docs, temp, two].map((folder) => storages.below(folder) === memory),
    [false, true, true],
  );
  assert.deepEqual(storages.both, [main, memory]);
});

test('each is read as it was when the request began', async () => {
  const { tree, storages, one, two, entitle } = await planted();
  for (const path of ['/docs/one', '/temp/two']) await entitle(path);
  const titles = (of: TreeStorages) =>
    Promise.all([one, two].map(async ({ oid }) => (await of.of({ oid }).load(oid))?.title));
  assert.deepEqual(
    [await titles(storages), await titles(await TreeStorages.open(tree.database))],
    [
      ['', ''],
      ['New', 'New'],
    ],
  );
});

test('what was seen holds until it changes in the storage that it was seen in', async () => {
  const { tree, storages, docs, temp, entitle } = await planted();
  const listed = (asOf: number, oid: number) => ({
    asOf,
    objects: new Map<number, number>(),
    listings: new Set([oid]),
  });
  const main = listed(storages.main.at.tid, docs.oid);
  const both: SeenTree = { main, memory: listed(storages.memory.at.tid, temp.oid) };
  const still = async () => {
    const now = await TreeStorages.open(tree.database);
    return [await now.stillHave({ main, memory: undefined }), await now.stillHave(both)];
  };
  assert.deepEqual(await still(), [true, true]);
  await entitle('/temp/two');
  assert.deepEqual(await still(), [true, false]);
  await entitle('/docs/one');
  assert.deepEqual(await still(), [false, false]);
});
