import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { until } from '../../../e2e/support/figures.ts';
import { startMemcached, type Memcached } from '../../../e2e/support/memcached/memcached.ts';
import { pagesMade } from '../../../e2e/support/product/cacheable/index.ts';
import type { CacheStatisticsMessage } from '../../../schema/endpoints/caches.ts';
import type { ChildItem } from '../../../schema/endpoints/objects.ts';
import type { Clock } from '../../base/clock.ts';
import { openTestInstallation, type TestInstallation } from '../../testing.ts';
import { HAS_STATISTICS } from './cache-statistics-tab.ts';

const PRODUCT = new URL('../../../e2e/support/product/cacheable', import.meta.url).pathname;

interface Page {
  readonly made: number;
  readonly parts: readonly unknown[];
}

const memcached = await startMemcached();
after(() => memcached[Symbol.asyncDispose]());

/** A site with a cache manager and a page in a folder, made of the given parts and kept by it. */
async function openSite(
  manager: ManagerType,
  parts: readonly string[],
  settings: Record<string, unknown> = {},
  server: Memcached = memcached,
  clock: Clock = Date.now,
) {
  const trellis = await openTestInstallation(undefined, PRODUCT, {}, { clock });
  const servers = [server.address];
  await add(trellis, '/', { type: 'MemCache Proxy', id: 'mcproxy', properties: { servers } });
  const proxy = manager === 'MemCache Cache Manager' ? { proxy_path: '/mcproxy' } : {};
  const properties = { request_names: [], ...proxy, ...settings };
  await add(trellis, '/', { type: manager, id: 'cache', properties });
  await add(trellis, '/', { type: 'Folder', id: 'docs' });
  await add(trellis, '/docs', { type: 'Composed Page', id: 'page', title: 'First', properties: { parts } });
  const chosen = await trellis.ask('POST', '/api/docs/page/@cache', { body: { manager: 'cache' } });
  assert.equal(chosen.json<{ line: string }>().line, 'Cache settings changed.');
  const get = async (path = '/docs/page', as: string | null = null, headers = {}) =>
    (await trellis.ask('GET', path, { as, headers })).json<Page>();
  return { ...trellis, get, [Symbol.asyncDispose]: () => trellis[Symbol.asyncDispose]() };
}

/** Asks for a page, and waits only until it is being made. */
async function begun(get: () => Promise<Page>): Promise<{ readonly page: Promise<Page> }> {
  const before = pagesMade();
  const page = get();
  await until('a page is being made', async () => pagesMade() > before);
  return { page };
}

type ManagerType = 'RAM Cache Manager' | 'MemCache Cache Manager';

async function add(trellis: TestInstallation, folder: string, body: Record<string, unknown>, as = 'admin') {
  const answer = await trellis.ask('POST', `/api${folder}`, { body, as });
  assert.equal(answer.status, 201, answer.text);
}

async function addUser(trellis: TestInstallation, name: string, roles: readonly string[] = []) {
  await trellis.site.users.add({ name, password: 'correct horse battery', roles });
}

for (const manager of ['RAM Cache Manager', 'MemCache Cache Manager'] as const) describeManager(manager);

