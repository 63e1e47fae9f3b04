import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startMemcached } from '../../e2e/support/memcached/memcached.ts';
import type { CopiedMessage, MovedMessage } from '../../schema/endpoints/clipboard.ts';
import type { FieldAnswer } from '../../schema/endpoints/forms.ts';
import type {
  ChangedMessage,
  ChildrenMessage,
  ConsequencesMessage,
  ObjectMessage,
  RenamedMessage,
} from '../../schema/endpoints/objects.ts';
import { unrecorded } from '../publisher/reads.ts';
import { openTestInstallation, type TestInstallation } from '../testing.ts';
import { Transaction } from '../transaction/transaction.ts';
import { consequencesViews } from './consequences.ts';
import { folderViews } from './folder.ts';

const memcached = await startMemcached();
after(() => memcached[Symbol.asyncDispose]());

const PATH = '/temp_folder/session_data';

async function add(trellis: TestInstallation, path: string, type = 'Folder', properties = {}) {
  const [, folder = '', id = ''] = /^(.*)\/(.+)$/.exec(path) ?? [];
  const answer = await trellis.ask('POST', `/api${folder}`, { body: { type, id, properties } });
  assert.equal(answer.status, 201, answer.text);
}

/** So many visitors with something in a session. */
async function visit(trellis: TestInstallation, count: number, container = PATH) {
  for (let visitor = 0; visitor < count; visitor += 1) {
    const answer = await trellis.ask('POST', `/api${container}/@test`, { body: { items: 'a 1' } });
    assert.equal(answer.status, 200, answer.text);
  }
}

