import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import type { RevealsMessage } from '../../../schema/endpoints/reveals.ts';
import { until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { basic, startServer } from '../../support/server.ts';
import { clientOf, managerOf } from '../client.ts';
import { Browser, setUpSessions } from '../site.ts';

const data = await mkdtemp(join(tmpdir(), 'trellis-reveals-'));
const memcached = await startMemcached();
after(async () => {
  await memcached[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});

/** A session with a secret in it, and the key by which lists name it. */
async function beginWithSecret(server: { readonly port: number; readonly url: string }): Promise<string> {
  await new Browser(server).add('api_token t0psecret');
  const { sessions } = (await managerOf(server)('/api/mcsdc/@sessions')).json<SessionsMessage>();
  return sessions[0]?.key ?? '';
}

async function revealsOf(server: { readonly port: number }, query = ''): Promise<RevealsMessage> {
  const answer = await managerOf(server)(`/api/mcsdc/@reveals${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<RevealsMessage>();
}

test('who reveals a value is recorded, whatever is logged, and the record survives a SIGKILL', async () => {
  const silent = { data, environment: { TRELLIS_LOG_LEVEL: 'silent' } };
  await using server = await startServer(silent);
  await setUpSessions(server, [memcached.address]);
  const key = await beginWithSecret(server);
  assert.equal((await revealsOf(server)).total, 0, 'looking at a session reveals nothing');
  const body = { key, item: 'api_token' };
  assert.equal((await managerOf(server)('/api/mcsdc/@reveal', { body })).status, 200);
  assert.equal(server.log(), '');
  await server.kill();
  await using again = await startServer(silent);
  const { total, reveals } = await revealsOf(again);
  assert.equal(total, 1);
  const { time = '', ...rest } = reveals[0] ?? {};
  assert.deepEqual(rest, { by: 'admin', address: '127.0.0.1', key, owner: 'admin', item: 'api_token' });
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 120_000);
  assert.equal((await revealsOf(again, `?key=${key}`)).total, 1);
  assert.equal((await revealsOf(again, '?key=other')).total, 0);
});

test('a reveal is also logged, without the value; what is not there is neither revealed nor recorded', async () => {
  await using server = await startServer();
  await setUpSessions(server, [memcached.address]);
  const key = await beginWithSecret(server);
  const manager = managerOf(server);
  assert.equal((await manager('/api/mcsdc/@reveal', { body: { key, item: 'gone' } })).status, 404);
  assert.equal((await revealsOf(server)).total, 0);
  await manager('/api/mcsdc/@reveal', { body: { key, item: 'api_token' } });
  const lines = () => server.log().split('\n');
  await until('the reveal is logged', async () => lines().some((line) => line.includes('was revealed')));
  const logged = JSON.parse(lines().find((line) => line.includes('was revealed')) ?? '{}') as Record<string, unknown>;
  assert.deepEqual([logged['by'], logged['item'], logged['object']], ['admin', 'api_token', '/mcsdc']);
  assert.doesNotMatch(server.log(), /t0psecret/);
  await manager('/api/acl_users/@users', { body: { name: 'mem', password: 'violets under glass', roles: [] } });
  const member = clientOf(server, { authorization: basic('mem', 'violets under glass') });
  assert.equal((await member('/api/mcsdc/@reveals')).status, 403);
});
