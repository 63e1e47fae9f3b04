import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { noise } from '../storage/contract/blobs.ts';
import type { CopiedMessage, MovedMessage } from '../../schema/endpoints/clipboard.ts';
import type { ChildrenMessage, ObjectMessage } from '../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../schema/problems.ts';
import { Forbidden } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import { ProductFolders } from '../products/product-folders.ts';
import { unrecorded } from '../publisher/reads.ts';
import { openTestInstallation, type TestInstallation } from '../testing.ts';
import { Transaction } from '../transaction/transaction.ts';
import { clipboardViews } from './clipboard.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

async function add(trellis: TestInstallation, path: string, type = 'Folder', more: Record<string, unknown> = {}) {
  const [, folder = '', id = ''] = /^(.*)\/(.+)$/.exec(path) ?? [];
  const answer = await trellis.ask('POST', `/api${folder}`, { body: { type, id, ...more } });
  assert.equal(answer.status, 201, answer.text);
}

/** A tree with these folders, an outer one before what is in it. */
async function openSite(...paths: readonly string[]): Promise<TestInstallation> {
  const trellis = await openTestInstallation();
  for (const path of paths) await add(trellis, path);
  return trellis;
}

const copy = (trellis: TestInstallation, folder: string, ...paths: readonly string[]) =>
  trellis.ask('POST', `/api${folder}/@copy`, { body: { paths } });
const move = (trellis: TestInstallation, folder: string, ...paths: readonly string[]) =>
  trellis.ask('POST', `/api${folder}/@move`, { body: { paths } });
const look = async (trellis: TestInstallation, path: string) =>
  (await trellis.ask('GET', `/api${path}`)).json<ObjectMessage>();

async function idsIn(trellis: TestInstallation, folder: string): Promise<string> {
  const { items } = (await trellis.ask('GET', `/api${folder}/@children`)).json<ChildrenMessage>();
  return items.map(({ id }) => id).join(' ');
}

test('a copy has title, properties and bytes of the original, and begins a life of its own', async () => {
  await using trellis = await openSite('/a', '/b');
  await trellis.site.users.add({ name: 'maria', password: 'correct horse battery', roles: ['Manager'] });
  await trellis.ask('POST', '/api/a/@upload?id=file&name=file.txt', { bytes: Buffer.from('Dear reader') });
  await trellis.ask('PATCH', '/api/a/file', { body: { title: 'Letter' } });
  const original = await look(trellis, '/a/file');
  const answer = await trellis.ask('POST', '/api/b/@copy', { as: 'maria', body: { paths: ['/a/file'] } });
  assert.deepEqual(answer.json<CopiedMessage>(), {
    items: [{ from: '/a/file', path: '/b/file' }],
    leftOut: 0,
    services: [],
  });
  const { title, properties, owner, revision, lastChanges } = await look(trellis, '/b/file');
  assert.deepEqual([title, properties, owner, revision], ['Letter', original.properties, 'maria', 1]);
  assert.deepEqual(
    lastChanges.map(({ user, description }) => [user, description]),
    [['maria', 'Copied /a/file to /b/file']],
  );
  await trellis.ask('POST', '/api/a/file/@content?name=file.txt', { bytes: Buffer.from('Other') });
  assert.equal((await trellis.ask('GET', '/b/file')).text, 'Dear reader');
});

test('where the id is taken a copy is called copy_of_ it, and the next ones are counted', async () => {
  await using trellis = await openSite('/a', '/a/x');
  for (const path of ['/a/x', '/a/x', '/a/copy_of_x', '/a/x']) await copy(trellis, '/a', path);
  assert.equal(await idsIn(trellis, '/a'), 'copy2_of_x copy3_of_x copy4_of_x copy_of_x x');
});

test('objects of one id from several folders find room beside each other', async () => {
  await using trellis = await openSite('/a', '/a/x', '/b', '/b/x', '/c');
  assert.deepEqual((await copy(trellis, '/c', '/a/x', '/b/x')).json<CopiedMessage>().items, [
    { from: '/a/x', path: '/c/x' },
    { from: '/b/x', path: '/c/copy_of_x' },
  ]);
});

