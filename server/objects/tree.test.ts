import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError } from '../base/errors.ts';
import { ProductFolders } from '../products/product-folders.ts';
import { COMMIT_REFUSED, otherProgramIn } from '../storage/testing/data-file.ts';
import { openTestInstallation } from '../testing.ts';

test('an object that was added is there for the next transaction, and not for one that began before', async () => {
  await using trellis = await openTestInstallation();
  const earlier = await trellis.database.open('admin');
  const transaction = await trellis.database.open('admin');
  transaction.add(await transaction.root(), { type: 'Folder', id: 'docs', title: 'Handbook' });
  await transaction.commit('Added /docs');
  assert.equal(await earlier.find('/docs'), undefined);
  assert.equal((await (await trellis.database.open('admin')).get('/docs')).title, 'Handbook');
});

test('a transaction goes on seeing an object as it was when the transaction began', async () => {
  await using trellis = await openTestInstallation();
  const reader = await trellis.database.open(null);
  const writer = await trellis.database.open('admin');
  writer.change(await writer.get('/index_html'), { title: 'New' });
  await writer.commit('Changed title');
  assert.equal((await reader.get('/index_html')).title, 'Welcome');
  assert.equal((await (await trellis.database.open(null)).get('/index_html')).title, 'New');
});

test('of two changes made from the same state the second is a conflict and changes nothing', async () => {
  await using trellis = await openTestInstallation();
  const [first, second] = [await trellis.database.open('a'), await trellis.database.open('b')];
  first.change(await first.get('/index_html'), { title: 'First' });
  second.change(await second.get('/index_html'), { title: 'Second' });
  await first.commit('first');
  await assert.rejects(second.commit('second'), ConflictError);
  assert.equal((await (await trellis.database.open(null)).get('/index_html')).title, 'First');
});

test('deleting a folder takes everything in it, however deep', async () => {
  await using trellis = await openTestInstallation();
  const transaction = await trellis.database.open('admin');
  let folder = await transaction.root();
  for (let depth = 0; depth < 30; depth += 1) folder = transaction.add(folder, { type: 'Folder', id: 'a' });
  await transaction.commit('Added folders');
  const next = await trellis.database.open('admin');
  assert.equal(await next.remove(await next.get('/a')), 30);
  await next.commit('Deleted /a');
  assert.equal(await (await trellis.database.open(null)).find('/a'), undefined);
});

test('what a temporary folder contains is in memory: gone when the installation is opened again', async () => {
  await using trellis = await openTestInstallation();
  const transaction = await trellis.database.open('admin');
  const object = transaction.add(await transaction.get('/temp_folder'), { type: 'Folder', id: 'scratch' });
  await transaction.commit('Added /temp_folder/scratch');
  assert.ok(object.oid < 0);
  assert.ok(await (await trellis.database.open(null)).find('/temp_folder/scratch'));
  await using again = await openTestInstallation(trellis.folder);
  assert.equal(await (await again.database.open(null)).find('/temp_folder/scratch'), undefined);
  assert.ok(await (await again.database.open(null)).find('/temp_folder/session_data'));
});

test('a change on disk that fails leaves the change in memory undone too', async () => {
  await using trellis = await openTestInstallation();
  const transaction = await trellis.database.open('admin');
  transaction.change(await transaction.get('/index_html'), { title: 'Mine' });
  transaction.add(await transaction.get('/temp_folder'), { type: 'Folder', id: 'scratch' });
  const other = await trellis.database.open('admin');
  other.change(await other.get('/index_html'), { title: 'Theirs' });
  await other.commit('Changed title');
  await assert.rejects(transaction.commit('Both'), ConflictError);
  assert.equal(await (await trellis.database.open(null)).find('/temp_folder/scratch'), undefined);
});

