import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OpenChannel } from '../../support/channel.ts';
import { until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { ADMIN_PASSWORD, basic, startServer, type TestServer } from '../../support/server.ts';
import { shiftClocks, startSteppedServer } from '../../support/sessions-site.ts';
import { administer } from '../../support/applications/visitor.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin } from '../client.ts';
import { setUpSessions } from '../site.ts';

const MINUTE_MS = 60_000;
const PASSWORD = 'another horse battery';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);
const admin = { authorization: basic() };

async function signedIn(at: TestServer, name = 'admin', password = ADMIN_PASSWORD): Promise<{ cookie: string }> {
  const answer = await clientOf(at, sameOrigin(at))('/api/@login', { body: { name, password } });
  assert.equal(answer.status, 200, answer.text);
  return { cookie: cookiesOf(answer) };
}

async function addUser(name: string, roles: readonly string[] = ['Manager']): Promise<void> {
  assert.equal((await manager('/api/acl_users/@users', { body: { name, password: PASSWORD, roles } })).status, 201);
}

const changeUser = (name: string, body: object) => manager(`/api/acl_users/@users/${name}`, { method: 'PATCH', body });

test('an event says that something changed, of which kind, and nothing else', async () => {
  using channel = await OpenChannel.open(server, admin);
  await manager('/api/', { body: { type: 'Folder', id: 'told' } });
  await channel.untilTold('tree');
  await addUser('told');
  await channel.untilTold('users');
  assert.match(
    channel.text,
    /^(retry: \d+\n\n|:\n\n|data: (tree|users|warnings|proxy|server)( (tree|users|warnings|proxy|server))*\n\n)+$/,
  );
});

test('a hundred changes in a moment are one event, or two', async () => {
  using channel = await OpenChannel.open(server, admin);
  const begun = performance.now();
  const adding = Array.from({ length: 100 }, (_, n) => manager('/api/told', { body: { type: 'Folder', id: `n${n}` } }));
  await Promise.all(adding);
  await channel.untilTold('tree');
  const seconds = (performance.now() - begun) / 1000;
  const events = channel.text.match(/^data: /gm)?.length ?? 0;
  assert.ok(events <= 2 * (seconds + 1), channel.text);
});

test('what another process on the same data did is told, too', async () => {
  await using other = await startServer({ data: server.data });
  using channel = await OpenChannel.open(server, admin);
  channel.clear();
  await managerOf(other)('/api/', { body: { type: 'Folder', id: 'from_elsewhere' } });
  await channel.untilTold('tree');
});

test('a server that dies, freezes or comes back is told without any traffic', async () => {
  await using memcached = await startMemcached();
  await setUpSessions(server, [memcached.address], { timeout_ms: 500 });
  using channel = await OpenChannel.open(server, admin);
  const isUp = async () => {
    const { servers } = (await manager('/api/mcproxy/@servers')).json<{ servers: { up: boolean }[] }>();
    return servers[0]?.up;
  };
  const told = async () => {
    await channel.untilTold('proxy');
    await channel.untilTold('warnings');
    channel.clear();
    return isUp();
  };
  await until('the servers were looked at', async () => (await manager('/api/mcproxy')).status === 200);
  channel.clear();
  await memcached.stop();
  assert.equal(await told(), false);
  memcached.resume();
  assert.equal(await told(), true);
  await memcached.kill();
  assert.equal(await told(), false);
  await using again = await startMemcached({ port: memcached.port });
  assert.equal(await told(), true, again.address);
});