test('a folder is copied with all that is in it, into itself as it was before', async () => {
  await using trellis = await openSite('/a', '/a/b', '/a/b/c', '/a/d');
  assert.equal((await copy(trellis, '/a/b', '/a')).status, 200);
  assert.equal(await idsIn(trellis, '/a/b'), 'a c');
  assert.equal(await idsIn(trellis, '/a/b/a'), 'b d');
  assert.equal(await idsIn(trellis, '/a/b/a/b'), 'c');
});

test('a moved object is the same one: its history, owner and bytes come along, and its old path leads nowhere', async () => {
  await using trellis = await openSite('/a', '/a/in', '/b');
  const bytes = noise(300_000);
  await trellis.ask('POST', '/api/a/in/@upload?id=file&name=x.bin', { bytes });
  const answer = await move(trellis, '/b', '/a/in');
  const expected = { items: [{ from: '/a/in', path: '/b/in' }], updated: [], dangling: [], services: [] };
  assert.deepEqual(answer.json<MovedMessage>(), expected);
  assert.equal((await trellis.ask('GET', '/api/a/in')).status, 404);
  assert.deepEqual([await idsIn(trellis, '/a'), await idsIn(trellis, '/b')], ['', 'in']);
  const { revision, lastChanges } = await look(trellis, '/b/in');
  assert.deepEqual(
    [revision, lastChanges.map(({ description }) => description)],
    [2, ['Moved /a/in to /b/in', 'Added /a/in']],
  );
  assert.equal((await look(trellis, '/b/in/file')).revision, 1);
  const tree = await trellis.database.open(null);
  const file = await tree.get('/b/in/file');
  const stored = await Array.fromAsync(tree.blobsOf(file).read(file.content!));
  assert.ok(Buffer.concat(stored).equals(bytes));
});

test('an id from before the rule of hidden characters is kept by what is moved or copied, and is not to be chosen anew', async () => {
  await using trellis = await openSite('/a', '/b');
  const tree = await trellis.database.open('admin');
  const old = ['Bild\u00a01', '10\u202f12 Uhr', '❤\ufe0f'];
  for (const id of old) {
    const folder = tree.add(await tree.get('/a'), { type: 'Folder', id });
    tree.add(folder, { type: 'Folder', id });
  }
  await tree.commit('Added as it was allowed once');
  for (const id of old) {
    const copied = await copy(trellis, '/a', `/a/${id}`);
    assert.deepEqual([copied.status, copied.json<CopiedMessage>().items[0]?.path], [200, `/a/copy_of_${id}`]);
    const moved = await move(trellis, '/b', `/a/${id}`);
    assert.deepEqual([moved.status, moved.json<MovedMessage>().items[0]?.path], [200, `/b/${id}`]);
    assert.equal((await look(trellis, encodeURI(`/b/${id}/${id}`))).id, id);
    assert.equal((await copy(trellis, '/a', `/b/${id}`)).json<CopiedMessage>().items[0]?.path, `/a/${id}`);
    const taken = await move(trellis, '/a', `/b/${id}`);
    assert.match(taken.json<ProblemMessage>().detail, /is invalid - it is already in use\.$/);
    const chosen = await trellis.ask('POST', '/api/b/@rename', { body: { from: id, to: `${id}2` } });
    assert.match(chosen.json<ProblemMessage>().detail, /which is not seen/);
  }
});

test('paths that lead to what is moved, or into it, follow, and are named where that is not wanted', async () => {
  await using trellis = await openSite('/a', '/b');
  await add(trellis, '/a/proxy', 'MemCache Proxy');
  for (const path of ['/a/inside', '/outside']) {
    await add(trellis, path, 'MemCache Session Data Container', { properties: { proxy_path: '/a/proxy' } });
  }
  const followed = (await move(trellis, '/b', '/a')).json<MovedMessage>();
  const users = ['/b/a/inside', '/outside'].map((path) => ({ path, property: 'proxy_path' }));
  assert.deepEqual([followed.updated.toSorted(byPath), followed.dangling], [users, []]);
  for (const { path } of users) assert.equal((await look(trellis, path)).properties['proxy_path'], '/b/a/proxy');
  const body = { paths: ['/b/a/proxy'], updateLinks: false };
  const left = (await trellis.ask('POST', '/api/@move', { body })).json<MovedMessage>();
  assert.deepEqual([left.updated, left.dangling.toSorted(byPath)], [[], users]);
  assert.match((await look(trellis, '/outside')).warnings[0]?.text ?? '', /There is no object at '\/b\/a\/proxy'/);
});

