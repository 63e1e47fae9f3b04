import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import type { KeyMessage, KeysMessage, KeyValue } from '../../../schema/endpoints/keys.ts';
import type { SessionMessage } from '../../../schema/endpoints/sessions.ts';
import type { RevealsMessage } from '../../../schema/endpoints/reveals.ts';
import { until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { RawMemcached } from '../../support/memcached/raw-memcached.ts';
import { basic, startServer } from '../../support/server.ts';
import { clientOf, managerOf, type Client } from '../client.ts';
import { Browser, commandsOf, setUpSessions } from '../site.ts';

const memcached = await startMemcached();
const server = await startServer();
const neighbour = await startServer();
after(() => Promise.all([server, neighbour, memcached].map((each) => each[Symbol.asyncDispose]())));
const manager = managerOf(server);
for (const each of [server, neighbour]) await setUpSessions(each, [memcached.address]);
const KEYS = '/api/mcproxy/@keys';
const FLAGS = 5;

/** What a program that is not ours put there. */
const FOREIGN: readonly (readonly [key: string, value: Buffer])[] = [
  ['shop:cart:1', Buffer.from('{"roses": 3, "lines": [1, 2]}')],
  ['shop:picture', randomBytes(6_000)],
  ['shop:login', Buffer.from('a:1:{s:5:"token";s:8:"t0psecret";}')],
  ['shop:password:7', Buffer.from('tiger')],
  ['app/straße', Buffer.from('text with "quotes" and ünicode')],
  ['counter', Buffer.from('42')],
];
const raw = new RawMemcached(memcached.port);
after(() => raw[Symbol.dispose]());
for (const [key, value] of FOREIGN) await raw.set(key, { flags: FLAGS, value });
const browser = new Browser(server);
await browser.add('password tiger');
await new Browser(neighbour).add('a 1');

async function list(query = '', client: Client = manager): Promise<KeysMessage> {
  const answer = await client(`${KEYS}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<KeysMessage>();
}

const addressOf = (key: string) => `/api/mcproxy/@key?key=${encodeURIComponent(key)}`;

async function look(key: string): Promise<KeyMessage> {
  const answer = await manager(addressOf(key));
  assert.equal(answer.status, 200, answer.text);
  return answer.json<KeyMessage>();
}

test('every key on the servers is listed in groups, and it is said whose they are', async () => {
  const { groups, total, matching, source, complete, keys } = await list();
  assert.equal(source, 'Live walk of 1 server; may repeat or miss keys that change meanwhile.');
  assert.deepEqual([total, matching, keys.length, complete], [8, 8, 8, true]);
  assert.deepEqual(groups.map(({ about, kind, keys: count }) => `${about} ${kind} ${count}`).sort(), [
    ' other 1',
    ' other 1',
    ' other 4',
    'Sessions of /mcsdc session 1',
    'Sessions of another installation session 1',
  ]);
  assert.deepEqual(
    groups
      .filter(({ kind }) => kind === 'other')
      .map(({ prefix }) => prefix)
      .sort(),
    ['', 'app/', 'shop:'],
  );
  const counter = keys.find(({ name }) => name === 'counter');
  assert.deepEqual(
    [counter?.kind, counter?.group, counter?.server, counter?.copies],
    ['other', '', memcached.address, []],
  );
  assert.ok(Math.abs(Date.parse(counter?.lastAccess ?? '') - Date.now()) < 120_000);
  assert.ok(Math.abs(Date.parse(counter?.expires ?? '') - Date.now() - 600_000) < 120_000);
  assert.ok(keys.some(({ name }) => name === 'app/straße'));
});

test('a group, a filter, an order and a page each narrow the list', async () => {
  const names = async (query: string) => (await list(query)).keys.map(({ name }) => name);
  assert.deepEqual(await names('?group=shop:&sort=bytes&order=desc&limit=1'), ['shop:picture']);
  assert.deepEqual(await names('?group=shop:&offset=3&limit=9'), ['shop:picture']);
  assert.deepEqual(await names('?filter=CART%20shop'), ['shop:cart:1']);
  assert.deepEqual(await names('?filter=STRASSE'), []);
  assert.deepEqual(await names('?group=*'), ['counter']);
  const { matching, total, groups } = await list('?filter=shop&limit=2');
  assert.deepEqual([matching, total, groups.length], [4, 8, 1]);
  for (const query of ['sort=colour', 'order=up', 'offset=-1', 'limit=x']) {
    assert.equal((await manager(`${KEYS}?${query}`)).status, 400, query);
  }
});

test('a value is shown decoded, as JSON, as text and as bytes', async () => {
  const { value: cart, obscured, session, kind } = await look('shop:cart:1');
  assert.deepEqual([cart?.type, obscured, session, kind], ['mapping', false, null, 'other']);
  assert.equal(cart?.json, '{\n  "roses": 3,\n  "lines": [\n    1,\n    2\n  ]\n}');
  assert.equal(cart?.text, '{"roses": 3, "lines": [1, 2]}');
  assert.match(cart?.hex ?? '', /^0000  7b 22 72 6f 73 65 73 22  \{"roses"\n0008 /);
  const { value: picture, bytes } = await look('shop:picture');
  assert.deepEqual(
    [picture?.type, picture?.json, picture?.text, picture?.hexBytes, bytes],
    ['Buffer', null, null, 4_096, 6_000],
  );
  assert.equal(picture?.hex.split('\n').length, 512);
  const { value: text, name } = await look(Buffer.from('app/straße').toString('latin1'));
  assert.deepEqual([text?.type, text?.decoded, name], ['string', 'text with "quotes" and ünicode', 'app/straße']);
  assert.equal((await look('counter')).value?.type, 'number');
});

test('a value that speaks of a secret is shown to nobody but who reveals it, and that is recorded', async () => {
  for (const key of ['shop:login', 'shop:password:7']) {
    const answer = await manager(addressOf(key));
    const { value, obscured } = answer.json<KeyMessage>();
    assert.deepEqual([value, obscured], [null, true], key);
    assert.doesNotMatch(answer.text, /t0psecret|tiger/);
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
  const revealed = await manager('/api/mcproxy/@reveal', { body: { key: 'shop:login' } });
  assert.match(revealed.json<KeyValue>().decoded, /t0psecret/);
  const { total, reveals } = (await manager('/api/mcproxy/@reveals?key=shop:login')).json<RevealsMessage>();
  assert.deepEqual([total, reveals[0]?.by, reveals[0]?.key, reveals[0]?.item], [1, 'admin', 'shop:login', null]);
});

test('of a session the header alone is shown, and the way to it where it is one of this tree', async () => {
  const { groups, keys } = await list('?filter=s-');
  const ours = groups.find(({ about }) => about === 'Sessions of /mcsdc')?.prefix ?? '';
  const key = keys.find(({ group }) => group === ours)?.key ?? '';
  const answer = await manager(addressOf(key));
  const { session, value, obscured } = answer.json<KeyMessage>();
  assert.deepEqual([value, obscured], [null, false]);
  assert.deepEqual([session?.state, session?.container, session?.user], ['session', '/mcsdc', 'admin']);
  assert.doesNotMatch(answer.text, /tiger/);
  const { items } = (await manager(`/api/mcsdc/@sessions/${session?.key}`)).json<SessionMessage>();
  assert.deepEqual(
    items.map((item) => item.key),
    ['password'],
  );
  const refused = await manager('/api/mcproxy/@reveal', { body: { key } });
  assert.equal(refused.status, 404);
  const theirs = keys.find(({ group }) => group !== ours)?.key ?? '';
  const { session: other, value: sealed } = await look(theirs);
  assert.deepEqual(
    [other?.state, other?.container, other?.key, other?.user, sealed],
    ['unknown', null, null, null, null],
  );
  await browser.own('invalidate');
  const { session: ended } = await look(key);
  assert.deepEqual([ended?.state, ended?.key], ['ended', null]);
});

test('a page that a cache keeps is read, though it is sealed on the server', async () => {
  const properties = { proxy_path: '/mcproxy' };
  await manager('/api/', { body: { type: 'MemCache Cache Manager', id: 'mccache', properties } });
  await manager('/api/index_html/@cache', { body: { manager: 'mccache' } });
  const cached = async () => (await list('?sort=bytes&order=desc')).keys.filter(({ kind }) => kind === 'cache');
  try {
    // Beside the page lies a smaller value, which says that each user has a page of their own.
    await until('the page is kept', async () => {
      await clientOf(server)('/');
      return (await cached()).some(({ bytes }) => bytes > 1_000);
    });
    const { groups } = await list();
    assert.deepEqual(
      groups.filter(({ kind }) => kind === 'cache').map(({ about }) => about),
      ['Cached values'],
    );
    const { value, obscured } = await look((await cached())[0]?.key ?? '');
    assert.deepEqual([value?.type, value?.text, obscured], ['mapping', null, false]);
    assert.match(value?.decoded ?? '', /Welcome to Trellis/);
  } finally {
    await manager('/api/mccache', { method: 'DELETE' });
    for (const { key } of await cached()) await memcached.ask(`delete ${key}`);
  }
});

test('looking writes nothing, and leaves the order of use as it is', async () => {
  const before = await commandsOf(memcached);
  const lastAccess = async () => (await list('?filter=counter')).keys[0]?.lastAccess;
  const first = await lastAccess();
  await look('counter');
  assert.equal(await lastAccess(), first);
  const { cmd_set: sets, cmd_touch: touches } = await commandsOf(memcached);
  assert.deepEqual([sets, touches], [before['cmd_set'], before['cmd_touch']]);
});

test('a key that cannot be one is refused, and one that is not there is not found', async () => {
  assert.equal((await manager(addressOf('nothing'))).status, 404);
  for (const key of ['', 'x'.repeat(251), 'Ж', 'shop:€'])
    assert.equal((await manager(addressOf(key))).status, 400, key);
  const injected = await manager(addressOf('x\r\nflush_all'));
  assert.equal(injected.status, 404);
  assert.ok((await list()).total >= 8, 'nothing was flushed');
});

test('a server that was killed is named; where none can be listed that is said, and never "empty"', async () => {
  await using second = await startMemcached();
  const servers = async (lines: readonly string[]) => {
    await manager('/api/mcproxy', { method: 'PATCH', body: { properties: { servers: lines } } });
  };
  await servers([memcached.address, second.address]);
  await second.kill();
  const { source, unreachable, complete, total } = await list();
  assert.deepEqual([unreachable, complete, total], [[second.address], false, 8]);
  assert.match(source, new RegExp(`Live walk of 1 server; .* Not listed: ${second.address} refused the connection\\.`));
  const doubtful = await manager(addressOf('nothing'));
  assert.equal(doubtful.status, 503);
  assert.match(String(doubtful.json()['detail']), /It cannot be said whether there is such a key: .* refused/);
  assert.equal((await look('counter')).value?.decoded, '42');
  await servers([second.address]);
  const none = await manager(KEYS);
  assert.equal(none.status, 503);
  assert.match(String(none.json()['detail']), /The keys of '\/mcproxy' cannot be listed: .* refused the connection\./);
  await servers([]);
  await browser.add('a 1');
  const memory = await list();
  assert.match(memory.source, /^In the memory of this process/);
  assert.deepEqual([memory.total, memory.keys[0]?.server], [1, null]);
  assert.equal((await look(memory.keys[0]?.key ?? '')).session?.container, '/mcsdc');
  await servers([memcached.address]);
});

test('thousands of keys are counted in their groups, and a page of them is given', async () => {
  const names = Array.from({ length: 3_000 }, (_, index) => `many:${index}`);
  for (const key of names) await raw.set(key, { flags: 0, value: Buffer.from('x') });
  const { groups, keys, matching } = await list('?group=many:');
  assert.deepEqual([groups.find(({ prefix }) => prefix === 'many:')?.keys, keys.length, matching], [3_000, 100, 3_000]);
  assert.equal((await list('?group=many:&limit=9999')).keys.length, 1_000);
});

test('nobody but who may inspect what is cached sees or reveals any of it', async () => {
  await manager('/api/acl_users/@users', { body: { name: 'mem', password: 'violets under glass', roles: [] } });
  const member = clientOf(server, { authorization: basic('mem', 'violets under glass') });
  const anonymous = clientOf(server, { origin: server.url });
  const views: readonly (readonly [path: string, body?: unknown])[] = [
    [KEYS],
    [addressOf('counter')],
    ['/api/mcproxy/@reveal', { key: 'shop:login' }],
    ['/api/mcproxy/@reveals'],
  ];
  for (const [path, body] of views) {
    assert.equal((await anonymous(path, { body })).status, 401, path);
    assert.equal((await member(path, { body })).status, 403, path);
  }
});
