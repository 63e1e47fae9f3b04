import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestInstallation, type TestInstallation } from '../../testing.ts';

const PRODUCT = new URL('../../../e2e/support/product/cacheable', import.meta.url).pathname;

interface Page {
  readonly made: number;
  readonly parts: readonly unknown[];
}

/** A site with a RAM cache manager and a page in a folder, made of the given parts and kept by it. */
async function openSite(parts: readonly string[], settings: Record<string, unknown> = {}) {
  const trellis = await openTestInstallation(undefined, PRODUCT);
  await add(trellis, '/', { type: 'RAM Cache Manager', id: 'cache', properties: { request_names: [], ...settings } });
  await add(trellis, '/', { type: 'Folder', id: 'docs' });
  await add(trellis, '/docs', { type: 'Composed Page', id: 'page', title: 'First', properties: { parts } });
  const chosen = await trellis.ask('POST', '/api/docs/page/@cache', { body: { manager: 'cache' } });
  assert.equal(chosen.json<{ line: string }>().line, 'Cache settings changed.');
  const get = async (path = '/docs/page', as: string | null = null, headers = {}) =>
    (await trellis.ask('GET', path, { as, headers })).json<Page>();
  return { ...trellis, get, [Symbol.asyncDispose]: () => trellis[Symbol.asyncDispose]() };
}

async function add(trellis: TestInstallation, folder: string, body: Record<string, unknown>, as = 'admin') {
  const answer = await trellis.ask('POST', `/api${folder}`, { body, as });
  assert.equal(answer.status, 201, answer.text);
}

async function addUser(trellis: TestInstallation, name: string, roles: readonly string[] = []) {
  await trellis.site.users.add({ name, password: 'correct horse battery', roles });
}

test('a page is made once and given again, until the page is edited', async () => {
  await using site = await openSite(['title']);
  const first = await site.get();
  assert.deepEqual(await site.get(), first);
  await site.ask('PATCH', '/api/docs/page', { body: { title: 'Second' } });
  const second = await site.get();
  assert.deepEqual(second, { made: first.made + 1, parts: ['Second'] });
  assert.deepEqual(await site.get(), second);
});

test('a page without a cache manager is made each time', async () => {
  await using site = await openSite(['title']);
  await site.ask('POST', '/api/docs/page/@cache', { body: { manager: '' } });
  const first = await site.get();
  assert.equal((await site.get()).made, first.made + 1);
});

test('a folder’s index_html is kept for each of the addresses that lead to it', async () => {
  await using site = await openSite(['title']);
  await site.ask('POST', '/api/docs/@rename', { body: { from: 'page', to: 'index_html' } });
  const paths = ['/docs', '/docs/', '/docs/index_html'];
  const first = await Promise.all(paths.map((path) => site.get(path)));
  assert.deepEqual(await Promise.all(paths.map((path) => site.get(path))), first);
  const odd = await site.get('/%64ocs');
  assert.notEqual((await site.get('/%64ocs')).made, odd.made);
});

test('a move of the folder that a page is in is seen', async () => {
  await using site = await openSite(['path']);
  assert.deepEqual((await site.get()).parts, ['/docs/page']);
  await site.ask('POST', '/api/@rename', { body: { from: 'docs', to: 'papers' } });
  assert.deepEqual((await site.get('/papers/page')).parts, ['/papers/page']);
});

test('a page that lists its folder sees what is added, changed and deleted there', async () => {
  await using site = await openSite(['list']);
  const ids = async () => (await site.get('/docs/page', 'admin')).parts;
  assert.deepEqual(await ids(), [['page: First']]);
  await add(site, '/docs', { type: 'Page Template', id: 'a', title: 'One' });
  assert.deepEqual(await ids(), [['a: One', 'page: First']]);
  await site.ask('PATCH', '/api/docs/a', { body: { title: 'Two' } });
  assert.deepEqual(await ids(), [['a: Two', 'page: First']]);
  await site.ask('DELETE', '/api/docs/a');
  assert.deepEqual(await ids(), [['page: First']]);
  const { made } = await site.get('/docs/page', 'admin');
  await add(site, '/', { type: 'Page Template', id: 'elsewhere' });
  assert.equal((await site.get('/docs/page', 'admin')).made, made);
});

