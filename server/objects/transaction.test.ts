import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError, ContentDamaged } from '../base/errors.ts';
import { sourceOf } from '../storage/contract/blobs.ts';
import { TreeAlreadyWritten, type TreeTransaction } from './transaction.ts';
import type { TreeObject } from './object.ts';
import { REMOVED } from './event.ts';
import { NOON, openTestTree, typeNamed, type TestTree } from './testing.ts';
import type { TypeDefinition } from './types.ts';

const MINUTE_MS = 60_000;

/** `/docs/deep/one`, `/docs/two` and the temporary folder `/temp` with `/temp/three`. */
async function planted(...types: readonly TypeDefinition[]): Promise<TestTree> {
  const tree = await openTestTree(...types);
  await tree.change(async (transaction) => {
    const docs = transaction.add(await transaction.root(), { type: 'Folder', id: 'docs' });
    transaction.add(transaction.add(docs, { type: 'Folder', id: 'deep' }), { type: 'Note', id: 'one' });
    transaction.add(docs, { type: 'Note', id: 'two' });
    const temp = transaction.add(await transaction.root(), { type: 'Temporary Folder', id: 'temp' });
    transaction.add(temp, { type: 'Note', id: 'three' });
  });
  return tree;
}

/** Which of these paths lead somewhere now. */
async function there(tree: TestTree, ...paths: readonly string[]): Promise<readonly string[]> {
  const transaction = await tree.open();
  const found = await Promise.all(paths.map((path) => transaction.find(path)));
  return paths.filter((_, index) => found[index] !== undefined);
}

function textOf(transaction: TreeTransaction, object: TreeObject): Promise<string> {
  return transaction
    .bytesOf(object, object.content!)
    .then(Array.fromAsync<Buffer>)
    .then((all) => Buffer.concat(all).toString());
}

test('what is added belongs to whoever added it, and says who changed it last, and when', async () => {
  const tree = await planted();
  tree.now = NOON + MINUTE_MS;
  const bob = await tree.open('bob');
  bob.change(await bob.get('/docs/two'), { title: 'Two' });
  await bob.commit('Test');
  const { owner, created, modified, modifiedBy, revision } = (await (await tree.open()).get('/docs/two')).state;
  assert.deepEqual([owner, created, modified, modifiedBy, revision], ['ann', NOON, NOON + MINUTE_MS, 'bob', 2]);
});

test('several changes in one request are one revision, also of what it adds', async () => {
  const tree = await planted();
  await tree.change(async (transaction) => {
    const two = await transaction.get('/docs/two');
    const added = transaction.add(two.parent!, { type: 'Note', id: 'new' });
    for (const object of [two, added]) {
      assert.ok(
        transaction.change(object, { title: 'One' }) && transaction.change(object, { properties: { text: 'Two' } }),
      );
    }
  });
  const transaction = await tree.open();
  const [two, added] = [await transaction.get('/docs/two'), await transaction.get('/docs/new')];
  assert.deepEqual([two.title, two.properties['text'], two.state.revision], ['One', 'Two', 2]);
  assert.deepEqual([added.title, added.properties['text'], added.state.revision], ['One', 'Two', 1]);
});

test('a change to what is there already is none, and a request without changes commits nothing', async () => {
  const tree = await planted();
  const transaction = await tree.open();
  const two = await transaction.get('/docs/two');
  const properties = { text: 'b', to: '/a' };
  assert.ok(transaction.change(two, { properties }));
  await transaction.commit('Test');
  const before = (await tree.open()).mainAsOf;
  const again = await tree.open();
  const same = await again.get('/docs/two');
  assert.equal(again.change(same, { id: 'two', title: '', folder: same.parent!, properties: { text: 'b' } }), false);
  assert.equal(again.hasChanges, false);
  await again.commit('Test');
  assert.equal((await tree.open()).mainAsOf, before);
});

test('a folder that moves stays the same object, and takes along what is in it', async () => {
  const tree = await planted();
  const before = (await (await tree.open()).get('/docs/deep/one')).oid;
  await tree.change(async (transaction) => {
    const one = await transaction.get('/docs/deep/one');
    assert.ok(transaction.change(one.parent!, { folder: await transaction.root(), id: 'high' }));
    assert.equal(one.path, '/high/one');
  });
  assert.equal((await (await tree.open()).get('/high/one')).oid, before);
  assert.deepEqual(await there(tree, '/docs/deep', '/docs/deep/one', '/high'), ['/high']);
});

