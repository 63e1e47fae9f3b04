import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotFound } from '../base/errors.ts';
import { capability } from './capability.ts';
import type { TreeObject } from './object.ts';
import type { TreeTransaction } from './transaction.ts';
import { openTestTree, typeNamed, type TestTree } from './testing.ts';

const LIST = { offset: 0, limit: 10, sort: 'id', order: 'asc', filter: '' } as const;
const ids = (objects: readonly TreeObject[]) => objects.map(({ id }) => id);
const paths = (objects: readonly TreeObject[]) => objects.map(({ path }) => path);

/** A folder `/docs` with the note `one`, and a temporary folder `/temp` with the note `two`. */
async function planted(tree: TestTree): Promise<TestTree> {
  await tree.change(async (transaction) => {
    const root = await transaction.root();
    transaction.add(transaction.add(root, { type: 'Folder', id: 'docs' }), { type: 'Note', id: 'one', title: 'First' });
    transaction.add(transaction.add(root, { type: 'Temporary Folder', id: 'temp' }), { type: 'Note', id: 'two' });
  });
  return tree;
}

test('a path leads to an object; what is no path leads nowhere, and who has to have the object is told', async () => {
  const transaction = await (await planted(await openTestTree())).open();
  for (const path of ['/docs/one', '/docs/one/', '/temp/two', '/']) assert.ok(await transaction.find(path), path);
  for (const path of ['docs/one', '/docs//one', '/docs/../docs', '/docs/two', '/docs/one/more', '']) {
    assert.equal(await transaction.find(path), undefined, path);
  }
  await assert.rejects(transaction.get('/docs/two'), new NotFound("There is no object at '/docs/two'."));
});

test('in one request an object is one value, however it is reached', async () => {
  const transaction = await (await planted(await openTestTree())).open();
  for (const path of ['/docs/one', '/temp/two']) {
    const object = await transaction.get(path);
    assert.equal(object.path, path);
    assert.equal(await transaction.findByOid(object.oid), object);
    assert.equal(await transaction.findChild(object.parent!, object.id), object);
    assert.deepEqual((await transaction.children(object.parent!, LIST)).objects, [object]);
    assert.equal((await transaction.findByOid(object.parent!.oid))!, object.parent);
  }
  assert.equal(await transaction.findByOid(4711), undefined);
});

test('an object is found by number where nothing above it was looked at', async () => {
  const tree = await planted(await openTestTree());
  const { oid } = await (await tree.open()).get('/temp/two');
  assert.equal((await (await tree.open()).findByOid(oid))?.path, '/temp/two');
});

test('a request finds what it changed itself as it is now, and lists folders as they were when it began', async () => {
  const transaction = await (await planted(await openTestTree())).open();
  const docs = await transaction.get('/docs');
  transaction.add(docs, { type: 'Note', id: 'new' });
  transaction.change(await transaction.get('/docs/one'), { id: 'renamed' });
  const found = await Promise.all(['new', 'renamed', 'one'].map((id) => transaction.findChild(docs, id)));
  assert.deepEqual(
    found.map((object) => object?.path),
    ['/docs/new', '/docs/renamed', undefined],
  );
  await transaction.remove(found[1]!);
  assert.equal(await transaction.find('/docs/renamed'), undefined);
  assert.equal((await transaction.children(docs, LIST)).total, 1);
});

test('a folder is listed and counted as it was when the request began, in memory too', async () => {
  const tree = await planted(await openTestTree());
  const earlier = await tree.open();
  await tree.change(async (transaction) => {
    for (const path of ['/docs', '/temp']) transaction.add(await transaction.get(path), { type: 'Note', id: 'zoo' });
    await transaction.remove(await transaction.get('/docs/one'));
    transaction.change(await transaction.get('/temp/two'), { title: 'Later' });
  });
  const seen = async (transaction: typeof earlier, path: string) => {
    const folder = await transaction.get(path);
    const { total, objects } = await transaction.children(folder, LIST);
    return [await transaction.childCount(folder), total, ...objects.map(({ id, title }) => `${id} ${title}`)];
  };
  assert.deepEqual(await seen(earlier, '/docs'), [1, 1, 'one First']);
  assert.deepEqual(await seen(earlier, '/temp'), [1, 1, 'two ']);
  assert.deepEqual(await seen(await tree.open(), '/docs'), [1, 1, 'zoo ']);
  assert.deepEqual(await seen(await tree.open(), '/temp'), [2, 2, 'two Later', 'zoo ']);
});

test('a page of a listing says how many there are in all, and holds no more than was asked for', async () => {
  const transaction = await (await planted(await openTestTree())).open();
  const page = await transaction.children(await transaction.root(), { ...LIST, offset: 1, limit: 1, order: 'desc' });
  assert.deepEqual([page.total, ids(page.objects)], [2, ['docs']]);
});

