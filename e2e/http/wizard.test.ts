import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../schema/messages/objects.ts';
import type { ProblemMessage } from '../../schema/messages/problems.ts';
import type { SetupAnswer } from '../../schema/messages/session-way.ts';
import { startMemcached } from '../support/memcached.ts';
import { startServer } from '../support/server.ts';
import { managerOf } from './client.ts';
import { Browser } from './site.ts';

const memcached = await startMemcached();
const server = await startServer();
after(async () => {
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
});