test('what is on disk cannot move into memory or out of it, and can move elsewhere on its side', async () => {
  const transaction = await (await planted()).open();
  const [docs, temp, two, three] = await Promise.all(
    ['/docs', '/temp', '/docs/two', '/temp/three'].map((path) => transaction.get(path)),
  );
  const isKept = (object: TreeObject | undefined, folder: TreeObject | undefined) =>
    transaction.isKeptBelow(object!, folder!);
  assert.deepEqual([isKept(two, docs), isKept(three, temp), isKept(temp, docs)], [true, true, true]);
  assert.deepEqual([isKept(two, temp), isKept(three, docs)], [false, false]);
});

test('a copy has what the original has, and nothing of its past: it belongs to whoever copied', async () => {
  const tree = await planted();
  await tree.change(async (transaction) => {
    transaction.change(await transaction.get('/docs/deep'), { title: 'Deep' });
  });
  tree.now += MINUTE_MS;
  const bob = await tree.open('bob');
  const copy = await bob.copy(await bob.get('/docs/deep'), await bob.root(), 'copy');
  await bob.commit('Test');
  const { title, type, owner, created, revision, oid } = (await (await tree.open()).get('/copy')).state;
  assert.deepEqual(
    [title, type, owner, created, revision, oid],
    ['Deep', 'Folder', 'bob', NOON + MINUTE_MS, 1, copy.oid],
  );
  assert.deepEqual(await there(tree, '/docs/deep/one', '/copy/one'), ['/docs/deep/one']);
});

test('what is of no type that is installed is copied as it is stored', async () => {
  const tree = await planted();
  await tree.change(async (transaction) => {
    const root = await transaction.root();
    const odd = transaction.add(root, { type: 'Odd', id: 'odd', properties: { depth: [1, { a: 2 }] } });
    await transaction.copy(odd, root, 'copy');
  });
  assert.deepEqual((await (await tree.open()).get('/copy')).state.properties, { depth: [1, { a: 2 }] });
});

test('bytes go with a copy, from disk to memory and back', async () => {
  const tree = await planted();
  const source = sourceOf(Buffer.from('a picture'));
  const { hash, size } = source;
  await tree.change(async (transaction) => {
    const docs = await transaction.get('/docs');
    await transaction.blobsBelow(docs).stage(source);
    const file = transaction.add(docs, { type: 'Note', id: 'file', content: { hash, size } });
    await transaction.copy(file, await transaction.get('/temp'), 'file');
  });
  await tree.change(async (transaction) => {
    await transaction.remove(await transaction.get('/docs/file'));
    await transaction.copy(await transaction.get('/temp/file'), await transaction.root(), 'back');
  });
  const transaction = await tree.open();
  for (const path of ['/temp/file', '/back']) {
    assert.equal(await textOf(transaction, await transaction.get(path)), 'a picture', path);
  }
});

test('bytes that are not there are told of with the path of what has them', async () => {
  const transaction = await (await planted()).open();
  const content = { hash: sourceOf(Buffer.from('lost')).hash, size: 4 };
  const lost = transaction.add(await transaction.get('/docs'), { type: 'Note', id: 'lost', content });
  await assert.rejects(transaction.bytesOf(lost, content), new ContentDamaged('/docs/lost'));
});

test('what is removed goes with everything in it, on disk and in memory, whatever the request did to it before', async () => {
  const tree = await planted();
  const counts = await tree.change(async (transaction) => {
    transaction.change(await transaction.get('/docs/deep/one'), { title: 'Last words' });
    return [
      await transaction.remove(await transaction.get('/docs')),
      await transaction.remove(await transaction.get('/temp')),
    ];
  });
  assert.deepEqual(counts, [4, 2]);
  assert.deepEqual(await there(tree, '/docs', '/docs/deep/one', '/temp', '/temp/three'), []);
});

test('what one request adds and removes was never there', async () => {
  const tree = await planted();
  const before = (await tree.open()).mainAsOf;
  await tree.change(async (transaction) => {
    await transaction.remove(transaction.add(await transaction.root(), { type: 'Note', id: 'brief' }));
  });
  assert.equal((await tree.open()).mainAsOf, before);
});

test('an id is free again in the request that removed or renamed what had it', async () => {
  const tree = await planted();
  await tree.change(async (transaction) => {
    const docs = await transaction.get('/docs');
    await transaction.remove(await transaction.get('/docs/two'));
    transaction.add(docs, { type: 'Note', id: 'two', title: 'Another' });
    transaction.change(await transaction.get('/docs/deep'), { id: 'deeper' });
    transaction.add(docs, { type: 'Note', id: 'deep' });
  });
  assert.equal((await (await tree.open()).get('/docs/two')).title, 'Another');
  assert.deepEqual(await there(tree, '/docs/deeper/one', '/docs/deep/one'), ['/docs/deeper/one']);
});

