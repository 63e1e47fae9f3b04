import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ChildrenMessage, ObjectMessage, TypeInfo } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { startServer } from '../../support/server.ts';
import { managerOf } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const api = managerOf(server);

const page = (id: string, title = '') => ({ type: 'Page Template', id, title, properties: { text: `Page ${id}` } });

test('the fresh tree is what the manual says', async () => {
  const { items, total } = (await api('/api/@children')).json<ChildrenMessage>();
  assert.equal(total, 5);
  assert.deepEqual(
    items.map(({ id, type }) => `${id}: ${type}`),
    [
      'acl_users: User Folder',
      'browser_id_manager: Browser Id Manager',
      'index_html: Page Template',
      'session_data_manager: Session Data Manager',
      'temp_folder: Temporary Folder',
    ],
  );
  const manager = (await api('/api/session_data_manager')).json<ObjectMessage>();
  assert.equal(manager.properties['container_path'], '/temp_folder/session_data');
  assert.equal(manager.properties['request_name'], 'SESSION');
  assert.equal((await api('/api/temp_folder/session_data')).json<ObjectMessage>().type, 'Transient Object Container');
});

test('the root is /api and /api/', async () => {
  const [one, other] = [await api('/api'), await api('/api/')];
  assert.equal(one.status, 200);
  assert.equal(one.text, other.text);
});

test('an object is added, read, changed and deleted', async () => {
  const added = await api('/api/', { body: page('first', 'The first') });
  assert.equal(added.status, 201);
  assert.equal(added.headers.location, '/api/first');
  const object = added.json<ObjectMessage>();
  assert.equal(object.path, '/first');
  assert.equal(object.title, 'The first');
  assert.equal(object.owner, 'admin');
  assert.equal(object.schema.properties['text']?.widget, 'code');
  assert.equal(added.headers.etag, `"${object.revision}"`);

  const changed = await api('/api/first', { method: 'PATCH', body: { properties: { text: 'Other' } } });
  assert.equal(changed.status, 200);
  assert.equal(changed.json<ObjectMessage>().properties['text'], 'Other');
  assert.equal(changed.json<ObjectMessage>().title, 'The first', 'what is not named stays');
  assert.notEqual(changed.headers.etag, added.headers.etag);

  const read = await api('/api/first');
  assert.equal(read.headers.etag, changed.headers.etag);
  assert.equal((await api('/first')).text, 'Other', 'and is published at its path');

  const deleted = await api('/api/first', { method: 'DELETE' });
  assert.equal(deleted.status, 204);
  assert.equal(deleted.text, '');
  assert.equal((await api('/api/first')).status, 404);
  assert.equal((await api('/first')).status, 404);
});

test('a change from an old revision is refused with what is there now, and nothing is changed', async () => {
  const etag = (await api('/api/', { body: page('raced') })).headers.etag;
  const patch = (title: string, ifMatch?: string) =>
    api('/api/raced', { method: 'PATCH', body: { title }, headers: { 'if-match': ifMatch } });
  assert.equal((await patch('one', etag)).status, 200);
  const late = await patch('two', etag);
  assert.equal(late.status, 412);
  const problem = late.json<ProblemMessage & { current: { title: string } }>();
  assert.equal(problem.current.title, 'one');
  assert.equal(problem['modifiedBy'], 'admin');
  assert.equal((await api('/api/raced')).json<ObjectMessage>().title, 'one');
  assert.equal((await patch('three', 'no quotes')).status, 400);
  assert.equal((await patch('four', '*')).status, 200);
  assert.equal((await patch('five')).status, 200, 'without If-Match the later change wins');
});

test('the same change twice makes one revision', async () => {
  await api('/api/', { body: page('still') });
  const patch = () => api('/api/still', { method: 'PATCH', body: { title: 'Same' } });
  assert.equal((await patch()).headers.etag, (await patch()).headers.etag);
});

test('children come in pages, sorted and filtered', async () => {
  await api('/api/', { body: { type: 'Folder', id: 'many' } });
  for (const id of ['delta', 'alpha', 'Charlie', 'bravo', 'echo'])
    await api('/api/many', { body: page(id, `Title of ${id}`) });
  const list = async (query: string) => {
    const { total, items } = (await api(`/api/many/@children?${query}`)).json<ChildrenMessage>();
    return [total, items.map(({ id }) => id).join(' ')];
  };
  const [, byId] = await list('');
  assert.deepEqual(await list('offset=1&limit=2'), [5, String(byId).split(' ').slice(1, 3).join(' ')]);
  assert.deepEqual(await list('order=desc'), [5, String(byId).split(' ').toReversed().join(' ')]);
  assert.deepEqual(await list('sort=modified'), [5, 'delta alpha Charlie bravo echo']);
  assert.deepEqual(await list('filter=LTA'), [1, 'delta']);
  assert.deepEqual(await list('filter=%25'), [0, ''], 'a filter is text, not a pattern');
  assert.deepEqual(await list('limit=0'), [5, '']);
  assert.deepEqual(await list('offset=99'), [5, '']);
  for (const bad of ['sort=nothing', 'order=up', 'offset=-1', 'limit=x', 'sort=__proto__']) {
    assert.equal((await api(`/api/many/@children?${bad}`)).status, 400, bad);
  }
});

