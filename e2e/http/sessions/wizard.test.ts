import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import type { LocalMemcached, SetupAnswer, SetupMessage, SilentServers } from '../../../schema/endpoints/setup.ts';
import { freePort, startMemcached } from '../../support/memcached/memcached.ts';
import { ServerHost } from '../../support/server-host.ts';
import { ADMIN_PASSWORD, basic, startServer } from '../../support/server.ts';
import { clientOf, managerOf } from '../client.ts';
import { Browser } from '../site.ts';

const memcached = await startMemcached();
const server = await startServer();
/** Opens what tests need besides, one server after another. */
const others = new ServerHost();
after(async () => {
  await others[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await memcached[Symbol.asyncDispose]();
});
const manager = managerOf(server);
const good = { servers: [memcached.address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 30 };
const setUp = (body: unknown) => manager('/api/@setup-sessions', { body });

test('a set-up with mistakes names all of them and makes nothing', async () => {
  const answer = await setUp({
    servers: ['a;b', 'localhost'],
    proxyId: '_x',
    containerId: 'index_html',
    timeoutMinutes: -1,
  });
  assert.equal(answer.status, 422);
  assert.deepEqual(
    answer
      .json<ProblemMessage>()
      .errors?.map(({ pointer }) => pointer)
      .toSorted(),
    ['/containerId', '/proxyId', '/servers/0', '/timeoutMinutes'],
  );
  assert.equal((await manager('/api/_x')).status, 404);
  const unchanged = (await manager('/api/session_data_manager')).json<ObjectMessage>();
  assert.equal(unchanged.properties['container_path'], '/temp_folder/session_data');
});

test('one id for both is refused', async () => {
  assert.equal((await setUp({ ...good, containerId: 'mcproxy' })).status, 422);
  assert.equal((await manager('/api/mcproxy')).status, 404);
});

test('servers none of which answers are refused, with what starts one, and the site goes on as it was', async () => {
  const servers = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const answer = await setUp({ ...good, servers });
  const { type, detail, errors, silent, startCommand } = answer.json<ProblemMessage & SilentServers>();
  assert.deepEqual([answer.status, errors?.map(({ pointer }) => pointer)], [422, ['/servers']]);
  assert.match(type, /no-server-answers$/);
  assert.match(
    detail,
    /^No server answers, so sessions would be off: 127\.0\.0\.1:\d+ does not answer \(.*"anyway": true\.$/,
  );
  assert.deepEqual(
    silent.map((words) => words.split(' ')[0]),
    servers,
  );
  assert.match(startCommand, new RegExp(`^memcached .*-l 127\\.0\\.0\\.1 -p ${servers[0]!.split(':')[1]}$`));
  for (const id of ['mcproxy', 'mcsdc']) assert.equal((await manager(`/api/${id}`)).status, 404);
  assert.equal((await new Browser(server).add('still works', '/temp_folder/session_data')).after, 1);
});

test('what it finds is told beforehand: managers, the container of now, and how many sessions stay behind', async () => {
  const found = (await manager('/api/@setup-sessions')).json<SetupMessage>();
  assert.deepEqual(found, {
    manager: '/session_data_manager',
    browserIds: '/browser_id_manager',
    container: '/temp_folder/session_data',
    containerType: 'Transient Object Container',
    store: null,
    servers: 0,
    held: '1 live session',
    unreached: [],
    on: true,
    text: 'Sessions are on',
  });
});

test('what stands at memcached’s own port is told to who may add a proxy, and of no other address', async () => {
  const path = `/api/@local-memcached?address=${memcached.address}`;
  const connections = async () => {
    const lines = await memcached.ask('stats');
    return Number(
      lines
        .find((line) => line.startsWith('STAT total_connections'))
        ?.split(' ')
        .at(-1),
    );
  };
  const before = await connections();
  const { address, state, version, startCommand } = (await manager(path)).json<LocalMemcached>();
  assert.equal(address, 'localhost:11211');
  assert.equal(await connections(), before + 1, 'that of this question alone');
  if (state === 'ok') assert.match(version ?? '', /^\d/);
  if (startCommand !== null) assert.equal(startCommand, 'memcached -M -U 0 -m 256 -l localhost -p 11211');
  const name = 'reader';
  await manager('/api/acl_users/@users', { body: { name, password: ADMIN_PASSWORD, roles: [] } });
  assert.equal((await clientOf(server, { authorization: basic(name, ADMIN_PASSWORD) })(path)).status, 403);
});

test('where this server may not connect to memcached’s own port, it does not, and no command is offered', async () => {
  await using narrow = await others.open({ TRELLIS_MEMCACHED_ALLOW: '10.0.0.0/8' });
  const { state, text, startCommand } = (await managerOf(narrow)('/api/@local-memcached')).json<LocalMemcached>();
  assert.deepEqual([state, startCommand], ['down', null]);
  assert.equal(text, 'was not asked: TRELLIS_MEMCACHED_ALLOW does not allow its address');
});

test('with several servers, one that answers is enough, and the other is named', async () => {
  await manager('/api/', { body: { type: 'Folder', id: 'several' } });
  await manager('/api/several', { body: { type: 'Session Data Manager', id: 'own' } });
  const silent = `127.0.0.1:${await freePort()}`;
  const body = { ...good, servers: [silent, memcached.address] };
  const { results } = (await manager('/api/several/@setup-sessions', { body })).json<SetupAnswer>();
  assert.deepEqual(
    results.map(({ state }) => state),
    ['down', 'ok'],
  );
  assert.match(results[0]!.text, new RegExp(`^${silent} does not answer`));
});

test('whoever wants it anyway gets it, and is told what does not answer', async () => {
  await manager('/api/', { body: { type: 'Folder', id: 'anyway' } });
  await manager('/api/anyway', { body: { type: 'Session Data Manager', id: 'own' } });
  const body = { ...good, servers: [`127.0.0.1:${await freePort()}`], anyway: true };
  const answer = await manager('/api/anyway/@setup-sessions', { body });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json<SetupAnswer>().results[0]?.state, 'down');
  const own = (await manager('/api/anyway/own')).json<ObjectMessage>();
  assert.equal(own.properties['container_path'], '/anyway/mcsdc');
});

test('managers that are missing are added, and sessions work', async () => {
  await using bare = await others.open();
  const ask = managerOf(bare);
  for (const id of ['browser_id_manager', 'session_data_manager']) await ask(`/api/${id}`, { method: 'DELETE' });
  const { manager: none, browserIds } = (await ask('/api/@setup-sessions')).json<SetupMessage>();
  assert.deepEqual([none, browserIds], [null, null]);
  const answer = await ask('/api/@setup-sessions', { body: good });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json<SetupAnswer>().manager, '/session_data_manager');
  assert.equal((await new Browser(bare).add('it works')).after, 1);
  assert.deepEqual((await ask('/api/@setup-sessions')).json<SetupMessage>().unreached, []);
  await ask('/api/session_data_manager', { method: 'DELETE' });
  const { unreached } = (await ask('/api/@setup-sessions')).json<SetupMessage>();
  assert.deepEqual(unreached, [{ path: '/mcsdc', held: '1 live session' }]);
});

test('one request sets up proxy, container and manager, and sessions work', async () => {
  const answer = await setUp(good);
  assert.equal(answer.status, 201, answer.text);
  const { proxy, container, manager: sessions, results } = answer.json<SetupAnswer>();
  assert.deepEqual([proxy, container, sessions], ['/mcproxy', '/mcsdc', '/session_data_manager']);
  assert.equal(results[0]?.state, 'ok');
  const made = (await manager('/api/mcsdc')).json<ObjectMessage>();
  assert.equal(made.properties['proxy_path'], '/mcproxy');
  assert.equal(made.properties['timeout_minutes'], 30);
  const pointing = (await manager('/api/session_data_manager')).json<ObjectMessage>();
  assert.equal(pointing.properties['container_path'], '/mcsdc');
  assert.equal((await new Browser(server).add('it works')).after, 1);
  assert.equal((await setUp(good)).status, 422, 'a second time the names are taken');
  const { container: kept, store, servers, text } = (await manager('/api/@setup-sessions')).json<SetupMessage>();
  assert.deepEqual([kept, store, servers, text], ['/mcsdc', '/mcproxy', 1, 'Sessions are on']);
});