test('what cannot be pasted is refused in a sentence, and nothing is pasted', async () => {
  await using trellis = await openSite('/a', '/a/b', '/a/metrics', '/c', '/c/b', '/d', '/d/metrics');
  const keptElsewhere = /: What a temporary folder contains is kept in memory, .* Copy it, and delete the original\.$/;
  const refusals: readonly (readonly ['copy' | 'move', folder: string, paths: readonly string[], words: RegExp])[] = [
    ['copy', '/c', ['/none'], /^There is no object at '\/none'\.$/],
    ['copy', '/c', ['a'], /^There is no object at 'a'\.$/],
    ['copy', '/c', ['/'], /^'\/' cannot be copied to '\/c': It is the root\.$/],
    [
      'copy',
      '/c',
      ['/acl_users'],
      /^'\/acl_users' cannot be copied to '\/c': This server needs it where it is, and once\.$/,
    ],
    ['copy', '', ['/browser_id_manager'], /: The id "browser_id_manager" is invalid - it is already in use\.$/],
    ['copy', '', ['/a/metrics'], /^'\/a\/metrics' cannot be copied to '\/': The id "metrics" is reserved\.$/],
    ['move', '', ['/a/metrics'], /^'\/a\/metrics' cannot be moved to '\/': The id "metrics" is reserved\.$/],
    ['move', '/c', ['/a/b'], /^'\/a\/b' cannot be moved to '\/c': The id "b" is invalid - it is already in use\.$/],
    ['move', '/a/b', ['/a'], /^'\/a' cannot be moved to '\/a\/b': This object cannot be pasted into itself\.$/],
    ['move', '/a', ['/a'], /: This object cannot be pasted into itself\.$/],
    ['move', '/a', ['/'], /: This object cannot be pasted into itself\.$/],
    ['move', '/a', ['/a/b'], /^'\/a\/b' cannot be moved to '\/a': It is there already\.$/],
    ['move', '/c', ['/acl_users'], /: This server needs it where it is, and once\.$/],
    ['move', '/temp_folder', ['/a'], keptElsewhere],
    ['move', '', ['/temp_folder/session_data'], keptElsewhere],
  ];
  const refused = async (view: string, folder: string, paths: readonly string[], pointer: string | undefined) => {
    const answer = await trellis.ask('POST', `/api${folder}/@${view}`, { body: { paths } });
    const { detail, errors } = answer.json<ProblemMessage>();
    assert.deepEqual([answer.status, errors?.[0]?.pointer], [422, pointer], `${view} ${paths.join()}: ${answer.text}`);
    return detail;
  };
  for (const [view, folder, paths, words] of refusals) {
    assert.match(await refused(view, folder, paths, '/paths/0'), words);
    if (view === 'copy') assert.match(await refused(view, folder, ['/index_html', ...paths], '/paths/1'), words);
  }
  await refused('move', '/c', ['/a/metrics', '/acl_users'], '/paths/1');
  await refused('move', '/c', ['/a/metrics', '/d/metrics'], '/paths/1');
  assert.match(
    await refused('move', '/c', ['/a/metrics', '/a'], '/paths/0'),
    /It is in '\/a', which is to be moved as well/,
  );
  assert.equal(await refused('copy', '/c', ['/a', '/a/'], '/paths/1'), "'/a/' is named twice.");
  assert.equal(await refused('copy', '/c', [], '/paths'), 'No items specified. Name the paths of objects.');
  assert.deepEqual([await idsIn(trellis, '/a'), await idsIn(trellis, '/c')], ['b metrics', 'b']);
});

test('nothing is pasted into what contains nothing', async () => {
  await using trellis = await openSite('/a');
  for (const view of ['@copy', '@move']) {
    const answer = await trellis.ask('POST', `/api/index_html/${view}`, { body: { paths: ['/a'] } });
    assert.equal(answer.status, 404);
  }
});