test('what is in a folder is given parents first, and little more of it than was asked for', async () => {
  const transaction = await (await planted()).open();
  const inside = async (path: string, most?: number) =>
    (await transaction.inside(await transaction.get(path), most)).map((object) => object.path);
  assert.deepEqual(await inside('/docs'), ['/docs/deep', '/docs/two', '/docs/deep/one']);
  assert.deepEqual(await inside('/temp'), ['/temp/three']);
  assert.deepEqual(await inside('/docs', 1), ['/docs/deep', '/docs/two']);
  assert.deepEqual(await inside('/docs/two'), []);
});

test('a change in memory that comes too late leaves what the same request changed on disk undone', async () => {
  const tree = await planted();
  const late = await tree.open();
  late.change(await late.get('/docs/two'), { title: 'Late' });
  late.change(await late.get('/temp/three'), { title: 'Late' });
  await tree.change(async (transaction) =>
    transaction.change(await transaction.get('/temp/three'), { title: 'Early' }),
  );
  await assert.rejects(late.commit('Test'), ConflictError);
  assert.equal((await (await tree.open()).get('/docs/two')).title, '');
  await tree.change(async (transaction) => transaction.change(await transaction.get('/temp/three'), { title: 'Next' }));
  assert.equal((await (await tree.open()).get('/temp/three')).title, 'Next');
});

test('of two that add the same id one comes too late', async () => {
  const tree = await planted();
  for (const path of ['/docs', '/temp']) {
    const [first, second] = [await tree.open(), await tree.open()];
    for (const transaction of [first, second])
      transaction.add(await transaction.get(path), { type: 'Note', id: 'same' });
    await first.commit('Test');
    await assert.rejects(second.commit('Test'), ConflictError, path);
  }
});

test('a folder that somebody adds to while it is removed stays', async () => {
  const tree = await planted();
  const removing = await tree.open();
  await removing.remove(await removing.get('/docs'));
  await tree.change(async (transaction) =>
    transaction.add(await transaction.get('/docs'), { type: 'Note', id: 'new' }),
  );
  await assert.rejects(removing.commit('Test'), ConflictError);
  assert.deepEqual(await there(tree, '/docs/new', '/docs/two'), ['/docs/new', '/docs/two']);
});

test('a type hears of a removal once it is committed, and never of one that is refused', async () => {
  const heard: string[] = [];
  const listening = typeNamed('Listening', { events: [REMOVED.by(({ path }) => void heard.push(path))] });
  const tree = await planted(listening);
  await tree.change(async (transaction) => {
    for (const path of ['/docs', '/temp'])
      transaction.add(await transaction.get(path), { type: 'Listening', id: 'ear' });
  });
  const [late, early] = [await tree.open(), await tree.open()];
  for (const transaction of [late, early]) {
    for (const path of ['/docs', '/temp']) await transaction.remove(await transaction.get(path));
    assert.deepEqual(heard, []);
  }
  late.add(await late.root(), { type: 'Note', id: 'other' });
  await tree.change(async (transaction) => transaction.change(await transaction.get('/docs/two'), { title: 'New' }));
  await assert.rejects(late.commit('Test'), ConflictError);
  assert.deepEqual(heard, []);
  await tree.change(async (transaction) => transaction.remove(await transaction.get('/docs')));
  assert.deepEqual(heard, ['/docs/ear']);
});

test('a request that is over can read the tree on, and is refused every change of it', async () => {
  const tree = await planted();
  const transaction = await tree.open();
  const [root, two] = [await transaction.root(), await transaction.get('/docs/two')];
  transaction.close();
  assert.throws(() => transaction.add(root, { type: 'Note', id: 'late' }), TreeAlreadyWritten);
  assert.throws(() => transaction.change(two, { title: 'Late' }), TreeAlreadyWritten);
  await assert.rejects(transaction.copy(two, root, 'late'), TreeAlreadyWritten);
  await assert.rejects(transaction.remove(two), TreeAlreadyWritten);
  assert.equal(transaction.change(two, { title: two.title }), false);
  assert.deepEqual([transaction.hasChanges, (await transaction.get('/docs/deep/one')).id], [false, 'one']);
});