test('the add list names every type that may be added, with its form', async () => {
  const types = (await api('/api/@types')).json<TypeInfo[]>();
  const suggested = Object.fromEntries(types.map(({ type, suggestedId }) => [type, suggestedId]));
  assert.equal(suggested['MemCache Proxy'], 'mcproxy');
  assert.equal(suggested['MemCache Session Data Container'], 'mcsdc');
  assert.ok(!('User Folder' in suggested));
  const proxy = types.find(({ type }) => type === 'MemCache Proxy');
  assert.equal(proxy?.schema.properties['servers']?.widget, 'lines');
  assert.equal((await api('/api/index_html/@types')).status, 404, 'a page contains nothing');
});

test('every object that may be added comes with working defaults', async () => {
  await api('/api/', { body: { type: 'Folder', id: 'all_types' } });
  const types = (await api('/api/all_types/@types')).json<TypeInfo[]>();
  for (const { type, suggestedId } of types) {
    const added = await api('/api/all_types', { body: { type, id: suggestedId } });
    assert.equal(added.status, 201, `${type}: ${added.text}`);
    assert.equal((await api(`/api/all_types/${suggestedId}`)).status, 200, type);
  }
});

test('an object is renamed in its folder, and the paths that lead to it follow unless that is not wanted', async () => {
  await api('/api/', { body: { type: 'MemCache Proxy', id: 'p1' } });
  await api('/api/', {
    body: { type: 'MemCache Session Data Container', id: 'c1', properties: { proxy_path: '/p1' } },
  });
  const renamed = await api('/api/@rename', { body: { from: 'p1', to: 'p2' } });
  assert.equal(renamed.status, 200);
  assert.equal(renamed.json<ObjectMessage>().path, '/p2');
  assert.equal((await api('/api/p1')).status, 404);
  assert.equal((await api('/api/c1')).json<ObjectMessage>().properties['proxy_path'], '/p2');
  await api('/api/@rename', { body: { from: 'p2', to: 'p3', updateLinks: false } });
  const dangling = (await api('/api/c1')).json<ObjectMessage>();
  assert.equal(dangling.properties['proxy_path'], '/p2');
  assert.match(dangling.warnings.map(({ text }) => text).join(), /'\/p2'/, 'a path that leads nowhere is a warning');
});

test('what cannot be renamed says why', async () => {
  const rename = async (from: string, to: string) => (await api('/api/@rename', { body: { from, to } })).status;
  assert.equal(await rename('browser_id_manager', 'other'), 422);
  const fixed = await api('/api/@rename', { body: { from: 'browser_id_manager', to: 'other' } });
  assert.match(fixed.text, /Cannot rename a browser id manager: it is found by its name\./);
  assert.equal(await rename('nothing_there', 'other'), 422);
  assert.equal(await rename('index_html', 'temp_folder'), 422);
  assert.equal(await rename('index_html', 'index_html'), 200);
});

test('objects are copied and moved into a folder, and the paths that lead to them follow', async () => {
  for (const id of ['from', 'to']) await api('/api/', { body: { type: 'Folder', id } });
  await api('/api/from', { body: { type: 'MemCache Proxy', id: 'proxy' } });
  const properties = { proxy_path: '/from/proxy' };
  await api('/api/from', { body: { type: 'MemCache Session Data Container', id: 'sessions', properties } });
  const copied = await api('/api/to/@copy', { body: { paths: ['/from/sessions'] } });
  assert.deepEqual(
    [copied.status, copied.json()],
    [200, { items: [{ from: '/from/sessions', path: '/to/sessions' }], leftOut: 0, services: [] }],
  );
  const moved = await api('/api/to/@move', { body: { paths: ['/from/proxy'] } });
  assert.equal(moved.status, 200);
  for (const path of ['/from/sessions', '/to/sessions']) {
    const { properties: now, warnings } = (await api(`/api${path}`)).json<ObjectMessage>();
    assert.equal(now['proxy_path'], '/to/proxy');
    assert.ok(!warnings.some(({ short }) => short.includes('leads nowhere')));
  }
  const refused = await api('/api/to/@move', { body: { paths: ['/to'] } });
  assert.deepEqual(
    [refused.status, refused.json()['detail']],
    [422, "'/to' cannot be moved to '/to': This object cannot be pasted into itself."],
  );
  assert.equal((await api('/api/to/@copy', { body: { paths: '/from' } })).status, 400);
  assert.equal((await api('/api/to/@copy')).status, 405);
});

