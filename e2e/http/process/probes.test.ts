import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { ADMIN_PASSWORD, startServer } from '../../support/server.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin } from '../client.ts';
import { setUpSessions } from '../site.ts';

interface Ready {
  readonly status: string;
  readonly checks?: readonly { readonly name: string; readonly status: string }[];
}

const memcached = await startMemcached();
const server = await startServer();
after(() => Promise.all([server[Symbol.asyncDispose](), memcached.kill()]));
await setUpSessions(server, [memcached.address]);
const manager = managerOf(server);
const visitor = clientOf(server);
const PROBES = ['/livez', '/healthz', '/readyz'];

test('a server that serves is alive and ready, whoever asks, under whatever host, and nothing is kept or set', async () => {
  for (const path of PROBES) {
    for (const headers of [
      {},
      { host: 'probe.invalid' },
      { host: '%%%' },
      { cookie: 'trellis=x', accept: 'text/html' },
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await visitor(path, { method, headers });
        assert.equal(answer.status, 200, path);
        assert.equal(answer.text, method === 'GET' ? '{"status":"ok"}' : '');
        assert.equal(answer.headers['cache-control'], 'no-store');
        assert.equal(answer.headers['set-cookie'], undefined);
      }
    }
    for (const method of ['POST', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await visitor(path, { method, headers: sameOrigin(server) });
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.equal(answer.headers['allow'], 'GET, HEAD');
    }
  }
});

test('every check is listed for who may view management screens, by Basic and by cookie, and for nobody else', async () => {
  const fine = ['listening', 'storage', 'shutdown'].map((name) => ({ name, status: 'ok' }));
  const listed = (await manager('/readyz?verbose')).json<Ready>();
  assert.equal(listed.status, 'ok');
  for (const check of fine) assert.ok(listed.checks?.some((each) => each.name === check.name && each.status === 'ok'));
  const body = { name: 'ada', password: 'a password of hers', roles: [] };
  await manager('/api/acl_users/@users', { body });
  const cookieOf = async (name: string, password: string) =>
    cookiesOf(await visitor('/api/@login', { body: { name, password }, headers: sameOrigin(server) }));
  const cookie = await cookieOf('admin', ADMIN_PASSWORD);
  assert.equal((await visitor('/readyz?verbose', { headers: { cookie } })).status, 200);
  const refusals = [
    [{}, 401],
    [{ authorization: 'Basic YWRtaW46d3Jvbmc=' }, 401],
    [{ cookie: await cookieOf('ada', 'a password of hers') }, 403],
  ] as const;
  for (const [headers, status] of refusals) {
    const refused = await visitor('/readyz?verbose', { headers });
    assert.equal(refused.status, status);
    assert.doesNotMatch(refused.text, /storage/);
    assert.deepEqual((await visitor('/readyz', { headers })).json(), { status: 'ok' });
  }
});

test('probes ask memcached nothing, and it being down is no reason not to be ready', async () => {
  const commands = async () => (await memcached.ask('stats')).filter((line) => line.startsWith('STAT cmd_'));
  const before = await commands();
  for (const path of PROBES) for (let round = 0; round < 20; round += 1) await manager(path);
  await manager('/readyz?verbose');
  assert.deepEqual(await commands(), before);
  await memcached.kill();
  await assert.rejects(memcached.ask('version'), { code: 'ECONNREFUSED' });
  assert.equal((await manager('/readyz?verbose')).status, 200);
});

test('a server that was told to end says so before it closes its port; then it takes nobody new', async () => {
  const ending = await startServer({ environment: { TRELLIS_DRAIN_SECONDS: '1' } });
  const ask = (path: string, client = visitorOf(ending)) => client(path, { headers: { connection: 'close' } });
  assert.equal((await ask('/readyz')).status, 200);
  const gone = ending.stop();
  await until('it is not ready', async () => (await ask('/readyz')).status === 503);
  const told = await ask('/readyz');
  assert.match(told.headers['retry-after'] ?? '', /^\d+$/);
  assert.equal(told.json<ProblemMessage>().detail, 'This server is ending.');
  assert.equal(told.json<Ready>().checks, undefined);
  const { checks } = (await ask('/readyz?verbose', managerOf(ending))).json<Ready>();
  assert.equal(checks?.find(({ name }) => name === 'shutdown')?.status, 'failed');
  assert.equal(checks?.find(({ name }) => name === 'storage')?.status, 'ok');
  assert.equal((await ask('/livez')).status, 200);
  assert.equal((await ask('/')).status, 200, 'it still serves');
  await until('it takes nobody new', () =>
    ask('/').then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
    ),
  );
  assert.equal(await gone, 0);
});

function visitorOf(server: { readonly port: number }) {
  return clientOf(server);
}