function describeManager(manager: ManagerType): void {
  test(`${manager}: a page is made once and given again, until the page is edited`, async () => {
    await using site = await openSite(manager, ['title']);
    const first = await site.get();
    assert.deepEqual(await site.get(), first);
    await site.ask('PATCH', '/api/docs/page', { body: { title: 'Second' } });
    const second = await site.get();
    assert.deepEqual([second.made, second.parts], [first.made + 1, ['Second']]);
    assert.deepEqual(await site.get(), second);
    const list = (await site.ask('GET', '/api/@children')).json<{ readonly items: readonly ChildItem[] }>();
    const size = list.items.find(({ id }) => id === 'cache')?.sizeLabel;
    assert.equal(
      size,
      manager === 'RAM Cache Manager' ? '1 entry' : '',
      'what it keeps, where no server has to be asked',
    );
  });

  test(`${manager}: a page without a cache manager is made each time`, async () => {
    await using site = await openSite(manager, ['title']);
    await site.ask('POST', '/api/docs/page/@cache', { body: { manager: '' } });
    const first = await site.get();
    assert.equal((await site.get()).made, first.made + 1);
  });

  test(`${manager}: a page that asks for a name is made anew when the session has that name, or another`, async () => {
    await using site = await openSite(manager, []);
    const text = '{% if BASKET %}basket{% else %}none{% endif %}';
    await add(site, '/docs', { type: 'Page Template', id: 'look', properties: { text } });
    await site.ask('POST', '/api/docs/look/@cache', { body: { manager: 'cache' } });
    const look = async () => (await site.ask('GET', '/docs/look', { as: null })).text;
    const rows = async () =>
      (await site.ask('GET', '/api/cache/@statistics')).json<{ rows: { path: string; hits: number }[] }>().rows;
    const name = (path: string, request_name: string) =>
      site.ask('PATCH', `/api${path}`, { body: { properties: { request_name } } });
    assert.deepEqual([await look(), await look()], ['none', 'none']);
    assert.equal((await rows()).find(({ path }) => path === '/docs/look')?.hits, 1, 'it is kept');
    await name('/session_data_manager', 'BASKET');
    assert.equal(await look(), 'basket');
    await add(site, '/docs', { type: 'Session Data Manager', id: 'nearer' });
    assert.equal(await look(), 'none');
    await name('/docs/nearer', 'BASKET');
    assert.equal(await look(), 'basket');
    await site.ask('DELETE', '/api/docs/nearer');
    await name('/session_data_manager', 'SESSION');
    assert.equal(await look(), 'none');
  });

  test(`${manager}: a page is made anew when a folder above it gets another language or time zone`, async () => {
    await using site = await openSite(manager, []);
    await add(site, '/docs', { type: 'Folder', id: 'inner' });
    const text = '{{ language }} {{ "2026-11-30T23:30:00Z" | date: "%d. %B" }} {{ template.id }}';
    await add(site, '/docs/inner', { type: 'Page Template', id: 'look', properties: { text } });
    await site.ask('POST', '/api/docs/inner/look/@cache', { body: { manager: 'cache' } });
    const look = async () => (await site.ask('GET', '/docs/inner/look', { as: null })).text;
    const set = (path: string, properties: Record<string, string>) =>
      site.ask('PATCH', `/api${path}`, { body: { properties } });
    assert.deepEqual([await look(), await look()], ['en 30. November look', 'en 30. November look']);
    const { rows } = (await site.ask('GET', '/api/cache/@statistics')).json<{
      rows: { path: string; hits: number }[];
    }>();
    assert.equal(rows.find(({ path }) => path === '/docs/inner/look')?.hits, 1, 'it is kept');
    await set('/docs', { language: 'de' });
    assert.equal(await look(), 'de 30. November look');
    await set('/docs', { time_zone: 'Europe/Zurich' });
    assert.equal(await look(), 'de 01. Dezember look');
    await set('/docs/inner', { language: 'fr' });
    assert.equal(await look(), 'fr 01. décembre look');
    await set('/', { time_zone: 'UTC' });
    await set('/docs', { time_zone: '' });
    assert.equal(await look(), 'fr 30. novembre look');
  });

  test(`${manager}: a folder’s index_html is kept for each of the addresses that lead to it`, async () => {
    await using site = await openSite(manager, ['title']);
    await site.ask('POST', '/api/docs/@rename', { body: { from: 'page', to: 'index_html' } });
    const paths = ['/docs', '/docs/', '/docs/index_html'];
    const first = await Promise.all(paths.map((path) => site.get(path)));
    assert.deepEqual(await Promise.all(paths.map((path) => site.get(path))), first);
    const odd = await site.get('/%64ocs');
    assert.notEqual((await site.get('/%64ocs')).made, odd.made);
  });

  test(`${manager}: a move of the folder that a page is in is seen`, async () => {
    await using site = await openSite(manager, ['path']);
    assert.deepEqual((await site.get()).parts, ['/docs/page']);
    await site.ask('POST', '/api/@rename', { body: { from: 'docs', to: 'papers' } });
    assert.deepEqual((await site.get('/papers/page')).parts, ['/papers/page']);
  });

  test(`${manager}: a page that is moved or copied, or what it is in, is never shown as it was elsewhere`, async () => {
    await using site = await openSite(manager, ['path', 'title', 'list']);
    await add(site, '/', { type: 'Folder', id: 'papers' });
    const paste = async (view: 'copy' | 'move', folder: string, path: string) => {
      const answer = await site.ask('POST', `/api${folder}/@${view}`, { body: { paths: [path] } });
      assert.equal(answer.status, 200, answer.text);
    };
    const page = async (path: string) => (await site.get(path, 'admin')).parts;
    assert.deepEqual(await page('/docs/page'), ['/docs/page', 'First', ['page: First']]);
    await paste('copy', '/docs', '/docs/page');
    const both = ['copy_of_page: First', 'page: First'];
    assert.deepEqual(await page('/docs/page'), ['/docs/page', 'First', both]);
    assert.deepEqual(await page('/docs/copy_of_page'), ['/docs/copy_of_page', 'First', both]);
    await site.ask('PATCH', '/api/docs/copy_of_page', { body: { title: 'Second' } });
    assert.deepEqual((await page('/docs/copy_of_page'))[1], 'Second');
    assert.deepEqual((await page('/docs/page'))[1], 'First');
    await paste('move', '/papers', '/docs/page');
    assert.deepEqual(await page('/papers/page'), ['/papers/page', 'First', ['page: First']]);
    assert.deepEqual((await page('/docs/copy_of_page'))[2], ['copy_of_page: Second']);
    assert.equal((await site.ask('GET', '/docs/page')).status, 404);
    await paste('move', '/papers', '/docs');
    assert.deepEqual((await page('/papers/docs/copy_of_page'))[0], '/papers/docs/copy_of_page');
    const kept = await site.get('/papers/docs/copy_of_page', 'admin');
    assert.deepEqual(await site.get('/papers/docs/copy_of_page', 'admin'), kept);
  });

  test(`${manager}: a page that includes another sees it leave, and another come in its place`, async () => {
    await using site = await openSite(manager, ['include /papers/other']);
    await add(site, '/', { type: 'Folder', id: 'papers' });
    await add(site, '/docs', { type: 'Page Template', id: 'other', title: 'There' });
    const move = (folder: string, path: string) => site.ask('POST', `/api${folder}/@move`, { body: { paths: [path] } });
    const included = async () => (await site.get()).parts[0];
    assert.equal(await included(), null);
    await move('/papers', '/docs/other');
    assert.equal(await included(), 'There');
    await move('', '/papers/other');
    assert.equal(await included(), null);
  });

  test(`${manager}: a page that lists its folder sees what is added, changed and deleted there`, async () => {
    await using site = await openSite(manager, ['list']);
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

  test(`${manager}: a page that includes another sees it appear, change and go`, async () => {
    await using site = await openSite(manager, ['include /other']);
    const included = async () => (await site.get()).parts[0];
    assert.equal(await included(), null);
    await add(site, '/', { type: 'Page Template', id: 'other', title: 'There' });
    assert.equal(await included(), 'There');
    await site.ask('PATCH', '/api/other', { body: { title: 'Changed' } });
    assert.equal(await included(), 'Changed');
    await site.ask('DELETE', '/api/other');
    assert.equal(await included(), null);
  });

  test(`${manager}: in a temporary folder, too, changes are seen`, async () => {
    await using site = await openSite(manager, ['include /temp_folder/other']);
    const included = async () => (await site.get()).parts[0];
    assert.equal(await included(), null);
    await add(site, '/temp_folder', { type: 'Page Template', id: 'other', title: 'There' });
    assert.equal(await included(), 'There');
    await site.ask('PATCH', '/api/temp_folder/other', { body: { title: 'Changed' } });
    assert.equal(await included(), 'Changed');
  });

  test(`${manager}: a page that depends on the session, on chance, or fails is never kept`, async () => {
    for (const part of ['session', 'chance']) {
      await using site = await openSite(manager, [part]);
      const first = await site.get();
      assert.equal((await site.get()).made, first.made + 1, part);
    }
    await using site = await openSite(manager, ['fail']);
    const status = async () => (await site.ask('GET', '/docs/page', { as: null })).status;
    assert.deepEqual([await status(), await status()], [500, 500]);
  });

  test(`${manager}: values of the request tell answers apart where the manager names them; a page that needs others is not kept`, async () => {
    await using site = await openSite(manager, ['request color', 'request size'], { request_names: ['color'] });
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

  test(`${manager}: who has other roles, or owns what is shown, is given a page of their own`, async () => {
    await using site = await openSite(manager, ['list']);
    await addUser(site, 'maria', ['Manager']);
    await addUser(site, 'ann');
    await addUser(site, 'bob');
    const tree = await site.database.open('ann');
    tree.add(await tree.get('/docs'), { type: 'Page Template', id: 'hers', title: 'Hers' });
    await tree.commit('Added by ann');
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

  test(`${manager}: a page that depends on who asks is kept for each of them`, async () => {
    await using site = await openSite(manager, ['user']);
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

  test(`${manager}: a user who is given another role sees what that role may see`, async () => {
    await using site = await openSite(manager, ['list']);
    await addUser(site, 'ann');
    assert.deepEqual((await site.get('/docs/page', 'ann')).parts, [[]]);
    await site.site.users.change('ann', { roles: ['Manager'] });
    assert.deepEqual((await site.get('/docs/page', 'ann')).parts, [['page: First']]);
  });

  test(`${manager}: a template is kept until anything changes that it shows, and for each user where it names them`, async () => {
    await using site = await openSite(manager, []);
    await addUser(site, 'ann');
    const text =
      "{% for page in container.children %}{{ page.id }} {% endfor %}{% render '/part' %} {{ user.name }} {{ request.query.q }}";
    await add(site, '/', { type: 'Page Template', id: 'part', properties: { text: 'one' } });
    await add(site, '/docs', { type: 'Page Template', id: 'listing', properties: { text } });
    await site.ask('PATCH', '/api/cache', { body: { properties: { request_names: ['q'] } } });
    await site.ask('POST', '/api/docs/listing/@cache', { body: { manager: 'cache' } });
    const page = async (as: string | null, query = '') => {
      const { text: body, headers } = await site.ask('GET', `/docs/listing${query}`, { as });
      return [body.trim(), headers['cache-control']];
    };
    const misses = async () => {
      const rows = (await site.ask('GET', '/api/cache/@statistics')).json<{
        rows: { path: string; misses: number }[];
      }>().rows;
      return rows.find(({ path }) => path === '/docs/listing')?.misses;
    };
    for (const round of [1, 2]) {
      assert.deepEqual(await page(null), ['listing page one', undefined], `round ${round}`);
      assert.deepEqual(await page('ann'), ['listing page one ann', 'no-store'], `round ${round}`);
      assert.deepEqual(await page('admin', '?q=2'), ['listing page one admin 2', 'no-store'], `round ${round}`);
    }
    assert.equal(await misses(), 3);
    await site.ask('PATCH', '/api/part', { body: { properties: { text: 'two' } } });
    assert.deepEqual((await page('ann'))[0], 'listing page two ann');
    await site.ask('DELETE', '/api/docs/page');
    assert.deepEqual((await page('ann'))[0], 'listing two ann');
    await site.ask('PATCH', '/api/docs/listing', {
      body: { properties: { text: '{{ session.cart }}{{ here.title }}' } },
    });
    const before = await misses();
    for (let visit = 0; visit < 3; visit += 1) await page(null);
    assert.equal(await misses(), Number(before) + 3);
  });

  test(`${manager}: Invalidate forgets an object, and for a folder everything in it`, async () => {
    await using site = await openSite(manager, ['title']);
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

  test(`${manager}: a page that is being made when it is invalidated or changed is not kept beyond that`, async () => {
    await using site = await openSite(manager, ['wait 100', 'title']);
    const slow = await begun(() => site.get());
    await site.ask('POST', '/api/docs/page/@invalidate');
    assert.notEqual((await site.get()).made, (await slow.page).made);
    await site.ask('POST', '/api/docs/page/@invalidate');
    const before = await begun(() => site.get());
    await site.ask('PATCH', '/api/docs/page', { body: { title: 'Second' } });
    assert.equal((await site.get()).parts[1], 'Second');
    await before.page;
    assert.equal((await site.get()).parts[1], 'Second');
  });

  test(`${manager}: of many who ask for a page that is missing, one makes it`, async () => {
    await using site = await openSite(manager, ['wait 50', 'title']);
    const pages = await Promise.all(Array.from({ length: 200 }, () => site.get()));
    assert.equal(new Set(pages.map(({ made }) => made)).size, 1);
  });

  test(`${manager}: another process’s change is seen at the next request`, async () => {
    await using site = await openSite(manager, ['title', 'list']);
    await using other = await openTestInstallation(site.folder, PRODUCT);
    await site.get();
    await other.ask('PATCH', '/api/docs/page', { body: { title: 'From the other' } });
    assert.deepEqual((await site.get()).parts, ['From the other', []]);
    const { made } = await site.get();
    await other.ask('POST', '/api/docs/@invalidate');
    assert.equal((await site.get()).made, made + 1);
  });

  test(`${manager}: the association is undone with the object’s other properties and is not in its form`, async () => {
    await using site = await openSite(manager, ['title']);
    const object = (await site.ask('GET', '/api/docs/page')).json<{ properties: object; tabs: { id: string }[] }>();
    assert.deepEqual(Object.keys(object.properties), ['parts']);
    const refused = await site.ask('POST', '/api/docs/page/@cache', { body: { manager: 'none_such' } });
    assert.equal(refused.status, 422);
  });

  test(`${manager}: the manager lists what it could keep, and makes and removes associations`, async () => {
    await using site = await openSite(manager, ['title']);
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

  test(`${manager}: Statistics show what is kept and how often it was found; what is removed there is made anew`, async () => {
    await using site = await openSite(manager, ['title']);
    for (let time = 0; time < 4; time += 1) await site.get();
    const rows = async () =>
      (await site.ask('GET', '/api/cache/@statistics')).json<{ rows: Record<string, unknown>[] }>().rows;
    const [row] = await rows();
    const counted = { hits: 3, recentHits: 3, misses: 1, entries: 1, bytes: true };
    assert.deepEqual(
      { ...row, bytes: Number(row?.['bytes']) > 0 },
      { path: '/docs/page', icon: 'file', ...counted, views: ['/docs/page'] },
    );
    const { made } = await site.get();
    const removed = await site.ask('POST', '/api/cache/@statistics', { body: { paths: ['/docs/page'] } });
    assert.equal(removed.json<{ line: string }>().line, 'Cache entries invalidated');
    assert.equal((await site.get()).made, made + 1);
  });

  for (const how of ['Remove', 'Invalidate', 'Invalidate of its folder', 'deletion'] as const) {
    test(`${manager}: after ${how} the next look shows nothing of a page, in no process, and nothing of others is gone`, async () => {
      await using own = await startMemcached();
      await using site = await openSite(manager, ['title'], {}, own);
      await using other = await openTestInstallation(site.folder, PRODUCT);
      await add(site, '/', { type: 'Page Template', id: 'stays', properties: { text: '{{ here.id }}' } });
      await site.ask('POST', '/api/stays/@cache', { body: { manager: 'cache' } });
      const processes = [site, other];
      const lookAt = async (process: (typeof processes)[number]) => {
        let seen: CacheStatisticsMessage | undefined;
        // A server that is late on a busy machine is asked again.
        await until('what is kept can be listed in full', async () => {
          seen = (await process.ask('GET', '/api/cache/@statistics')).json<CacheStatisticsMessage>();
          return seen.trouble === null;
        });
        return seen!.rows.map(({ path, entries }) => `${path} ${entries}`).sort();
      };
      const looks = () => Promise.all(processes.map(lookAt));
      const visitAll = async () => {
        for (const process of processes) {
          for (const path of ['/docs/page', '/docs/page', '/stays']) await process.ask('GET', path, { as: null });
        }
      };
      await visitAll();
      const full = ['/docs/page 1', '/stays 1'];
      await until('both are kept', async () => (await looks()).every((rows) => rows.join() === full.join()));

      if (how === 'Remove') await site.ask('POST', '/api/cache/@statistics', { body: { paths: ['/docs/page'] } });
      else if (how === 'Invalidate') await site.ask('POST', '/api/docs/page/@invalidate');
      else if (how === 'deletion') await site.ask('DELETE', '/api/docs/page');
      else await site.ask('POST', '/api/docs/@invalidate');
      assert.deepEqual(await looks(), [['/stays 1'], ['/stays 1']]);
      if (manager === 'MemCache Cache Manager') assert.equal((await own.keys()).length, 1, 'its memory is free');
      if (how === 'deletion') return;
      await visitAll();
      await until('it is kept again', async () => (await looks()).every((rows) => rows.join() === full.join()));
      if (manager === 'MemCache Cache Manager') assert.equal((await own.keys()).length, 2);
    });
  }

  test(`${manager}: a page that is invalidated again and again leaves nothing behind`, async () => {
    await using own = await startMemcached();
    await using site = await openSite(manager, ['title'], {}, own);
    for (let round = 0; round < 5; round += 1) {
      await site.get();
      await site.ask('POST', '/api/docs/page/@invalidate');
    }
    const { made } = await site.get();
    await until('it is kept', async () => (await site.get()).made === made);
    if (manager === 'MemCache Cache Manager') assert.equal((await own.keys()).length, 1);
  });
}

test('what one process keeps in memcached another one gives, until somebody changes or invalidates it', async () => {
  await using own = await startMemcached();
  await using site = await openSite('MemCache Cache Manager', ['title'], {}, own);
  await using other = await openTestInstallation(site.folder, PRODUCT);
  const there = async () => (await other.ask('GET', '/docs/page', { as: null })).json<Page>();
  const written = (count: number) => until('the page is written', async () => (await setsOf(own)) === count);
  const first = await site.get();
  await written(1);
  assert.deepEqual(await there(), first);
  await site.ask('PATCH', '/api/docs/page', { body: { title: 'Second' } });
  const second = await there();
  assert.deepEqual(second.parts, ['Second']);
  await written(2);
  assert.deepEqual(await site.get(), second);
  await other.ask('POST', '/api/docs/@invalidate');
  const third = await site.get();
  assert.notEqual(third.made, second.made);
  await written(3);
  assert.deepEqual(await there(), third);
});

test('a page that shows what is in this process’s memory is not shared with others', async () => {
  await using site = await openSite('MemCache Cache Manager', ['include /temp_folder/other']);
  await using other = await openTestInstallation(site.folder, PRODUCT);
  await add(site, '/temp_folder', { type: 'Page Template', id: 'other', title: 'Here' });
  assert.deepEqual((await site.get()).parts, ['Here']);
  const there = (await other.ask('GET', '/docs/page', { as: null })).json<Page>();
  assert.deepEqual(there.parts, [null]);
});

test('a cache without a proxy, or whose server is gone, breaks no page and says so', async () => {
  await using own = await startMemcached();
  await using site = await openSite('MemCache Cache Manager', ['title'], {}, own);
  const warnings = async () =>
    (await site.ask('GET', '/api/cache')).json<{ warnings: { text: string }[] }>().warnings.map(({ text }) => text);
  const first = await site.get();
  assert.deepEqual(await site.get(), first);
  await own.kill();
  assert.deepEqual((await site.get()).parts, ['First']);
  await site.ask('GET', '/api/mcproxy/@servers');
  assert.match((await warnings()).join(), /No server answers/);
  await using back = await startMemcached({ port: own.port });
  assert.equal(back.port, own.port);
  await site.ask('PATCH', '/api/cache', { body: { properties: { proxy_path: '' } } });
  assert.deepEqual((await site.get()).parts, ['First']);
  assert.match((await warnings()).join(), /No proxy defined/);
});

test('where a cache and sessions share a proxy whose servers push items out, all three say so', async () => {
  await using small = await startMemcached({ args: ['-m', '2'] });
  await using site = await openSite('MemCache Cache Manager', ['title'], {}, small);
  const properties = { proxy_path: '/mcproxy' };
  await add(site, '/', { type: 'MemCache Session Data Container', id: 'mcsdc', properties });
  const objects = ['/mcproxy', '/cache', '/mcsdc'];
  const told = async () => {
    await site.ask('GET', '/api/mcproxy/@servers');
    const answers = await Promise.all(objects.map((path) => site.ask('GET', `/api${path}`)));
    return answers.filter(({ text }) => text.includes('pages push out sessions')).length;
  };
  assert.equal(await told(), 0);
  const value = 'x'.repeat(10_000);
  for (let number = 0; number < 1000; number += 1) await small.ask(`set k${number} 0 0 ${value.length}\r\n${value}`);
  assert.match((await small.ask('stats')).join(' '), /STAT evictions [1-9]/);
  assert.equal(await told(), objects.length);
  await site.ask('PATCH', '/api/cache', { body: { properties: { proxy_path: '' } } });
  assert.equal(await told(), 0);
});

test('the keys of a cache begin with its own prefix, and with another one every page is made anew', async () => {
  await using own = await startMemcached();
  await using site = await openSite('MemCache Cache Manager', ['title'], { prefix: 'pages' }, own);
  const first = await site.get();
  await until('the page is written', async () => (await own.keys()).length === 1);
  assert.match((await own.keys())[0]!, /^[\w-]{8}:pages:c-[\w-]{12}:\d+:\d+:[\w-]{43}$/);
  const look = async () => (await site.ask('GET', '/api/cache/@statistics')).json<CacheStatisticsMessage>();
  assert.equal((await look()).rows[0]?.entries, 1);
  const keys = (await site.ask('GET', '/api/mcproxy/@keys')).text;
  assert.match(keys, /Cached values/, 'the Keys tab knows them');
  assert.deepEqual(await site.get(), first);

  await site.ask('PATCH', '/api/cache', { body: { properties: { prefix: 'other' } } });
  const second = await site.get();
  assert.notEqual(second.made, first.made);
  await until('it is written, too', async () => (await own.keys()).length === 2);
  assert.equal((await look()).rows[0]?.entries, 1, 'that of the former prefix is not counted');
  const bad = await site.ask('PATCH', '/api/cache', { body: { properties: { prefix: 'a b' } } });
  assert.deepEqual([bad.status, bad.text.includes('Use letters, digits')], [422, true]);
});

test('how often pages are found is recorded also once the path and the prefix are what they were before', async () => {
  let now = Date.now();
  await using site = await openSite('MemCache Cache Manager', ['title'], {}, memcached, () => now);
  await add(site, '/', { type: 'MemCache Proxy', id: 'other', properties: { servers: [memcached.address] } });
  for (const properties of [{ prefix: 'a' }, { prefix: '' }, { proxy_path: '/other' }, { proxy_path: '/mcproxy' }]) {
    await site.ask('PATCH', '/api/cache', { body: { properties } });
    await site.get();
    now += 10_000;
    await site.site.recording.tick();
  }
  const asked = (await site.ask('GET', '/api/cache/@statistics')).json<CacheStatisticsMessage>();
  assert.deepEqual(
    asked.misses.map((misses, index) => misses! + asked.hits[index]!),
    [0.1, 0.1, 0.1, 0.1],
  );
});

for (const manager of ['RAM Cache Manager', 'MemCache Cache Manager'] as const)
  test(`${manager}: once it is removed, nothing is recorded of it`, async () => {
    let now = Date.now();
    await using site = await openSite(manager, ['title'], {}, memcached, () => now);
    const cache = await (await site.database.read(null)).get('/cache');
    const pages = await cache.provide(HAS_STATISTICS);
    await site.ask('DELETE', '/api/cache');
    pages.statistics.hit(1, 0, '/');
    now += 10_000;
    await site.site.recording.tick();
    const { figures } = await site.site.recording.past.span(now / 1000 - 20, now / 1000, now / 1000);
    assert.deepEqual(
      Array.from(figures.values(), ({ counts, knownS }) => [knownS, Object.keys(counts)]),
      [[10, []]],
    );
  });

test('memcached holds what is kept sealed, under keys of their own kind', async () => {
  await using own = await startMemcached();
  await using site = await openSite('MemCache Cache Manager', ['title'], {}, own);
  await site.ask('PATCH', '/api/docs/page', { body: { title: 'A secret of the trade' } });
  await site.get();
  await until('the page is written', async () => (await own.keys()).length > 0);
  const keys = await own.keys();
  assert.equal(keys.length, 1);
  assert.match(keys[0]!, /^[\w-]{8}:c-[\w-]{12}:\d+:\d+:[\w-]{43}$/);
  const value = await own.ask(`get ${keys[0]}`);
  assert.doesNotMatch(value.join(), /secret|title|First/);
});

/** How often something was written to a memcached. */
async function setsOf(server: Memcached): Promise<number> {
  const line = (await server.ask('stats')).find((each) => each.startsWith('STAT cmd_set '));
  return Number(line?.split(' ')[2]);
}
