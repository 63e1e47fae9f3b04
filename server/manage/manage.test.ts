import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckMessage } from '../../schema/endpoints/forms.ts';
import type {
  ChangedMessage,
  ObjectMessage,
  RenamedMessage,
  RenameRequest,
  SearchMessage,
  TypeInfo,
} from '../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../schema/problems.ts';
import { openTestInstallation } from '../testing.ts';

test('adding answers 201 with the address, and the object is there', async () => {
  await using trellis = await openTestInstallation();
  const answer = await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers['location'], '/api/mcproxy');
  const object = (await trellis.ask('GET', '/api/mcproxy')).json<ObjectMessage>();
  assert.equal(object.revision, 1);
  assert.deepEqual(object.properties['servers'], []);
  assert.deepEqual(
    object.tabs.map(({ id }) => id),
    ['properties', 'servers', 'overview', 'keys'],
  );
});

test('everything that is wrong with an addition is named at once, and nothing is added', async () => {
  await using trellis = await openTestInstallation();
  const properties = { servers: ['localhost;11211', '8.8.8.8:11211'], replicas: 'two', colour: 'green' };
  const answer = await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'a/b', properties } });
  assert.equal(answer.status, 422);
  assert.deepEqual(
    answer.json<ProblemMessage>().errors?.map(({ pointer }) => pointer),
    ['/id', '/properties/servers/0', '/properties/replicas', '/properties/colour', '/properties/servers/1'],
  );
  assert.equal((await trellis.ask('GET', '/api/@children?filter=proxy')).json<{ total: number }>().total, 0);
});

test('an address outside the allowlist is refused by its line', async () => {
  await using trellis = await openTestInstallation();
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  for (const address of ['8.8.8.8:11211', '169.254.169.254:80', '[::ffff:8.8.8.8]:11211', 'localhost:80']) {
    const body = { properties: { servers: ['127.0.0.1:11211', address] } };
    const answer = await trellis.ask('PATCH', '/api/mcproxy', { body });
    assert.equal(answer.status, 422, address);
    assert.equal(answer.json<ProblemMessage>().errors?.[0]?.pointer, '/properties/servers/1');
  }
});

test('a proxy entered as container path is answered with the container that uses it', async () => {
  await using trellis = await openTestInstallation();
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  const properties = { proxy_path: '/mcproxy' };
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Session Data Container', id: 'mcsdc', properties } });
  const wrong = { properties: { container_path: '/mcproxy' } };
  const check = await trellis.ask('POST', '/api/session_data_manager/@check', { body: wrong });
  const answer = check.json<CheckMessage>().fields['container_path'];
  assert.equal(answer?.suggestion?.path, '/mcsdc');
  assert.match(
    answer?.results[0]?.text ?? '',
    /'\/mcproxy' is a MemCache Proxy\. This path must lead to a session data/,
  );
  assert.equal((await trellis.ask('PATCH', '/api/session_data_manager', { body: wrong })).status, 422);
});

test('a change made from an older revision is refused with what is there now', async () => {
  await using trellis = await openTestInstallation();
  const { headers } = await trellis.ask('GET', '/api/index_html');
  const etag = headers['etag'] ?? '';
  await trellis.ask('PATCH', '/api/index_html', { body: { title: 'Theirs' } });
  const body = { title: 'Mine' };
  const late = await trellis.ask('PATCH', '/api/index_html', { body, headers: { 'if-match': etag } });
  assert.equal(late.status, 412);
  assert.deepEqual(late.json<{ current: { title: string } }>().current.title, 'Theirs');
  const current = (await trellis.ask('GET', '/api/index_html')).headers['etag'] ?? '';
  assert.equal((await trellis.ask('PATCH', '/api/index_html', { body, headers: { 'if-match': current } })).status, 200);
});

test('only what is named changes, and what equals the old makes no revision', async () => {
  await using trellis = await openTestInstallation();
  const before = (await trellis.ask('GET', '/api/session_data_manager')).json<ObjectMessage>();
  const body = { properties: { request_name: 'SESSION' } };
  const same = (await trellis.ask('PATCH', '/api/session_data_manager', { body })).json<ChangedMessage>();
  assert.equal(same.revision, before.revision);
  const changed = await trellis.ask('PATCH', '/api/session_data_manager', {
    body: { properties: { request_name: 'S' } },
  });
  assert.deepEqual(changed.json<ChangedMessage>().properties, { ...before.properties, request_name: 'S' });
});