test('what the server needs cannot be deleted', async () => {
  assert.equal((await api('/api/', { method: 'DELETE' })).status, 422);
  assert.equal((await api('/api/acl_users', { method: 'DELETE' })).status, 422);
  assert.equal((await api('/api/acl_users')).status, 200);
});

test('several objects are deleted at once, what is needed is left and named, and what is gone is passed over', async () => {
  for (const id of ['gone', 'going', 'staying']) await api('/api/', { body: { type: 'Folder', id } });
  await api('/api/going', { body: page('inside') });
  await api('/api/gone', { method: 'DELETE' });
  const answer = await api('/api/@delete', { body: { ids: ['gone', 'going', 'acl_users', 'going'] } });
  assert.deepEqual(answer.json(), {
    deleted: ['going'],
    left: [{ id: 'acl_users', why: "'/acl_users' cannot be deleted: this server needs it." }],
  });
  const statuses = await Promise.all(
    ['going', 'staying', 'acl_users'].map(async (id) => (await api(`/api/${id}`)).status),
  );
  assert.deepEqual(statuses, [404, 200, 200]);
  const many = Array.from({ length: 501 }, (_, index) => `x${index}`);
  assert.equal((await api('/api/@delete', { body: { ids: many } })).status, 422);
});

test('the page of a list is found by an id that is on it', async () => {
  await api('/api/', { body: { type: 'Folder', id: 'pages' } });
  for (const id of ['B', 'a', 'c', 'd', 'É', 'f']) await api('/api/pages', { body: page(id) });
  const at = async (id: string) => {
    const answer = await api(
      `/api/pages/@children?limit=2&sort=title&order=desc&filter=x&at=${encodeURIComponent(id)}`,
    );
    const { offset, total, items } = answer.json<ChildrenMessage>();
    return [total, offset, ...items.map((item) => item.id)];
  };
  assert.deepEqual(await at('a'), [6, 0, 'a', 'B']);
  assert.deepEqual(await at('B'), [6, 0, 'a', 'B']);
  assert.deepEqual(await at('d'), [6, 2, 'c', 'd']);
  assert.deepEqual(await at('e\u0301'.toUpperCase()), [6, 4, 'f', 'É']);
  assert.deepEqual(await at('\u{1f600}'), [6, 6]);
});

test('before deleting one can ask what it would cost', async () => {
  await api('/api/', { body: { type: 'Folder', id: 'costly' } });
  await api('/api/costly', { body: { type: 'MemCache Proxy', id: 'inner' } });
  await api('/api/', {
    body: { type: 'MemCache Session Data Container', id: 'outside', properties: { proxy_path: '/costly/inner' } },
  });
  const cost = (await api('/api/@consequences?ids=costly')).json<{ count: number; pointsHere: { path: string }[] }>();
  assert.equal(cost.count, 2);
  assert.deepEqual(
    cost.pointsHere.map(({ path }) => path),
    ['/outside'],
  );
});

test('objects in a temporary folder are added, changed, served and deleted like any other', async () => {
  const added = await api('/api/temp_folder', { body: page('passing') });
  assert.equal(added.status, 201);
  assert.equal(added.json<ObjectMessage>().isTemporary, true);
  const patched = await api('/api/temp_folder/passing', { method: 'PATCH', body: { title: 'x' } });
  assert.equal(patched.json<ObjectMessage>().title, 'x');
  assert.equal((await api('/temp_folder/passing')).text, 'Page passing');
  assert.equal((await api('/api/temp_folder/passing', { method: 'DELETE' })).status, 204);
});

test('a search finds objects by id, title and type', async () => {
  await api('/api/', { body: page('needle', 'In the haystack') });
  const found = async (text: string) =>
    (await api(`/api/@search?text=${encodeURIComponent(text)}`)).json<{ items: { path: string }[] }>().items;
  for (const text of ['needle', 'HAYSTACK']) {
    assert.ok(
      (await found(text)).some(({ path }) => path === '/needle'),
      text,
    );
  }
  assert.deepEqual(await found('  '), []);
  assert.deepEqual(await found('no such thing'), []);
});