test('a commit that the storage refuses at its very end leaves what is in memory as it was', async () => {
  await using trellis = await openTestInstallation();
  const first = await trellis.database.open('admin');
  first.add(await first.get('/temp_folder'), { type: 'Folder', id: 'scratch' });
  await first.commit('Added /temp_folder/scratch');
  using other = otherProgramIn(trellis.folder);
  other.refuseCommits();
  const both = await trellis.database.open('admin');
  both.change(await both.get('/index_html'), { title: 'Mine' });
  await both.remove(await both.get('/temp_folder/scratch'));
  both.add(await both.get('/temp_folder'), { type: 'Folder', id: 'other' });
  await assert.rejects(both.commit('Both'), ({ cause }: Error) => {
    return (cause as { code?: string }).code === COMMIT_REFUSED;
  });
  const now = await trellis.database.open(null);
  assert.equal((await now.get('/index_html')).title, 'Welcome');
  assert.deepEqual(
    [await now.find('/temp_folder/scratch'), await now.find('/temp_folder/other')].map((found) => found?.id),
    ['scratch', undefined],
  );
  other.allowCommits();
  const again = await trellis.database.open('admin');
  again.change(await again.get('/index_html'), { title: 'Mine' });
  await again.remove(await again.get('/temp_folder/scratch'));
  await again.commit('Both');
  assert.equal(await (await trellis.database.open(null)).find('/temp_folder/scratch'), undefined);
});

test('what a product fails at after a removal refuses nothing, and keeps no other object from hearing of it', async () => {
  await using folders = new ProductFolders();
  const heard = `globalThis.heardOfRemoval ??= []`;
  const product = await folders.plant({
    'index.js': `
      import { defineType, REMOVED } from 'trellis/product';
      const fussy = defineType({
        type: 'Fussy', description: 'Fails', icon: 'file', group: 'Content', suggestedId: 'fussy',
        addPermission: 'Add Folders', properties: {},
        events: [
          REMOVED.by(({ id }) => {
            (${heard}).push(id);
            if (id === 'one') throw new Error('The moon is full.');
            return Promise.reject(new Error('The moon is full.'));
          }),
        ],
      });
      export default { name: 'fussy', types: [fussy] };`,
  });
  await using trellis = await openTestInstallation(undefined, product);
  assert.equal((await trellis.ask('POST', '/api', { body: { type: 'Folder', id: 'f' } })).status, 201);
  for (const id of ['one', 'two']) {
    assert.equal((await trellis.ask('POST', '/api/f', { body: { type: 'Fussy', id } })).status, 201);
  }
  assert.equal((await trellis.ask('DELETE', '/api/f')).status, 204);
  assert.equal((await trellis.ask('GET', '/api/f')).status, 404);
  assert.deepEqual((globalThis as { heardOfRemoval?: string[] }).heardOfRemoval?.toSorted(), ['one', 'two']);
});

test('the nearest service upward wins, and a new one nearer by is found at once', async () => {
  await using trellis = await openTestInstallation();
  const transaction = await trellis.database.open('admin');
  const shop = transaction.add(await transaction.root(), { type: 'Folder', id: 'shop' });
  await transaction.commit('Added /shop');
  const before = await trellis.database.open(null);
  assert.equal(
    (await (await before.get('/shop')).findService({ name: 'session.manager' }))?.path,
    '/session_data_manager',
  );
  const adding = await trellis.database.open('admin');
  adding.add(await adding.get(shop.path), { type: 'Session Data Manager', id: 'own' });
  await adding.commit('Added /shop/own');
  const after = await trellis.database.open(null);
  assert.equal((await (await after.get('/shop')).findService({ name: 'session.manager' }))?.path, '/shop/own');
  assert.equal((await (await after.root()).findService({ name: 'session.manager' }))?.path, '/session_data_manager');
});

test('the number of items in a folder is right after others added to it', async () => {
  await using trellis = await openTestInstallation();
  const root = async () => (await (await trellis.database.open(null)).root()).childCount;
  const before = await root();
  await using other = await openTestInstallation(trellis.folder);
  const transaction = await other.database.open('admin');
  transaction.add(await transaction.root(), { type: 'Folder', id: 'docs' });
  await transaction.commit('Added /docs');
  assert.equal(await root(), before + 1);
});

test('a path property leads on after its object moved, where links are updated with it', async () => {
  await using trellis = await openTestInstallation();
  const transaction = await trellis.database.open('admin');
  const links = await transaction.pointingTo('/temp_folder');
  assert.deepEqual(
    links.map(({ object, link }) => [object.path, link.property, link.path]),
    [['/session_data_manager', 'container_path', '/temp_folder/session_data']],
  );
});
