import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ChildrenMessage, ObjectMessage } from '../../schema/endpoints/objects.ts';
import { openForApplication } from '../data-folder.ts';
import { ProductFolders } from '../products/product-folders.ts';
import { openTestInstallation, type TestInstallation } from '../testing.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

/** A product whose one type has these properties and steps. */
function version(properties: string, migrations: string): Promise<string> {
  const text = `
    import { defineType, p } from 'trellis/product';
    const note = defineType({
      type: 'Note', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'note',
      addPermission: 'Add Folders', properties: { ${properties} }, migrations: [${migrations}],
    });
    export default { name: 'notes', types: [note] };`;
  return folders.plant({ 'index.js': text });
}

const RENAMED = `({ text, ...others }) => ({ ...others, words: text ?? '' })`;
const PARTED = `({ words, ...others }) => ({ ...others, words: String(words).split(' ') })`;
const first = await version(`text: p.string({ title: 'Text' })`, '');
const second = await version(`words: p.string({ title: 'Words' })`, RENAMED);
const third = await version(`words: p.lines({ title: 'Words' })`, `${RENAMED}, ${PARTED}`);
const failing = await version(`words: p.string({ title: 'Words' })`, `() => { throw new Error('The moon is full.'); }`);

const note = async (trellis: TestInstallation) => (await trellis.ask('GET', '/api/n')).json<ObjectMessage>();
const stored = async (trellis: TestInstallation) =>
  (await (await trellis.database.open(null)).get('/n')).state.properties;

/** A tree in which the first version of the type stored a note. */
async function planted(): Promise<TestInstallation> {
  const trellis = await openTestInstallation(undefined, first);
  const body = { type: 'Note', id: 'n', properties: { text: 'buy milk' } };
  assert.equal((await trellis.ask('POST', '/api', { body })).status, 201);
  return trellis;
}

test('what an older version stored is read through all the steps since, and nothing is written for that', async () => {
  await using old = await planted();
  await using now = await openTestInstallation(old.folder, third);
  const { properties, warnings, revision } = await note(now);
  assert.deepEqual([properties, warnings, revision], [{ words: ['buy', 'milk'] }, [], 1]);
  assert.deepEqual(await stored(now), { text: 'buy milk' });
});

test('the first change stores all of it as the new version has it, and a change to what it is already stores nothing', async () => {
  await using old = await planted();
  await using now = await openTestInstallation(old.folder, third);
  const change = async (body: unknown) => (await now.ask('PATCH', '/api/n', { body })).json<ObjectMessage>();
  assert.equal((await change({ properties: { words: ['buy', 'milk'] } })).revision, 1);
  assert.equal((await change({ title: 'Errand' })).revision, 2);
  assert.deepEqual(await stored(now), { words: ['buy', 'milk'], '@version': 2 });
  assert.deepEqual((await note(now)).properties, { words: ['buy', 'milk'] });
});

test('a new object has been through all steps', async () => {
  await using trellis = await openTestInstallation(undefined, second);
  await trellis.ask('POST', '/api', { body: { type: 'Note', id: 'n', properties: { words: 'a b' } } });
  assert.deepEqual(await stored(trellis), { words: 'a b', '@version': 1 });
  await using later = await openTestInstallation(trellis.folder, third);
  assert.deepEqual((await note(later)).properties, { words: ['a', 'b'] });
});

test('an older program shows what a newer one stored, does nothing with it, and harms nothing', async () => {
  await using old = await planted();
  await using now = await openTestInstallation(old.folder, third);
  await now.ask('PATCH', '/api/n', { body: { title: 'New' } });
  const shown = await note(old);
  assert.deepEqual([shown.isBroken, shown.title, shown.properties], [true, 'New', { words: ['buy', 'milk'] }]);
  assert.match(shown.warnings[0]?.text ?? '', /stored by version 2 of the type 'Note', and version 0 is installed/);
  const refused = await old.ask('PATCH', '/api/n', { body: { title: 'Old' } });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /cannot be changed\. It was stored by version 2/);
  assert.equal((await note(now)).title, 'New');
});

test('a step that fails leaves the object readable and marked, and everything beside it well', async () => {
  await using old = await planted();
  await using now = await openTestInstallation(old.folder, failing);
  const { isBroken, warnings, properties } = await note(now);
  assert.deepEqual([isBroken, properties], [true, { text: 'buy milk' }]);
  assert.match(warnings[0]?.text ?? '', /could not be brought to version 1: The moon is full\./);
  const { items } = (await now.ask('GET', '/api/@children')).json<ChildrenMessage>();
  assert.ok(items.length > 4 && items.some(({ id }) => id === 'n'));
  assert.equal((await now.ask('DELETE', '/api/n')).status, 204);
});

test('an application or a command reads what an older version stored, and stores nothing at another version', async () => {
  await using old = await planted();
  const guest = await openForApplication(old.folder, { TRELLIS_PRODUCTS: third, TRELLIS_LOG_LEVEL: 'silent' });
  const tree = await guest.database.open(null);
  const object = await tree.get('/n');
  assert.deepEqual(object.properties, { words: ['buy', 'milk'] });
  assert.throws(
    () => tree.change(object, { title: 'Errand' }),
    /'\/n' was stored by version 0 of the type 'Note', and this program has version 2\. .* Nothing was changed\./,
  );
  assert.equal(tree.hasChanges, false);
  await guest.close();
  assert.deepEqual((await note(old)).properties, { text: 'buy milk' });
});