test('nobody listens who may not see management screens, and nobody asks in another way', async () => {
  await addUser('looker', []);
  for (const [headers, status] of [
    [{}, 401],
    [{ authorization: basic('looker', PASSWORD) }, 403],
  ] as const) {
    using channel = await OpenChannel.open(server, headers);
    assert.equal(channel.status, status);
  }
  assert.equal((await manager('/api/told/@events')).status, 404);
  assert.equal((await manager('/api/@events', { method: 'POST' })).status, 405);
  const head = await manager('/api/@events', { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-type']], [200, 'text/event-stream']);
});

test('a channel closes when its user signs out', async () => {
  const own = await signedIn(server);
  using channel = await OpenChannel.open(server, own);
  const headers = { ...own, ...sameOrigin(server) };
  assert.equal((await clientOf(server)('/api/@logout', { method: 'POST', headers })).status, 204);
  await channel.untilEnded();
  using again = await OpenChannel.open(server, own);
  assert.equal(again.status, 401);
});

test('a channel closes when its user has another password, no right any more, or is gone', async () => {
  for (const [name, end] of [
    ['changed', () => changeUser('changed', { password: `${PASSWORD} 2` })],
    ['demoted', () => changeUser('demoted', { roles: [] })],
    ['removed', () => manager('/api/acl_users/@users/removed', { method: 'DELETE' })],
  ] as const) {
    await addUser(name);
    using channel = await OpenChannel.open(server, await signedIn(server, name, PASSWORD));
    using other = await OpenChannel.open(server, { authorization: basic(name, PASSWORD) });
    assert.ok((await end()).status < 300);
    await channel.untilEnded();
    await other.untilEnded();
  }
});

test('neither a channel nor what a page asks by itself is a use of the login: after twenty minutes it ends', async () => {
  await using own = await startSteppedServer();
  await administer(own.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  const login = await signedIn(own);
  const client = clientOf(own);
  const lastSeen = async () => {
    const headers = { ...login, 'trellis-background': '1' };
    const { logins } = (await client('/api/@my-logins', { headers })).json<{ logins: { lastSeen: string }[] }>();
    return logins[0]?.lastSeen;
  };
  const begun = await lastSeen();
  await shiftClocks([own], 19 * MINUTE_MS);
  using channel = await OpenChannel.open(own, login);
  for (const path of ['/api/', '/api/@children', '/api/@me']) {
    assert.equal((await client(path, { headers: { ...login, 'trellis-background': '1' } })).status, 200);
  }
  assert.equal(channel.status, 200);
  assert.equal(await lastSeen(), begun, 'all of that was no use');
  await shiftClocks([own], 61_000);
  await channel.untilEnded();
  assert.equal((await client('/api/', { headers: login })).status, 401);
});

test('what somebody does is a use of the login, also beside a channel', async () => {
  await using own = await startSteppedServer();
  await administer(own.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  const login = await signedIn(own);
  using channel = await OpenChannel.open(own, login);
  for (const _ of [1, 2]) {
    await shiftClocks([own], 19 * MINUTE_MS);
    assert.equal((await clientOf(own)('/api/', { headers: login })).status, 200);
    await until('the use is noted', async () => {
      const answer = await clientOf(own)('/api/@my-logins', { headers: { ...login, 'trellis-background': '1' } });
      const [first] = answer.json<{ logins: { lastSeen: string; started: string }[] }>().logins;
      return first !== undefined && first.lastSeen > first.started;
    });
  }
  assert.equal(channel.isEnded, false);
});

test('channels close at once when the server is told to end, which waits for none of them, and another opens after it', async () => {
  const own = await startServer({ environment: { TRELLIS_DRAIN_SECONDS: '0.5' } });
  const channels = await Promise.all(Array.from({ length: 20 }, () => OpenChannel.open(own, admin)));
  const begun = performance.now();
  const gone = own.stop();
  await Promise.all(channels.map((channel) => channel.untilEnded()));
  assert.equal(await gone, 0);
  assert.ok(performance.now() - begun < 8_000, 'before anything is cut off');
  await using next = await startServer({ data: own.data });
  using channel = await OpenChannel.open(next, admin);
  assert.equal(channel.status, 200);
  await next.stop();
});

test('a user has fifty channels at most, and those that are gone make room', async () => {
  await addUser('many');
  const headers = { authorization: basic('many', PASSWORD) };
  const channels = await Promise.all(Array.from({ length: 50 }, () => OpenChannel.open(server, headers)));
  assert.deepEqual(new Set(channels.map(({ status }) => status)), new Set([200]));
  const refused = await clientOf(server, headers)('/api/@events');
  assert.equal(refused.status, 429);
  assert.match(
    refused.json<{ detail: string }>().detail,
    /^50 windows of 'many' listen for changes, and no more can\. Close one/,
  );
  channels[0]![Symbol.dispose]();
  await until('there is room', async () => {
    using another = await OpenChannel.open(server, headers);
    return another.status === 200;
  });
  for (const channel of channels) channel[Symbol.dispose]();
});

test('the API’s description tells of the channel', async () => {
  const { paths } = (await manager('/api/@openapi')).json<{ paths: Record<string, { get: { responses: object } }> }>();
  const [answer] = Object.values(paths['/api/@events']?.get.responses ?? {});
  assert.deepEqual(answer, { description: 'Events, as they come.', content: { 'text/event-stream': {} } });
});
