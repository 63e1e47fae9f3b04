import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ChildrenMessage, ObjectMessage, TypeInfo } from '../../../schema/endpoints/objects.ts';
import type { ServersMessage } from '../../../schema/endpoints/servers.ts';
import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { clientOf, managerOf } from '../client.ts';
import { Browser, itemsOf } from '../site.ts';

const EXAMPLES = new URL('../../../examples/products/', import.meta.url).pathname;
const withProducts = (...names: readonly string[]) => ({
  TRELLIS_PRODUCTS: names.map((name) => join(EXAMPLES, name)).join(','),
});

/** Adds an object, and says what went wrong where something did. */
async function add(server: TestServer, folder: string, body: unknown): Promise<void> {
  const answer = await managerOf(server)(folder, { body });
  assert.equal(answer.status, 201, answer.text);
}

async function storeSite(server: TestServer): Promise<void> {
  await add(server, '/api/', { type: 'SQLite Store', id: 'store' });
  const properties = { proxy_path: '/store' };
  await add(server, '/api/', { type: 'MemCache Session Data Container', id: 'mcsdc', properties });
  const moved = { properties: { container_path: '/mcsdc' } };
  await managerOf(server)('/api/session_data_manager', { method: 'PATCH', body: moved });
}

test('sessions live in a store from outside as they do in memcached: Test tab, list, chain and status', async () => {
  await using server = await startServer({ environment: withProducts('sqlite-store') });
  await storeSite(server);
  const browser = new Browser(server);
  const { line, server: holder } = await browser.add('key1 This is a long string value\nkey2 3');
  assert.equal(line, 'Before: 0;  after: 2; # items: 2');
  assert.match(holder ?? '', /^store-\d+\.sqlite$/);
  assert.deepEqual(itemsOf(await browser.look()), ['key1=This is a long string value', 'key2=3']);
  await new Browser(server).add('other 1');
  const manager = managerOf(server);
  const list = (await manager('/api/mcsdc/@sessions')).json<SessionsMessage>();
  assert.deepEqual([list.total, list.complete, list.sessions[0]?.server], [2, true, holder]);
  const { servers } = (await manager('/api/store/@servers')).json<ServersMessage>();
  assert.deepEqual([servers.length, servers[0]?.up, servers[0]?.items], [1, true, 2]);
  const chain = (await manager('/api/session_data_manager/@chain')).json<ChainMessage>();
  assert.deepEqual([chain.on, chain.boxes.at(-1)?.path, chain.servers[0]?.state], [true, '/store', 'ok']);
  const ended = await manager(`/api/mcsdc/@sessions/${list.sessions[0]?.key}`, { method: 'DELETE' });
  assert.equal(ended.status, 204);
  assert.equal((await manager('/api/mcsdc/@sessions')).json<SessionsMessage>().total, 1);
});

test('sessions in a store from outside survive SIGKILL and are shared by processes', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const environment = withProducts('sqlite-store');
  const server = await startServer({ data, environment });
  await storeSite(server);
  const browser = new Browser(server);
  await browser.add('cart full');
  await server.kill();
  await using again = await startServer({ data, environment });
  await using second = await startServer({ data, environment });
  for (const process of [again, second]) {
    browser.moveTo(process);
    assert.deepEqual(itemsOf(await browser.look()), ['cart=full']);
  }
  await browser.add('voucher yes');
  browser.moveTo(again);
  assert.deepEqual(itemsOf(await browser.look()), ['cart=full', 'voucher=yes']);
});

test('a redirect leads to its target, for good or for now, and says so before anybody follows it into nothing', async () => {
  await using server = await startServer({ environment: withProducts('redirect') });
  const [manager, visitor] = [managerOf(server), clientOf(server)];
  await add(server, '/api/', { type: 'Redirect', id: 'news', properties: { target: '/index_html?from=news#top' } });
  const now = await visitor('/news');
  assert.deepEqual([now.status, now.headers['location']], [307, '/index_html?from=news#top']);
  const change = (properties: unknown) => manager('/api/news', { method: 'PATCH', body: { properties } });
  await change({ target: 'https://example.org/news', permanent: true });
  const forGood = await visitor('/news');
  assert.deepEqual([forGood.status, forGood.headers['location']], [308, 'https://example.org/news']);
  for (const target of [
    '//evil.example',
    '/.//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/news',
    'news',
  ]) {
    const refused = await change({ target });
    assert.equal(refused.status, 422, target);
    assert.equal(refused.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, '/properties/target');
  }
  assert.equal((await visitor('/news?target=//evil.example')).headers['location'], 'https://example.org/news');
  await change({ target: '/nowhere' });
  const { warnings } = (await manager('/api/news')).json<ObjectMessage>();
  assert.equal(warnings[0]?.text, "Nothing is at '/nowhere' on this site.");
});

