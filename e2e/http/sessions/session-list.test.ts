import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type {
  EndedSessions,
  SessionMessage,
  SessionsMessage,
  SessionValue,
} from '../../../schema/endpoints/sessions.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { basic, startServer } from '../../support/server.ts';
import { clientOf, managerOf, sameOrigin } from '../client.ts';
import { Browser, commandsOf, setUpSessions } from '../site.ts';

const server = await startServer();
const memcached = await startMemcached();
after(() => Promise.all([server[Symbol.asyncDispose](), memcached[Symbol.asyncDispose]()]));
const manager = managerOf(server);
await setUpSessions(server, [memcached.address]);
const LIST = '/api/mcsdc/@sessions';

async function list(query = '', path = LIST): Promise<SessionsMessage> {
  const answer = await manager(`${path}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<SessionsMessage>();
}

/** Sessions of new browsers, begun on the Test tab. */
async function begin(count: number, items = 'a 1'): Promise<Browser[]> {
  const browsers = Array.from({ length: count }, () => new Browser(server));
  for (const browser of browsers) await browser.add(items);
  return browsers;
}

async function endAll(): Promise<void> {
  assert.equal((await manager(`${LIST}/@end`, { body: {} })).status, 200);
}

test('the list has a row for each session, the figures, and what can be seen', async () => {
  await endAll();
  await begin(3, `text ${'x'.repeat(2_000)}`);
  await begin(1);
  const message = await list('?limit=2&sort=bytes');
  assert.deepEqual([message.total, message.matching, message.active, message.sessions.length], [4, 4, 4, 2]);
  assert.equal(message.source, 'Live walk of 1 server; may repeat or miss sessions that change meanwhile.');
  assert.deepEqual(message.unreachable, []);
  const [row] = message.sessions;
  assert.ok(row && row.bytes > 2_000 && row.bytes === message.largestBytes);
  assert.match(row.key, /^[\w-]{43}$/);
  assert.deepEqual([row.user, row.address, row.server, row.copies], ['admin', '127.0.0.1', memcached.address, []]);
  assert.ok(Date.parse(row.expires ?? '') > Date.now() + 19 * 60_000);
  assert.equal((await list('?filter=%3C1KiB')).matching, 1);
  assert.equal((await list('?filter=nobody')).matching, 0);
});

test('a query that means nothing is refused with what would', async () => {
  for (const query of ['sort=colour', 'order=up', 'offset=-1', 'limit=x']) {
    const answer = await manager(`${LIST}?${query}`);
    assert.equal(answer.status, 400, query);
  }
  assert.match((await manager(`${LIST}?sort=colour`)).text, /Use user, started, lastSeen/);
});

test('a session’s items are shown with their secrets obscured, at any depth; a reveal shows one', async () => {
  await endAll();
  await begin(1, 'cart three roses\napi_token t0psecret\npasswd_reset hidden-too');
  const [row] = (await list()).sessions;
  const answer = await manager(`${LIST}/${row?.key}`);
  const { items, user } = answer.json<SessionMessage>();
  assert.equal(user, 'admin');
  assert.deepEqual(
    items.map(({ key, value, obscured }) => [key, value, obscured]),
    [
      ['cart', 'three roses', false],
      ['api_token', '<password obscured>', true],
      ['passwd_reset', '<password obscured>', true],
    ],
  );
  assert.doesNotMatch(answer.text, /t0psecret|hidden-too/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const body = { key: row?.key, item: 'api_token' };
  const revealed = (await manager('/api/mcsdc/@reveal', { body })).json<SessionValue>();
  assert.deepEqual([revealed.value, revealed.json, revealed.obscured], ['t0psecret', '"t0psecret"', false]);
  assert.equal((await manager('/api/mcsdc/@reveal', { body: { ...body, item: 'gone' } })).status, 404);
});

test('looking, listing and revealing write nothing to memcached', async () => {
  await endAll();
  await begin(2);
  const [row] = (await list()).sessions;
  const { cmd_set: before } = await commandsOf(memcached);
  await list('?filter=admin');
  await manager(`${LIST}/${row?.key}`);
  await manager('/api/mcsdc/@reveal', { body: { key: row?.key, item: 'a' } });
  assert.equal((await commandsOf(memcached))['cmd_set'], before);
});

test('one session is ended, and its browser has none at its next request', async () => {
  await endAll();
  const [one, other] = await begin(2);
  const first = (await list('?sort=started&order=asc')).sessions[0];
  const ended = await manager(`${LIST}/${first?.key}`, { method: 'DELETE' });
  assert.equal(ended.status, 204);
  assert.equal((await one!.look()).session.length, 0);
  assert.equal((await other!.look()).session.length, 1);
  assert.equal((await list()).total, 1);
  for (const key of [first?.key, 'x'.repeat(43), '@nothing', 'a b', '..%2f']) {
    const answer = await manager(`${LIST}/${encodeURIComponent(key ?? '')}`, { method: 'DELETE' });
    assert.ok([400, 404].includes(answer.status), `${key}: ${answer.status}`);
  }
});

test('100 sessions of a user are ended at once, and all 100 are gone at their next request; others stay', async () => {
  await endAll();
  const visitor = clientOf(server, sameOrigin(server));
  await manager('/api/acl_users/@users', {
    body: { name: 'anna', password: 'violets under glass', roles: ['Manager'] },
  });
  const cookies = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const headers = { authorization: basic('anna', 'violets under glass') };
      const answer = await visitor('/api/mcsdc/@test', { body: { items: 'a 1' }, headers });
      return (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
    }),
  );
  const [mine] = await begin(1);
  assert.equal((await list('?filter=anna')).matching, 100);
  const ended = await manager(`${LIST}/@end`, { body: { user: 'anna' } });
  assert.deepEqual(ended.json<EndedSessions>(), { known: 100, left: [] });
  const left = await Promise.all(
    cookies.map(async (cookie) => {
      const headers = { authorization: basic('anna', 'violets under glass'), cookie };
      return (await visitor('/api/mcsdc/@test', { headers })).json<{ session: unknown[] }>().session.length;
    }),
  );
  assert.deepEqual(
    left.filter((count) => count > 0),
    [],
  );
  assert.equal((await mine!.look()).session.length, 1);
  assert.equal((await list()).total, 1);
});

test('sessions are ended by their keys, and those that are gone already are passed over', async () => {
  await begin(3);
  const { sessions, total } = await list();
  const keys = sessions.slice(0, 2).map(({ key }) => key);
  const end = (all: readonly string[]) => manager(`${LIST}/@end`, { body: { keys: all } });
  assert.deepEqual((await end([...keys, 'no-such-key'])).json<EndedSessions>(), { known: 2, left: [] });
  assert.deepEqual((await end(keys)).json<EndedSessions>(), { known: 0, left: [] });
  assert.equal((await list()).total, total - 2);
  const both = await manager(`${LIST}/@end`, { body: { keys: [sessions[2]!.key], user: 'anna' } });
  assert.equal(both.status, 422, 'keys of whomever, and all of a user');
  assert.equal((await list()).total, total - 2);
  assert.equal((await end(Array.from({ length: 501 }, (_, index) => `k${index}`))).status, 422);
});

test('all sessions are ended without touching another key on the server', async () => {
  await begin(3);
  const { cmd_flush: flushed } = await commandsOf(memcached);
  const { known } = (await manager(`${LIST}/@end`, { body: {} })).json<EndedSessions>();
  assert.ok(known !== null && known >= 3);
  assert.equal((await list()).total, 0);
  assert.equal((await commandsOf(memcached))['cmd_flush'], flushed);
  assert.ok((await memcached.keys()).length >= 3);
  assert.equal((await manager(`${LIST}/@start`, { body: {} })).status, 404);
});

test('a container in process memory lists its sessions and counts them on its tab', async () => {
  const path = '/api/temp_folder/session_data';
  const browser = new Browser(server);
  await browser.add('a 1', '/temp_folder/session_data');
  const message = await list('', `${path}/@sessions`);
  assert.equal(message.total, 1);
  assert.match(message.source, /In the memory of this process/);
  assert.equal(message.sessions[0]?.server, null);
  const { tabs } = (await manager(path)).json<ObjectMessage>();
  assert.equal(tabs.find(({ id }) => id === 'sessions')?.count, 1);
  await manager(`${path}/@sessions/@end`, { body: {} });
  const after = (await manager(path)).json<ObjectMessage>();
  assert.equal(after.tabs.find(({ id }) => id === 'sessions')?.count, 0);
  assert.equal((await browser.look('/temp_folder/session_data')).session.length, 0);
});

test('servers that cannot be listed are named; with none left it is said, and never "empty"', async () => {
  await using second = await startMemcached();
  await manager('/api/mcproxy', {
    method: 'PATCH',
    body: { properties: { servers: [memcached.address, second.address] } },
  });
  await endAll();
  await begin(6);
  await second.kill();
  const { unreachable, source, total } = await list();
  assert.deepEqual(unreachable, [second.address]);
  assert.match(source, new RegExp(`Live walk of 1 server; .* Not listed: ${second.address} refused the connection\\.`));
  assert.ok(total <= 6);
  await manager('/api/mcproxy', { method: 'PATCH', body: { properties: { servers: [second.address] } } });
  const ended = await manager(`${LIST}/@end`, { body: {} });
  assert.deepEqual(ended.json<EndedSessions>(), { known: null, left: [] }, 'ending needs no server');
});

test('of sessions that are ended by their keys, one out of reach keeps no other, and is named', async () => {
  await using other = await startMemcached();
  const servers = [memcached.address, other.address];
  await manager('/api/mcproxy', { method: 'PATCH', body: { properties: { servers } } });
  await endAll();
  await begin(24);
  const { sessions } = await list();
  const keysAt = ({ address }: { readonly address: string }) =>
    sessions.filter((each) => each.server === address).map(({ key }) => key);
  const [reached, unreached] = [keysAt(memcached), keysAt(other)];
  assert.ok(reached.length > 0 && unreached.length > 0);
  await other.kill();
  await assert.rejects(other.ask('version'), { code: 'ECONNREFUSED' });
  const keys = [...unreached, ...reached];
  const answer = await manager(`${LIST}/@end`, { body: { keys } });
  assert.equal(answer.status, 200, answer.text);
  const { known, left } = answer.json<EndedSessions>();
  assert.equal(known, reached.length);
  assert.deepEqual(
    left.map(({ key }) => key),
    unreached,
  );
  for (const { why } of left) assert.ok(why.includes(other.address), why);
  assert.equal((await list()).total, 0, 'of those that can be reached');
});

test('nobody but who may look after sessions sees or ends any: all six views', async () => {
  await manager('/api/acl_users/@users', { body: { name: 'mem', password: 'violets under glass', roles: [] } });
  const anonymous = clientOf(server, sameOrigin(server));
  const member = clientOf(server, { authorization: basic('mem', 'violets under glass') });
  const key = 'x'.repeat(43);
  const views: readonly (readonly [string, string, unknown?])[] = [
    ['GET', LIST],
    ['GET', `${LIST}/${key}`],
    ['DELETE', `${LIST}/${key}`],
    ['POST', `${LIST}/@end`, {}],
    ['POST', `${LIST}/@end`, { user: 'admin' }],
    ['POST', '/api/mcsdc/@reveal', { key, item: 'a' }],
  ];
  for (const [method, path, body] of views) {
    assert.equal((await anonymous(path, { method, body })).status, 401, `${method} ${path}`);
    assert.equal((await member(path, { method, body })).status, 403, `${method} ${path}`);
  }
});