async function setUp(trellis: TestInstallation) {
  const body = { servers: [memcached.address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 };
  assert.equal((await trellis.ask('POST', '/api/@setup-sessions', { body })).status, 201);
}

const look = async (trellis: TestInstallation, path: string) =>
  (await trellis.ask('GET', `/api${path}`)).json<ObjectMessage>();
const warningsOf = async (trellis: TestInstallation, path: string) =>
  (await look(trellis, path)).warnings.map(({ text }) => text);

async function cost(trellis: TestInstallation, query: string, folder = '') {
  const answer = await trellis.ask('GET', `/api${folder}/@consequences?${query}`);
  assert.equal(answer.status, 200, answer.text);
  const { pointsHere, services, sessions } = answer.json<ConsequencesMessage>();
  return {
    paths: pointsHere.map(({ path, to, loss }) => `${path} ${to} ${loss}`),
    services: services.map(({ text }) => text),
    sessions: sessions.map(({ text }) => text),
  };
}

async function unlessFollowed(trellis: TestInstallation, query: string) {
  const message = (await trellis.ask('GET', `/api/@consequences?${query}`)).json<ConsequencesMessage>();
  return message.sessionsUnlessFollowed.map(({ text }) => text);
}

test('deleting the browser id manager names who needs it, and their sessions; afterwards a warning stands at each', async () => {
  await using trellis = await openTestInstallation();
  await visit(trellis, 2);
  assert.deepEqual(await warningsOf(trellis, '/session_data_manager'), []);
  assert.deepEqual(await cost(trellis, 'ids=browser_id_manager'), {
    paths: [],
    services: [`${PATH} finds no Browser Id Manager: sessions are off`],
    sessions: [`2 live sessions will stay behind in ${PATH}`],
  });
  await trellis.ask('DELETE', '/api/browser_id_manager');
  const words = /No browser id manager named browser_id_manager could be found\./;
  for (const path of ['/session_data_manager', PATH]) assert.match((await warningsOf(trellis, path)).join(), words);
});

test('deleting the session data manager names what finds it, and the sessions that nobody reaches then', async () => {
  await using trellis = await openTestInstallation();
  await visit(trellis, 1);
  assert.deepEqual(await cost(trellis, 'ids=session_data_manager'), {
    paths: [],
    services: ['Everything in / finds no Session Data Manager: sessions are off'],
    sessions: [`1 live session will stay behind in ${PATH}`],
  });
});

test('where another one takes over, it is named', async () => {
  await using trellis = await openTestInstallation();
  await add(trellis, '/shop');
  await add(trellis, '/shop/browser_id_manager', 'Browser Id Manager');
  await add(trellis, '/shop/manager', 'Session Data Manager', { container_path: PATH });
  assert.deepEqual((await cost(trellis, 'ids=browser_id_manager,manager', '/shop')).services, [
    'Everything in /shop finds /session_data_manager in place of /shop/manager',
  ]);
  await add(trellis, '/shop/other', 'Session Data Manager', { container_path: PATH });
  for (const id of ['one', 'two']) await add(trellis, `/shop/${id}`, 'Transient Object Container');
  assert.deepEqual((await cost(trellis, 'ids=browser_id_manager', '/shop')).services, [
    '/shop/one and /shop/two find /browser_id_manager in place of /shop/browser_id_manager',
  ]);
  assert.deepEqual((await cost(trellis, 'ids=manager&action=rename&to=zzz', '/shop')).services, [
    'Everything in /shop finds /shop/other in place of /shop/manager',
  ]);
  const body = { from: 'manager', to: 'zzz' };
  const renamed = (await trellis.ask('POST', '/api/shop/@rename', { body })).json<RenamedMessage>();
  assert.deepEqual(
    renamed.services.map(({ text }) => text),
    ['Everything in /shop finds /shop/other in place of /shop/manager'],
  );
});

test('deleting a container, or the proxy that it is behind, names its live sessions in memcached', async () => {
  await using trellis = await openTestInstallation();
  await setUp(trellis);
  await visit(trellis, 3, '/mcsdc');
  assert.deepEqual(await cost(trellis, 'ids=mcproxy'), {
    paths: ['/mcsdc /mcproxy sessions will be off'],
    services: [],
    sessions: ['3 live sessions will stay behind in /mcsdc'],
  });
  assert.deepEqual((await cost(trellis, 'ids=mcsdc,mcproxy')).sessions, ['3 live sessions in /mcsdc will end']);
  assert.deepEqual((await cost(trellis, 'ids=mcproxy&action=rename&to=other')).sessions, [], 'its path follows');
  for (const id of ['mcproxy', 'mcsdc'])
    assert.deepEqual(await unlessFollowed(trellis, `ids=${id}&action=rename`), [
      '3 live sessions will stay behind in /mcsdc',
    ]);
});

test('where the one that takes over leads to the same container, no session stays behind', async () => {
  await using trellis = await openTestInstallation();
  await visit(trellis, 2);
  await add(trellis, '/shop');
  await add(trellis, '/own', 'Transient Object Container');
  await add(trellis, '/shop/index_html', 'Page Template');
  const copy = 'ids=session_data_manager&action=copy&to=/shop';
  assert.deepEqual((await cost(trellis, copy)).sessions, []);
  await add(trellis, '/shop/manager', 'Session Data Manager', { container_path: PATH });
  assert.deepEqual((await cost(trellis, 'ids=manager', '/shop')).sessions, []);
  await trellis.ask('PATCH', '/api/session_data_manager', { body: { properties: { container_path: '/own' } } });
  assert.deepEqual((await cost(trellis, 'ids=manager', '/shop')).sessions, [
    `2 live sessions will stay behind in ${PATH}`,
  ]);
});

test('what is moved is named with what it leaves without a service, and what it finds where it comes', async () => {
  await using trellis = await openTestInstallation();
  await add(trellis, '/shop');
  await add(trellis, '/shop/page', 'Page Template');
  const expected = {
    paths: [],
    services: ['Everything in / finds no Session Data Manager: sessions are off'],
    sessions: [],
  };
  assert.deepEqual(await cost(trellis, 'ids=session_data_manager&action=move&to=/shop'), expected);
  const body = { paths: ['/session_data_manager'] };
  const moved = (await trellis.ask('POST', '/api/shop/@move', { body })).json<MovedMessage>();
  assert.deepEqual(
    moved.services.map(({ text }) => text),
    expected.services,
  );
  const away = await cost(trellis, 'ids=page&action=move&to=/', '/shop');
  assert.deepEqual(away.services, ['/page finds no Session Data Manager: sessions are off']);
});

test('a copy that is nearer than what was found until now is named, before and after', async () => {
  await using trellis = await openTestInstallation();
  await add(trellis, '/shop');
  const words = ['Everything in /shop finds /shop/session_data_manager in place of /session_data_manager'];
  const ids = 'ids=session_data_manager&action=copy&to=/shop';
  assert.deepEqual((await cost(trellis, ids)).services, words);
  assert.equal((await trellis.ask('GET', '/api/shop/session_data_manager')).status, 404, 'asking changes nothing');
  const body = { paths: ['/session_data_manager'] };
  const copied = (await trellis.ask('POST', '/api/shop/@copy', { body })).json<CopiedMessage>();
  assert.deepEqual(
    copied.services.map(({ text }) => text),
    words,
  );
});

test('a page that a cache manager keeps is named when that goes, follows its new id, and warns without it', async () => {
  await using trellis = await openTestInstallation();
  await add(trellis, '/ram', 'RAM Cache Manager');
  await trellis.ask('POST', '/api/index_html/@cache', { body: { manager: 'ram' } });
  assert.deepEqual((await cost(trellis, 'ids=ram')).services, [
    '/index_html finds no RAM Cache Manager: made anew each time',
  ]);
  const body = { from: 'ram', to: 'memory' };
  const { updated, services } = (await trellis.ask('POST', '/api/@rename', { body })).json<RenamedMessage>();
  assert.deepEqual([updated, services], [[{ path: '/index_html', property: 'the cache manager' }], []]);
  assert.deepEqual(await warningsOf(trellis, '/index_html'), []);
  await trellis.ask('POST', '/api/@rename', { body: { from: 'memory', to: 'x', updateLinks: false } });
  assert.deepEqual(await warningsOf(trellis, '/index_html'), [
    'Its page is made anew each time: no cache manager named memory could be found.',
  ]);
});

test('also pages that are moved with their folder away from their cache manager are named, and many are all taken along', async () => {
  await using trellis = await openTestInstallation();
  await add(trellis, '/shop');
  await add(trellis, '/shop/ram', 'RAM Cache Manager');
  const tree = await trellis.database.open('admin');
  const [shop, template] = [await tree.get('/shop'), { type: 'Page Template' }];
  const folder = tree.add(shop, { type: 'Folder', id: 'pages' });
  const properties = { '@cache_manager': 'ram' };
  for (let page = 0; page < 1_200; page += 1) tree.add(shop, { ...template, id: `p${page}`, properties });
  for (const id of ['one', 'two']) tree.add(folder, { ...template, id, properties });
  await tree.commit('Made pages');
  assert.deepEqual((await cost(trellis, 'ids=pages&action=move&to=/', '/shop')).services, [
    '/pages/one and /pages/two find no RAM Cache Manager: made anew each time',
  ]);
  const body = { from: 'ram', to: 'memory' };
  const renamed = (await trellis.ask('POST', '/api/shop/@rename', { body })).json<RenamedMessage>();
  assert.deepEqual([renamed.updated.length, renamed.services], [1_202, []]);
});

test('a path that the caller may not change is left as it is and named; one that may not be seen is not named', async () => {
  await using trellis = await openTestInstallation();
  await setUp(trellis);
  await visit(trellis, 1, '/mcsdc');
  const lacks = (lacking: string, id: string) => (permission: string, object: { readonly id: string }) =>
    permission !== lacking || object.id !== id;
  const ask = (may: ReturnType<typeof lacks>, body: object | undefined, query = '') =>
    callAs(may, trellis, body === undefined ? 'consequences' : 'rename', body, query);
  const mayNotChange = lacks('Manage properties', 'mcsdc');
  const before = (await ask(mayNotChange, undefined, 'ids=mcproxy&action=rename')) as ConsequencesMessage;
  assert.deepEqual(
    [before.pointsHere.map(({ mayFollow }) => mayFollow), before.sessions.map(({ text }) => text)],
    [[false], ['1 live session will stay behind in /mcsdc']],
  );
  const renamed = (await ask(mayNotChange, { from: 'mcproxy', to: 'other' })) as RenamedMessage;
  assert.deepEqual([renamed.updated, renamed.dangling], [[], [{ path: '/mcsdc', property: 'proxy_path' }]]);
  assert.equal((await look(trellis, '/mcsdc')).properties['proxy_path'], '/mcproxy');
  await trellis.ask('POST', '/api/@rename', { body: { from: 'other', to: 'mcproxy' } });
  const maySeeNeither = (permission: string, object: { readonly id: string }) =>
    mayNotChange(permission, object) && lacks('View management screens', 'mcsdc')(permission, object);
  const unseen = (await ask(maySeeNeither, undefined, 'ids=mcproxy')) as ConsequencesMessage;
  assert.deepEqual([unseen.pointsHere, unseen.sessions], [[], []]);
  const hidden = (await ask(maySeeNeither, { from: 'mcproxy', to: 'other' })) as RenamedMessage;
  assert.deepEqual([hidden.updated, hidden.dangling], [[], []]);
});

test('another container path says how many live sessions stay behind, whatever takes its place', async () => {
  await using trellis = await openTestInstallation();
  await add(trellis, '/other', 'Transient Object Container');
  await visit(trellis, 2);
  const check = async (container_path: string) => {
    const body = { properties: { container_path } };
    const answer = await trellis.ask('POST', '/api/session_data_manager/@check', { body });
    const { results } = answer.json<{ fields: Record<string, FieldAnswer> }>().fields['container_path']!;
    return results.filter(({ state }) => state === 'warn').map(({ text }) => text);
  };
  const words = [`2 live sessions stay behind in ${PATH} until they expire.`];
  assert.deepEqual([await check('/other'), await check(''), await check(PATH)], [words, words, []]);
  await setUp(trellis);
  assert.deepEqual(await check(PATH), [], 'nobody has a session in memcached yet');
  await visit(trellis, 3, '/mcsdc');
  const behind = ['3 live sessions stay behind in /mcsdc until they expire.'];
  assert.deepEqual([await check(''), await check(PATH)], [behind, behind]);
  const body = { properties: { container_path: '/other' } };
  const saved = (await trellis.ask('PATCH', '/api/session_data_manager', { body })).json<ChangedMessage>();
  assert.ok(saved.results.some(({ text }) => text === behind[0]));
});

test('another proxy path says so, too; and what cannot be counted is called so', async () => {
  await using trellis = await openTestInstallation();
  await using server = await startMemcached();
  const servers = [server.address];
  await add(trellis, '/mcproxy', 'MemCache Proxy', { servers, timeout_ms: 500 });
  await add(trellis, '/second', 'MemCache Proxy');
  await add(trellis, '/mcsdc', 'MemCache Session Data Container', { proxy_path: '/mcproxy' });
  await visit(trellis, 2, '/mcsdc');
  const save = async (proxy_path: string) => {
    const answer = await trellis.ask('PATCH', '/api/mcsdc', { body: { properties: { proxy_path } } });
    return answer.json<ChangedMessage>().results.filter(({ state }) => state === 'warn');
  };
  assert.equal((await save('/second'))[0]?.text, '2 live sessions stay behind in /mcproxy until they expire.');
  await save('/mcproxy');
  await server.stop();
  const words = 'An unknown number of live sessions stay behind in /mcproxy until they expire.';
  assert.equal((await save(''))[0]?.text, words);
});

test('without a session data manager a warning stands at the root, also in the tree; one further down is a notice', async () => {
  await using trellis = await openTestInstallation();
  assert.deepEqual(await warningsOf(trellis, ''), []);
  await add(trellis, '/shop');
  await trellis.ask('POST', '/api/shop/@move', { body: { paths: ['/session_data_manager'] } });
  const { warnings } = await look(trellis, '');
  assert.deepEqual(
    warnings.map(({ text, severity }) => [severity, text]),
    [['info', 'Sessions are off except in /shop: no Session Data Manager could be found in the root.']],
  );
  await trellis.ask('DELETE', '/api/shop/session_data_manager');
  const { folder } = (await trellis.ask('GET', '/api/@children?limit=0')).json<ChildrenMessage>();
  const link = { label: 'Set up sessions', path: '/', tab: 'setup-sessions' };
  const text = 'Sessions are off: no Session Data Manager could be found.';
  assert.deepEqual(folder.warnings, [{ severity: 'warning', text, short: 'Sessions are off', link }]);
});

/** The method of a view, called on the root with some permissions. */
async function callAs(
  may: (permission: string, object: { readonly id: string }) => boolean,
  trellis: TestInstallation,
  name: string,
  body: object | undefined,
  query: string,
): Promise<unknown> {
  const view = [...folderViews, ...consequencesViews].find((each) => each.name === name);
  const tree = await trellis.database.open('ann');
  const object = await tree.root();
  const headers = {};
  const http = body === undefined ? 'GET' : 'POST';
  const asked = {
    method: http,
    path: `/api/@${name}`,
    query: new URLSearchParams(query),
    headers,
    cookies: new Map<string, string>(),
    body,
    form: new URLSearchParams(),
    upload: undefined,
    address: '127.0.0.1',
    origin: 'http://127.0.0.1:8080',
    acceptsSecureCookies: true,
    mayDropSecureCookies: false,
  };
  const ours = { transaction: new Transaction(), cookies: [], scope: new Map<symbol, unknown>(), reads: unrecorded };
  const rest = { user: { name: 'ann', roles: [] }, tail: undefined, reruns: 0, keepPrivate() {}, describe() {} };
  const answer = await view!.methods[0]!.call({
    object,
    addressed: object,
    tree,
    request: asked,
    may,
    ...ours,
    ...rest,
  });
  if (tree.hasChanges) await tree.commit('Tried');
  return typeof answer === 'function' ? (answer as () => Promise<unknown>)() : answer;
}