test('objects of a product that is gone are listed, readable and marked, can be deleted, and work when it is back', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const both = withProducts('redirect', 'sqlite-store');
  {
    await using server = await startServer({ data, environment: both });
    await add(server, '/api/', { type: 'Folder', id: 'f' });
    for (const id of ['news', 'spare']) {
      await add(server, '/api/f', { type: 'Redirect', id, title: 'Old', properties: { target: '/index_html' } });
    }
    await storeSite(server);
    assert.equal((await clientOf(server)('/f/news')).status, 307);
  }
  {
    await using server = await startServer({ data });
    const manager = managerOf(server);
    const { items } = (await manager('/api/f/@children')).json<ChildrenMessage>();
    assert.deepEqual(
      items.map(({ id, type, title, warnings }) => [id, type, title, warnings[0]?.short]),
      ['news', 'spare'].map((id) => [id, 'Redirect', 'Old', 'Type is not installed']),
    );
    const shown = (await manager('/api/f/news')).json<ObjectMessage>();
    assert.deepEqual([shown.isBroken, shown.properties], [true, { target: '/index_html' }]);
    assert.match(shown.warnings[0]?.text ?? '', /^Type 'Redirect' is not installed\. .* can be read and deleted/);
    const changed = await manager('/api/f/news', { method: 'PATCH', body: { title: 'New' } });
    assert.deepEqual(
      [changed.status, changed.json()['detail']],
      [422, "'/f/news' cannot be changed. Type 'Redirect' is not installed."],
    );
    assert.equal((await clientOf(server)('/f/news')).status, 404);
    assert.equal((await manager('/api/f/news/@destination')).status, 404);
    assert.ok(!(await manager('/api/@types')).json<TypeInfo[]>().some(({ type }) => type === 'Redirect'));
    assert.equal((await manager('/api/f', { body: { type: 'Redirect', id: 'more' } })).status, 422);
    assert.equal((await manager('/api/f/@rename', { body: { from: 'news', to: 'press' } })).status, 200);
    assert.equal((await manager('/api/@move', { body: { paths: ['/f/press'] } })).status, 200);
    assert.equal((await manager('/api/f/@copy', { body: { paths: ['/press'] } })).status, 200);
    assert.equal((await manager('/api/f/spare', { method: 'DELETE' })).status, 204);
    const needy = await new Browser(server).ask('/api/mcsdc/@test');
    assert.equal(needy.status, 503);
    assert.match(
      needy.text,
      /'\/store' cannot be used\. Type 'SQLite Store' is not installed\. Name its product in TRELLIS_PRODUCTS/,
    );
    assert.equal((await clientOf(server)('/')).status, 200);
  }
  await using server = await startServer({ data, environment: both });
  for (const path of ['/press', '/f/press']) {
    assert.equal((await clientOf(server)(path)).headers['location'], '/index_html');
  }
  const { warnings, title } = (await managerOf(server)('/api/f/press')).json<ObjectMessage>();
  assert.deepEqual([warnings, title], [[], 'Old']);
  assert.equal((await new Browser(server).add('cart full')).after, 1);
});

test('what a product that is gone kept in its folders is still there to be seen and deleted', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const shelf = join(folder.path, 'shelf.js');
  await writeFile(
    shelf,
    `import { defineType } from 'trellis/product';
     const shelf = defineType({ type: 'Shelf', description: 'Holds books', icon: 'folder', group: 'Folders',
       suggestedId: 'shelf', addPermission: 'Add Folders', contains: 'objects', properties: {} });
     export default { name: 'shelf', types: [shelf] };`,
  );
  {
    await using server = await startServer({ data, environment: { TRELLIS_PRODUCTS: shelf } });
    await add(server, '/api/', { type: 'Shelf', id: 'shelf' });
    await add(server, '/api/shelf', { type: 'Page Template', id: 'page', properties: { text: 'Hello' } });
  }
  await using server = await startServer({ data });
  const manager = managerOf(server);
  const { tabs, addable, isFolder } = (await manager('/api/shelf')).json<ObjectMessage>();
  assert.deepEqual([tabs.map(({ id }) => id), addable, isFolder], [['contents', 'properties'], [], true]);
  const { items } = (await manager('/api/shelf/@children')).json<ChildrenMessage>();
  assert.deepEqual(
    items.map(({ id }) => id),
    ['page'],
  );
  assert.equal((await clientOf(server)('/shelf/page')).text, 'Hello');
  const refused = await manager('/api/shelf', { body: { type: 'Folder', id: 'more' } });
  assert.deepEqual(
    [refused.status, refused.json()['detail']],
    [422, "'/shelf' cannot be changed. Type 'Shelf' is not installed."],
  );
  assert.equal((await manager('/api/shelf', { method: 'DELETE' })).status, 204);
  assert.equal((await manager('/api/shelf/page')).status, 404);
});