test('a page that includes another sees it appear, change and go', async () => {
  await using site = await openSite(['include /other']);
  const included = async () => (await site.get()).parts[0];
  assert.equal(await included(), null);
  await add(site, '/', { type: 'Page Template', id: 'other', title: 'There' });
  assert.equal(await included(), 'There');
  await site.ask('PATCH', '/api/other', { body: { title: 'Changed' } });
  assert.equal(await included(), 'Changed');
  await site.ask('DELETE', '/api/other');
  assert.equal(await included(), null);
});

test('in a temporary folder, too, changes are seen', async () => {
  await using site = await openSite(['include /temp_folder/other']);
  const included = async () => (await site.get()).parts[0];
  assert.equal(await included(), null);
  await add(site, '/temp_folder', { type: 'Page Template', id: 'other', title: 'There' });
  assert.equal(await included(), 'There');
  await site.ask('PATCH', '/api/temp_folder/other', { body: { title: 'Changed' } });
  assert.equal(await included(), 'Changed');
});

test('a page that depends on the session, on chance, or fails is never kept', async () => {
  for (const part of ['session', 'chance']) {
    await using site = await openSite([part]);
    const first = await site.get();
    assert.equal((await site.get()).made, first.made + 1, part);
  }
  await using site = await openSite(['fail']);
  const status = async () => (await site.ask('GET', '/docs/page', { as: null })).status;
  assert.deepEqual([await status(), await status()], [500, 500]);
});

test('values of the request tell answers apart where the manager names them; a page that needs others is not kept', async () => {
  await using site = await openSite(['request color', 'request size'], { request_names: ['color'] });
  const first = await site.get('/docs/page?color=red');
  assert.equal((await site.get('/docs/page?color=red')).made, first.made + 1);
  await site.ask('PATCH', '/api/docs/page', { body: { properties: { parts: ['request color'] } } });
  const colors = ['red', 'green', 'red&color=green', ''].map((color) => `/docs/page?color=${color}`);
  const pages = await Promise.all(colors.map((path) => site.get(path)));
  assert.deepEqual(
    pages.map(({ parts }) => parts[0]),
    [['red'], ['green'], ['red', 'green'], ['']],
  );
  assert.deepEqual(await Promise.all(colors.map((path) => site.get(`${path}&other=${Math.random()}`))), pages);
});

test('who has other roles, or owns what is shown, is given a page of their own', async () => {
  await using site = await openSite(['list']);
  await addUser(site, 'maria', ['Manager']);
  await addUser(site, 'ann');
  await addUser(site, 'bob');
  const connection = site.database.open('ann');
  connection.add(await connection.get('/docs'), { type: 'Page Template', id: 'hers', title: 'Hers' });
  await connection.commit('Added by ann');
  const all = [['hers: Hers', 'page: First']];
  const expected = new Map<string | null, unknown>([
    [null, [[]]],
    ['bob', [[]]],
    ['ann', [['hers: Hers']]],
    ['maria', all],
    ['admin', all],
  ]);
  for (const order of [
    [null, 'bob', 'ann', 'maria', 'admin'],
    ['admin', 'maria', 'ann', 'bob', null],
    ['ann', 'bob', 'ann'],
  ]) {
    await site.ask('POST', '/api/docs/page/@invalidate');
    for (const as of order) assert.deepEqual((await site.get('/docs/page', as)).parts, expected.get(as), String(as));
  }
  await addUser(site, 'nora', ['Manager']);
  assert.equal((await site.get('/docs/page', 'maria')).made, (await site.get('/docs/page', 'nora')).made);
});

test('a page that depends on who asks is kept for each of them', async () => {
  await using site = await openSite(['user']);
  await addUser(site, 'ann');
  await addUser(site, 'bob');
  const users = ['ann', 'bob', null, 'admin'];
  const first = await Promise.all(users.map((as) => site.get('/docs/page', as)));
  assert.deepEqual(
    first.map(({ parts }) => parts[0]),
    users,
  );
  assert.deepEqual(await Promise.all(users.map((as) => site.get('/docs/page', as))), first);
});

test('a user who is given another role sees what that role may see', async () => {
  await using site = await openSite(['list']);
  await addUser(site, 'ann');
  assert.deepEqual((await site.get('/docs/page', 'ann')).parts, [[]]);
  await site.site.users.change('ann', { roles: ['Manager'] });
  assert.deepEqual((await site.get('/docs/page', 'ann')).parts, [['page: First']]);
});

