import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTE, openTestTree, typeNamed } from './testing.ts';

test('a path is made of the ids on the way, and follows when a folder on it is renamed', async () => {
  const transaction = await (await openTestTree()).open();
  const root = await transaction.root();
  const outer = transaction.add(root, { type: 'Folder', id: 'outer' });
  const note = transaction.add(transaction.add(outer, { type: 'Folder', id: 'in' }), { type: 'Note', id: 'note' });
  assert.deepEqual([root.path, outer.path, note.path], ['/', '/outer', '/outer/in/note']);
  transaction.change(outer, { id: 'other' });
  assert.equal(note.path, '/other/in/note');
});

test('a property that was never set has its default, also once others are changed', async () => {
  const tree = await openTestTree();
  await tree.change(async (transaction) => transaction.add(await transaction.root(), { type: 'Note', id: 'note' }));
  const transaction = await tree.open();
  const note = await transaction.get('/note');
  assert.deepEqual(note.properties, { text: 'empty', to: '' });
  transaction.change(note, { properties: { to: '/' } });
  assert.deepEqual(note.properties, { text: 'empty', to: '/' });
  assert.deepEqual(note.stored, { to: '/' });
});

test('an object of a type that is not installed shows what is stored, says what to do, and does nothing', async () => {
  const tree = await openTestTree();
  await tree.change(async (transaction) => {
    const properties = { colour: 'green', '@cache_manager': 'cache' };
    const odd = transaction.add(await transaction.root(), { type: 'Odd', id: 'odd', properties });
    transaction.add(odd, { type: 'Note', id: 'inside' });
  });
  const transaction = await tree.open();
  const [odd, inside] = [await transaction.get('/odd'), await transaction.get('/odd/inside')];
  assert.deepEqual(odd.properties, { colour: 'green' });
  assert.deepEqual([odd.definition, odd.doesProvide(NOTE)], [undefined, false]);
  assert.throws(() => odd.provide(NOTE), { message: "'/odd' does not provide 'note'." });
  assert.equal(odd.problem?.short, 'Type is not installed');
  assert.equal(
    odd.problem?.sentence,
    "'/odd' cannot be used. Type 'Odd' is not installed. Name its product in TRELLIS_PRODUCTS of this server or application.",
  );
  assert.deepEqual([odd.isFolder, inside.isFolder, inside.problem], [true, false, undefined]);
});

test('an object that a newer version of its type stored has a problem of its own', async () => {
  const tree = await openTestTree();
  await tree.change(async (transaction) => {
    const note = transaction.add(await transaction.root(), { type: 'Note', id: 'note' });
    transaction.change(note, { properties: { '@version': 3, text: 'Later' } });
  });
  const note = await (await tree.open()).get('/note');
  assert.match(note.problem?.sentence ?? '', /^'\/note' cannot be used\. It was stored by version 3 .* version 0 is/);
  assert.deepEqual([note.definition, note.properties['text']], [undefined, 'Later']);
});

test('an object can be looked at with other values, and stays as it is', async () => {
  const transaction = await (await openTestTree()).open();
  const note = transaction.add(await transaction.root(), { type: 'Note', id: 'note', properties: { to: '/' } });
  const tried = note.withValues({ text: 'other' });
  assert.deepEqual([tried.path, tried.properties], ['/note', { text: 'other', to: '/' }]);
  assert.deepEqual(note.properties, { text: 'empty', to: '/' });
  assert.equal(await transaction.find('/note'), note);
});

test('an object provides what its type declares, and nothing that every JavaScript object has', async () => {
  const transaction = await (await openTestTree(typeNamed('Plain'))).open();
  const [note, plain] = ['Note', 'Plain'].map((type) => ({ type, id: type }));
  const root = await transaction.root();
  const [able, unable] = [transaction.add(root, note!), transaction.add(root, plain!)];
  assert.deepEqual([able.doesProvide(NOTE), able.provide(NOTE)], [true, 'Note']);
  for (const name of ['note', 'constructor', 'toString', '__proto__']) assert.ok(!unable.doesProvide({ name }), name);
  assert.ok(!able.doesProvide({ name: 'constructor' }));
});