test('a thousand objects are copied at once, and one more is refused before any is', async () => {
  await using trellis = await openSite('/a');
  const tree = await trellis.database.open('admin');
  const folder = await tree.get('/a');
  for (let number = 0; number < 999; number += 1) tree.add(folder, { type: 'Folder', id: `f${number}` });
  await tree.commit('Added many');
  assert.equal((await copy(trellis, '', '/a')).status, 200);
  assert.equal((await trellis.ask('GET', '/api/copy_of_a/@children')).json<ChildrenMessage>().total, 999);
  const refused = await copy(trellis, '', '/index_html', '/a');
  assert.deepEqual(
    [refused.status, refused.json()['detail']],
    [422, 'At most 1000 objects can be copied at once, with what is in them. Choose fewer.'],
  );
  assert.doesNotMatch(await idsIn(trellis, ''), /copy_of_index/);
});

test('into and out of a temporary folder objects are copied with what is in them, bytes and all', async () => {
  await using trellis = await openSite('/a', '/a/in');
  const bytes = noise(1_500_000);
  await trellis.ask('POST', '/api/a/in/@upload?id=file&name=x.bin', { bytes });
  assert.equal((await copy(trellis, '/temp_folder', '/a')).status, 200);
  await trellis.ask('DELETE', '/api/a');
  assert.equal((await copy(trellis, '', '/temp_folder')).status, 200);
  assert.equal((await copy(trellis, '', '/copy_of_temp_folder/a')).status, 200);
  for (const [path, isTemporary] of [
    ['/temp_folder/a', true],
    ['/copy_of_temp_folder/a', true],
    ['/a', false],
  ] as const) {
    assert.equal((await look(trellis, path)).isTemporary, isTemporary);
    const tree = await trellis.database.open(null);
    const file = await tree.get(`${path}/in/file`);
    const kept = Buffer.concat(await Array.fromAsync(tree.blobsOf(file).read(file.content!)));
    assert.ok(kept.equals(bytes), path);
  }
});

test('what is in a temporary folder is moved from there to another one', async () => {
  await using trellis = await openSite();
  await add(trellis, '/temp_folder/a');
  await add(trellis, '/other', 'Temporary Folder');
  assert.equal((await move(trellis, '/other', '/temp_folder/a')).status, 200);
  assert.deepEqual([await idsIn(trellis, '/temp_folder'), await idsIn(trellis, '/other')], ['session_data', 'a']);
});

test('the sessions of a container go with it where it is moved, and not where it is copied', async () => {
  await using trellis = await openSite('/a');
  await add(trellis, '/kept', 'Transient Object Container');
  const added = await trellis.ask('POST', '/api/kept/@test', { body: { items: 'cart full' } });
  const [cookie = ''] = added.cookies[0]!.split(';');
  const items = async (path: string) =>
    (await trellis.ask('GET', `/api${path}/@test`, { cookie })).json<{ session: { key: string }[] }>().session.length;
  await copy(trellis, '/a', '/kept');
  assert.deepEqual([await items('/kept'), await items('/a/kept')], [1, 0]);
  await trellis.ask('DELETE', '/api/a/kept');
  await move(trellis, '/a', '/kept');
  assert.equal(await items('/a/kept'), 1);
});

test('an object whose type is not installed is moved and copied as it is, and works when that is back', async () => {
  const product = await folders.plant({
    'index.js': `
      import { defineType, p } from 'trellis/product';
      const note = defineType({ type: 'Note', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'note',
        addPermission: 'Add Folders', properties: { text: p.string({ title: 'Text' }) }, migrations: [(all) => all] });
      export default { name: 'notes', types: [note] };`,
  });
  await using with_ = await openTestInstallation(undefined, product);
  for (const path of ['/a', '/b']) await add(with_, path);
  for (const path of ['/a/note', '/note']) await add(with_, path, 'Note', { properties: { text: 'milk' } });
  {
    await using without = await openTestInstallation(with_.folder);
    assert.equal((await copy(without, '/b', '/a', '/note')).status, 200);
    assert.equal((await move(without, '/a', '/b/note')).status, 422);
    assert.equal((await move(without, '/b/a', '/note')).status, 422, 'there is one of that id');
    assert.equal((await move(without, '', '/b/a')).status, 422);
    await without.ask('POST', '/api/@rename', { body: { from: 'note', to: 'moved' } });
    assert.equal((await move(without, '/a', '/moved')).status, 200);
  }
  for (const path of ['/a/note', '/a/moved', '/b/note', '/b/a/note']) {
    const { properties, isBroken } = await look(with_, path);
    assert.deepEqual([properties, isBroken], [{ text: 'milk' }, false], path);
  }
});