test('Invalidate forgets an object, and for a folder everything in it', async () => {
  await using site = await openSite(['title']);
  const first = await site.get();
  const answer = await site.ask('POST', '/api/docs/page/@invalidate');
  assert.equal(answer.json<{ line: string }>().line, 'Invalidated.');
  assert.equal((await site.get()).made, first.made + 1);
  await site.ask('POST', '/api/docs/@invalidate');
  assert.equal((await site.get()).made, first.made + 2);
  const elsewhere = await site.ask('POST', '/api/index_html/@invalidate');
  assert.equal(elsewhere.status, 422);
  assert.match(elsewhere.text, /This object is not associated with a cache manager\./);
});

test('a page that is being made when it is invalidated or changed is not kept beyond that', async () => {
  await using site = await openSite(['wait 100', 'title']);
  const slow = site.get();
  await site.ask('POST', '/api/docs/page/@invalidate');
  const again = site.get();
  assert.notEqual((await again).made, (await slow).made);
  await site.ask('POST', '/api/docs/page/@invalidate');
  const before = site.get();
  await site.ask('PATCH', '/api/docs/page', { body: { title: 'Second' } });
  assert.equal((await site.get()).parts[1], 'Second');
  await before;
  assert.equal((await site.get()).parts[1], 'Second');
});

test('of many who ask for a page that is missing, one makes it', async () => {
  await using site = await openSite(['wait 50', 'title']);
  const pages = await Promise.all(Array.from({ length: 200 }, () => site.get()));
  assert.equal(new Set(pages.map(({ made }) => made)).size, 1);
});

test('another process’s change is seen at the next request', async () => {
  await using site = await openSite(['title', 'list']);
  await using other = await openTestInstallation(site.folder, PRODUCT);
  await site.get();
  await other.ask('PATCH', '/api/docs/page', { body: { title: 'From the other' } });
  assert.deepEqual((await site.get()).parts, ['From the other', []]);
  const { made } = await site.get();
  await other.ask('POST', '/api/docs/@invalidate');
  assert.equal((await site.get()).made, made + 1);
});

test('the association is undone with the object’s other properties and is not in its form', async () => {
  await using site = await openSite(['title']);
  const object = (await site.ask('GET', '/api/docs/page')).json<{ properties: object; tabs: { id: string }[] }>();
  assert.deepEqual(Object.keys(object.properties), ['parts']);
  const refused = await site.ask('POST', '/api/docs/page/@cache', { body: { manager: 'none_such' } });
  assert.equal(refused.status, 422);
});

test('the manager lists what it could keep, and makes and removes associations', async () => {
  await using site = await openSite(['title']);
  await add(site, '/docs', { type: 'Page Template', id: 'other' });
  const list = async (query = '') =>
    (await site.ask('GET', `/api/cache/@associations${query}`)).json<{
      items: { path: string; isAssociated: boolean }[];
    }>().items;
  const paths = (items: readonly { path: string }[]) => items.map(({ path }) => path);
  assert.deepEqual(paths(await list()), ['/index_html', '/docs/other', '/docs/page']);
  assert.deepEqual(paths(await list('?deep=no')), ['/index_html']);
  assert.deepEqual(paths(await list('?type=Composed%20Page')), ['/docs/page']);
  assert.deepEqual(paths(await list('?show=associated')), ['/docs/page']);
  const body = { add: ['/docs/other', '/index_html'], remove: ['/docs/page'] };
  const answer = await site.ask('POST', '/api/cache/@associations', { body });
  assert.equal(answer.json<{ line: string }>().line, '2 association(s) made, 1 removed.');
  assert.deepEqual(paths(await list('?show=associated')), ['/index_html', '/docs/other']);
});

test('Statistics show what is kept and how often it was found; what is removed there is made anew', async () => {
  await using site = await openSite(['title']);
  for (let time = 0; time < 4; time += 1) await site.get();
  const rows = async () =>
    (await site.ask('GET', '/api/cache/@statistics')).json<{ rows: Record<string, unknown>[] }>().rows;
  const [row] = await rows();
  assert.deepEqual(
    { ...row, bytes: Number(row?.['bytes']) > 0 },
    { path: '/docs/page', icon: 'file', hits: 3, misses: 1, entries: 1, bytes: true, views: ['/docs/page'] },
  );
  const { made } = await site.get();
  const removed = await site.ask('POST', '/api/cache/@statistics', { body: { paths: ['/docs/page'] } });
  assert.equal(removed.json<{ line: string }>().line, 'Cache entries invalidated');
  assert.equal((await site.get()).made, made + 1);
});