test('a path is kept in its one spelling', async () => {
  await using trellis = await openTestInstallation();
  for (const given of ['/temp_folder/session_data/', ' /temp_folder/session_data ']) {
    const body = { properties: { container_path: given } };
    const kept = (await trellis.ask('PATCH', '/api/session_data_manager', { body })).json<ChangedMessage>();
    assert.equal(kept.properties['container_path'], '/temp_folder/session_data');
  }
});

test('renaming takes along the paths that lead here, and says which; asked not to, it leaves them, and they are warnings', async () => {
  await using trellis = await openTestInstallation();
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  const properties = { proxy_path: '/mcproxy' };
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Session Data Container', id: 'mcsdc', properties } });
  const object = (await trellis.ask('GET', '/api/mcproxy')).json<ObjectMessage>();
  assert.deepEqual(
    object.pointsHere.map(({ path }) => path),
    ['/mcsdc'],
  );
  const rename = async (body: RenameRequest) =>
    (await trellis.ask('POST', '/api/@rename', { body })).json<RenamedMessage>();
  const container = async () => (await trellis.ask('GET', '/api/mcsdc')).json<ObjectMessage>();
  const path = { path: '/mcsdc', property: 'proxy_path' };
  const followed = await rename({ from: 'mcproxy', to: 'cluster' });
  assert.deepEqual([followed.path, followed.updated, followed.dangling], ['/cluster', [path], []]);
  assert.equal((await container()).properties['proxy_path'], '/cluster');
  const left = await rename({ from: 'cluster', to: 'other', updateLinks: false });
  assert.deepEqual([left.updated, left.dangling], [[], [path]]);
  assert.deepEqual(
    (await container()).warnings.map(({ short }) => short),
    ['proxy_path leads nowhere'],
  );
});

test('what the server cannot do without is neither deleted nor renamed', async () => {
  await using trellis = await openTestInstallation();
  assert.equal((await trellis.ask('DELETE', '/api/acl_users')).status, 422);
  assert.equal((await trellis.ask('DELETE', '/api')).status, 422);
  const body = { from: 'browser_id_manager', to: 'other' };
  assert.equal((await trellis.ask('POST', '/api/@rename', { body })).status, 422);
});

test('a path that leads nowhere any more is a warning of its object', async () => {
  await using trellis = await openTestInstallation();
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  const properties = { proxy_path: '/mcproxy' };
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Session Data Container', id: 'mcsdc', properties } });
  assert.equal((await trellis.ask('DELETE', '/api/mcproxy')).status, 204);
  const { warnings } = (await trellis.ask('GET', '/api/mcsdc')).json<ObjectMessage>();
  assert.match(warnings[0]?.text ?? '', /There is no object at '\/mcproxy'/);
});

test('the wizard makes everything in one transaction, or nothing', async () => {
  await using trellis = await openTestInstallation();
  const body = { servers: ['127.0.0.1:1'], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: -1 };
  const refused = await trellis.ask('POST', '/api/@setup-sessions', { body });
  assert.equal(refused.status, 422);
  assert.deepEqual(
    refused.json<ProblemMessage>().errors?.map(({ pointer }) => pointer),
    ['/servers/0', '/timeoutMinutes'],
  );
  assert.equal((await trellis.ask('GET', '/api/mcproxy')).status, 404);
  const good = { ...body, servers: [], timeoutMinutes: 30 };
  assert.equal((await trellis.ask('POST', '/api/@setup-sessions', { body: good })).status, 201);
  const manager = (await trellis.ask('GET', '/api/session_data_manager')).json<ObjectMessage>();
  assert.equal(manager.properties['container_path'], '/mcsdc');
});

test('a path for which only one object would do is filled in where a type is added', async () => {
  await using trellis = await openTestInstallation();
  const preset = async () => {
    const types = (await trellis.ask('GET', '/api/@types')).json<readonly TypeInfo[]>();
    return types.find(({ type }) => type === 'MemCache Session Data Container')?.schema.properties['proxy_path']
      ?.default;
  };
  assert.equal(await preset(), '');
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
  assert.equal(await preset(), '/mcproxy');
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'other' } });
  assert.equal(await preset(), '');
});

test('the root is found by its name', async () => {
  await using trellis = await openTestInstallation();
  const { items } = (await trellis.ask('GET', '/api/@search?text=Roo')).json<SearchMessage>();
  assert.equal(items[0]?.path, '/');
});