test('of two folders that are moved into each other at the same moment, one is refused', async () => {
  await using trellis = await openSite('/a', '/b');
  const answers = await Promise.all([move(trellis, '/a', '/b'), move(trellis, '/b', '/a')]);
  const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
  assert.deepEqual(statuses, [200, 404]);
  const inside = await (await trellis.database.open(null)).inside(await (await trellis.database.open(null)).root());
  assert.equal(inside.filter(({ id }) => id === 'a' || id === 'b').length, 2);
});

type May = (permission: string, object: TreeObject) => boolean;

/** Calls a view as somebody who has just these permissions, and commits. */
async function callAs(
  may: May,
  trellis: TestInstallation,
  view: 'copy' | 'move',
  folder: string,
  paths: readonly string[],
) {
  const tree = await trellis.database.open('ann');
  const object = await tree.get(folder);
  const [method] = clipboardViews.find(({ name }) => name === view)!.methods;
  const request = {
    method: 'POST',
    path: folder,
    query: new URLSearchParams(),
    headers: {},
    cookies: new Map(),
    address: '',
  };
  const asked = {
    ...request,
    body: { paths },
    form: new URLSearchParams(),
    upload: undefined,
    origin: '',
    acceptsSecureCookies: true,
    mayDropSecureCookies: false,
  };
  const ours = { transaction: new Transaction(), cookies: [], scope: new Map<symbol, unknown>(), reads: unrecorded };
  const rest = { user: { name: 'ann', roles: [] }, tail: undefined, reruns: 0, keepPrivate() {}, describe() {} };
  const answer = await method!.call({ object, addressed: object, tree, request: asked, may, ...ours, ...rest });
  await tree.commit('Pasted');
  return answer;
}

test('what the caller may not see is not copied with the folder that it is in, and said', async () => {
  await using trellis = await openSite('/a', '/a/open', '/a/secret', '/a/secret/open', '/b');
  const may: May = (permission, { id }) => permission !== 'View management screens' || id !== 'secret';
  const copied = (await callAs(may, trellis, 'copy', '/b', ['/a'])) as CopiedMessage;
  assert.equal(copied.leftOut, 2);
  assert.equal(await idsIn(trellis, '/b/a'), 'open');
  for (const view of ['copy', 'move'] as const) {
    await assert.rejects(callAs(may, trellis, view, '/b', ['/a/secret']), /There is no object at '\/a\/secret'/);
  }
});

test('copying asks for the permission to add each type, moving also for the one to delete at the source', async () => {
  await using trellis = await openSite('/a', '/a/in', '/b');
  await add(trellis, '/a/in/proxy', 'MemCache Proxy');
  const lacks =
    (lacking: string): May =>
    (permission) =>
      permission !== lacking;
  for (const [view, lacking, path] of [
    ['copy', 'Add MemCache Proxies', '/a'],
    ['copy', 'Add Folders', '/a'],
    ['move', 'Add Folders', '/a/in'],
    ['move', 'Delete objects', '/a/in'],
  ] as const) {
    await assert.rejects(callAs(lacks(lacking), trellis, view, '/b', [path]), (error: unknown) => {
      return error instanceof Forbidden && error.message.includes(`'${lacking}'`);
    });
  }
  assert.equal(await idsIn(trellis, '/b'), '');
  await callAs(lacks('Delete objects'), trellis, 'copy', '/b', ['/a']);
  assert.equal(await idsIn(trellis, '/b/a/in'), 'proxy');
});

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}