test('search and types go through the whole tree, on disk and in memory, and leave out what the request removed', async () => {
  const transaction = await (await planted(await openTestTree())).open();
  assert.deepEqual(paths(await transaction.ofTypes(['Note'], 10)), ['/docs/one', '/temp/two']);
  assert.deepEqual(paths(await transaction.search('note', 10)), ['/docs/one', '/temp/two']);
  assert.deepEqual(paths(await transaction.search('note', 1)), ['/docs/one']);
  await transaction.remove(await transaction.get('/docs/one'));
  assert.deepEqual(paths(await transaction.ofTypes(['Note'], 10)), ['/temp/two']);
  assert.deepEqual(paths(await transaction.search('first', 10)), []);
});

test('what points to an object, or into it, is found by its path in storages of both kinds', async () => {
  const tree = await planted(await openTestTree());
  await tree.change(async (transaction) => {
    for (const path of ['/docs/one', '/temp/two']) {
      transaction.change(await transaction.get(path), { properties: { to: '/docs/one' } });
    }
  });
  const pointing = async (path: string) =>
    (await (await tree.open()).pointingTo(path)).map(({ object, link }) => [object.path, link.property, link.path]);
  const both = ['/docs/one', '/temp/two'].map((path) => [path, 'to', '/docs/one']);
  assert.deepEqual(await pointing('/docs'), both);
  assert.deepEqual(await pointing('/docs/one'), both);
  assert.deepEqual(await pointing('/temp'), []);
});

test('the history of an object says who did what, newest first, and no more of it than was asked for', async () => {
  const tree = await planted(await openTestTree());
  const transaction = await tree.open('bob');
  transaction.change(await transaction.get('/docs/one'), { title: 'Second' });
  await transaction.commit('Changed the title');
  const one = await (await tree.open()).get('/docs/one');
  const history = await (await tree.open()).revisions(one, 10);
  assert.deepEqual(
    history.map(({ user, description, state }) => [user, description, state?.title]),
    [
      ['bob', 'Changed the title', 'Second'],
      ['ann', 'Test', 'First'],
    ],
  );
  assert.equal((await (await tree.open()).revisions(one, 1)).length, 1);
});

const LIGHT = capability<string>('light', 'a light');
const lamp = typeNamed('Lamp', { provides: [LIGHT.by(() => 'on')] });

test('services are those of each folder on the way to the root, nearest first, and by id where several are beside each other', async () => {
  const tree = await planted(await openTestTree(lamp));
  await tree.change(async (transaction) => {
    for (const id of ['b', 'a']) transaction.add(await transaction.root(), { type: 'Lamp', id });
    for (const path of ['/docs', '/temp']) transaction.add(await transaction.get(path), { type: 'Lamp', id: 'c' });
  });
  const transaction = await tree.open();
  const from = async (path: string, limit?: number) =>
    paths(await transaction.findServices(await transaction.get(path), LIGHT, limit));
  assert.deepEqual(await from('/docs/one'), ['/docs/c', '/a', '/b']);
  assert.deepEqual(await from('/docs/one', 1), ['/docs/c']);
  assert.deepEqual(await from('/temp/two'), ['/temp/c', '/a', '/b']);
  assert.deepEqual(await from('/'), ['/a', '/b']);
  assert.equal((await transaction.findService(await transaction.get('/docs/one'), LIGHT))?.path, '/docs/c');
  assert.equal(await transaction.findService(await transaction.root(), { name: 'heat' }), undefined);
});

test('a request finds the services that it adds, renames, moves and removes at once', async () => {
  const tree = await planted(await openTestTree(lamp));
  const transaction = await tree.open();
  const one = await transaction.get('/docs/one');
  const found = async () => (await transaction.findService(one, LIGHT))?.path;
  assert.equal(await found(), undefined);
  const added = transaction.add(await transaction.root(), { type: 'Lamp', id: 'lamp' });
  assert.equal(await found(), '/lamp');
  transaction.change(added, { id: 'torch' });
  assert.equal(await found(), '/torch');
  transaction.change(added, { folder: one.parent! });
  assert.equal(await found(), '/docs/torch');
  await transaction.remove(added);
  assert.equal(await found(), undefined);
});

test('what follows from the tree is found out once for all who see it alike, and by who changes it each time', async () => {
  const tree = await planted(await openTestTree());
  let made = 0;
  const ask = async (transaction?: TreeTransaction) =>
    (transaction ?? (await tree.open())).remembered('the sum', async () => (made += 1));
  const earlier = await tree.open();
  assert.deepEqual([await ask(), await ask(), await ask(earlier)], [1, 1, 1]);
  const changing = await tree.open();
  changing.change(await changing.get('/docs/one'), { title: 'Other' });
  assert.deepEqual([await ask(changing), await ask(changing), await ask()], [2, 3, 1]);
  await changing.commit('Test');
  assert.deepEqual([await ask(), await ask(), await ask(earlier)], [4, 4, 5]);
});

test('an object can be looked at as it would be in a folder, and nothing is added by that', async () => {
  const transaction = await (await planted(await openTestTree())).open('bob');
  const docs = await transaction.get('/docs');
  const draft = transaction.draft(docs, { type: 'Note', id: 'idea', properties: { to: '/docs' } });
  const { path, owner, properties } = draft;
  assert.deepEqual([path, owner, properties], ['/docs/idea', 'bob', { text: 'empty', to: '/docs' }]);
  assert.equal(transaction.hasChanges, false);
  assert.equal(await transaction.find('/docs/idea'), undefined);
});
