import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { startServer } from '../../support/server.ts';
import { clientOf, managerOf } from '../client.ts';
import { Browser, commandsOf, itemsOf, setUpSessions } from '../site.ts';

const memcached = await startMemcached();
const server = await startServer();
after(async () => {
  await server[Symbol.asyncDispose]();
  await memcached[Symbol.asyncDispose]();
});
const manager = managerOf(server);

test('sessions work before anything is set up, in the container of temp_folder', async () => {
  const browser = new Browser(server);
  const added = await browser.add('early bird', '/temp_folder/session_data');
  assert.equal(added.line, 'Before: 0;  after: 1; # items: 1');
  assert.deepEqual(itemsOf(await browser.look('/temp_folder/session_data')), ['early=bird']);

  await setUpSessions(server, [memcached.address]);
  await browser.add('later one');
  const early = await browser.look('/temp_folder/session_data');
  assert.deepEqual(itemsOf(early), ['early=bird'], 'and are still there when another container is chosen');
});

test('the seven steps: two lines are two items in memcached', async () => {
  const browser = new Browser(server);
  const before = new Set(await memcached.keys());
  const added = await browser.add('key1 This is a long string value\nkey2 3');
  assert.equal(added.line, 'Before: 0;  after: 2; # items: 2');
  assert.deepEqual([added.before, added.after, added.count], [0, 2, 2]);
  assert.deepEqual(itemsOf(added), ['key1=This is a long string value', 'key2=3']);
  assert.equal(added.server, memcached.address);
  assert.deepEqual(added.warnings, []);
  const keys = (await memcached.keys()).filter((key) => !before.has(key));
  assert.equal(keys.length, 1, keys.join());
  const again = await browser.add('key2 4\n\n  key3   with  blanks  ');
  assert.equal(
    again.line,
    'Before: 2;  after: 3; # items: 2',
    'a key that is there is written over; blank lines are passed over',
  );
  assert.deepEqual(itemsOf(again), ['key1=This is a long string value', 'key2=4', 'key3=with  blanks']);
});

test('the key in memcached is a hash, and neither key nor value tells anything', async () => {
  const browser = new Browser(server);
  const before = new Set(await memcached.keys());
  await browser.add('marker_key marker_value');
  const [key = ''] = (await memcached.keys()).filter((each) => !before.has(each));
  assert.match(key, /^[A-Za-z0-9:_-]{1,200}$/);
  const [id = ''] = browser.browserId?.split('.') ?? [];
  assert.equal(id.length, 43);
  const plainHash = createHash('sha256').update(id).digest('base64url');
  for (const told of [id, plainHash, 'marker', 'mcsdc', 'admin'])
    assert.ok(!key.includes(told), `${key} tells ${told}`);
  const value = (await memcached.ask(`get ${key}`)).join('\n');
  assert.match(value, /^VALUE /);
  for (const told of [id, 'marker', 'admin', '127.0.0.1']) assert.ok(!value.includes(told), `the value tells ${told}`);
});

test('every item that is kept has an expiry', async () => {
  const lines = (await memcached.ask('lru_crawler metadump all')).flatMap((line) => line.split('\n'));
  const expiries = lines.flatMap((line) => /exp=(-?\d+)/.exec(line)?.[1] ?? []).map(Number);
  assert.ok(expiries.length > 0);
  const now = Date.now() / 1000;
  // 20 minutes of idle time known to within 20 seconds, the resolution and a minute.
  for (const expiry of expiries) assert.ok(expiry > now + 1200 && expiry < now + 1310, String(expiry - now));
});

test('only looking starts no session and sets no cookie', async () => {
  const browser = new Browser(server);
  const before = (await memcached.keys()).length;
  const answer = await browser.ask('/api/mcsdc/@test');
  assert.equal(answer.headers['set-cookie'], undefined);
  assert.equal(answer.json<{ about: unknown }>().about, null);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal((await memcached.keys()).length, before);
});

test('storing sets one cookie with every flag, and a plain twin until that has come back', async () => {
  const browser = new Browser(server);
  const setBy = async (items: string) => (await browser.ask('/api/mcsdc/@test', { items })).headers['set-cookie'] ?? [];
  const [cookie = '', twin = '', ...more] = await setBy('a b');
  assert.deepEqual(more, []);
  assert.equal(twin, cookie.replace('__Host-', '').replace('; Secure', ''));
  assert.deepEqual(await setBy('c d'), [
    twin.replace(/=.*?;/, '=;').replace('; HttpOnly', '; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly'),
  ]);
  assert.deepEqual(await setBy('e f'), []);
  const [pair = '', ...flags] = cookie.split('; ');
  assert.match(pair, /^__Host-browser_id_[0-9a-f]{8}=[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(flags.toSorted(), ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
});

test('an id that was not signed here is never adopted', async () => {
  const owner = new Browser(server);
  await owner.add('mine alone');
  const [id = '', signature = ''] = owner.browserId?.split('.') ?? [];
  const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  for (const forged of [id, `${id}.`, `${id}.${flipped}`, `${'A'.repeat(43)}.${signature}`, `${id}.${id}`, 'x', '.']) {
    const thief = new Browser(server);
    thief.takeId(server, forged);
    assert.deepEqual(itemsOf(await thief.look()), [], forged);
    await thief.add('stolen no');
    assert.notEqual(thief.browserId?.split('.')[0], id, 'another id is given');
  }
  assert.deepEqual(itemsOf(await owner.look()), ['mine=alone']);
});

test('an id in the address or in the body is no id', async () => {
  const owner = new Browser(server);
  await owner.add('mine alone');
  const text = encodeURIComponent(owner.browserId ?? '');
  for (const query of [`browser_id=${text}`, `${cookieNamesOf(server).browserId}=${text}`, `_ZopeId=${text}`]) {
    const answer = await new Browser(server).ask(`/api/mcsdc/@test?${query}`);
    assert.deepEqual(answer.json<{ session: unknown[] }>().session, [], query);
  }
});

test('a line without a space names itself, and nothing is stored unless all lines parse', async () => {
  const browser = new Browser(server);
  await browser.add('kept yes');
  const answer = await browser.ask('/api/mcsdc/@test', { items: 'good line\nbad\n\nalso_bad\nanother good one' });
  assert.equal(answer.status, 422);
  const problem = answer.json<ProblemMessage>();
  assert.match(problem.detail, /Line 2: no space between key and value: 'bad'/);
  assert.match(problem.detail, /Line 4: no space between key and value: 'also_bad'/);
  assert.equal(problem.errors?.length, 2);
  assert.deepEqual(itemsOf(await browser.look()), ['kept=yes']);
});

test('nothing to add adds nothing', async () => {
  const browser = new Browser(server);
  const answer = await browser.ask('/api/mcsdc/@test', { items: '  \n\n' });
  assert.equal(answer.status, 200);
  assert.equal(answer.json()['line'], 'Before: 0;  after: 0; # items: 0');
  assert.equal(answer.headers['set-cookie'], undefined);
});

test('names that JavaScript knows are keys like any other', async () => {
  const browser = new Browser(server);
  const keys = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'save',
    'maxAge',
    'size',
    '..',
    '%2f',
  ];
  const added = await browser.add(keys.map((key) => `${key} value of ${key}`).join('\n'));
  assert.equal(added.after, keys.length);
  const wanted = keys.map((key) => `${key}=value of ${key}`);
  assert.deepEqual(itemsOf(added), wanted);
  assert.deepEqual(itemsOf(await browser.look()), wanted);
});

test('what speaks of a secret is obscured', async () => {
  const shown = await new Browser(server).add('password tiger\nApiToken abc\nplain text\nDB_PASSWD x');
  assert.deepEqual(
    shown.session.map(({ obscured }) => obscured),
    [true, true, false, true],
  );
  assert.ok(!JSON.stringify(shown).includes('tiger'));
  assert.equal(shown.session[0]?.value, '<password obscured>');
});

test('a session over 256 KiB is refused with its size, the limit and the fattest key; the old one stays', async () => {
  const browser = new Browser(server);
  await browser.add('small one');
  const answer = await browser.ask('/api/mcsdc/@test', { items: `fat ${'x'.repeat(300_000)}\nthin y` });
  assert.equal(answer.status, 413, answer.text.slice(0, 300));
  const { detail } = answer.json<ProblemMessage>();
  assert.match(detail, /["']fat["']/);
  assert.match(detail, /256 KiB|262,?144/);
  assert.match(detail, /29[23] KiB|300,?\d{3}/);
  assert.deepEqual(itemsOf(await browser.look()), ['small=one']);
  assert.equal((await browser.add(`big ${'x'.repeat(250_000)}`)).after, 2, 'just under the limit is kept');
});

test('a key is removed, the session cleared, given a new id, and ended', async () => {
  const browser = new Browser(server);
  await browser.add('a 1\nb 2\nc 3');
  assert.deepEqual(itemsOf(await browser.own('remove', 'b')), ['a=1', 'c=3']);
  assert.equal((await browser.ask('/api/mcsdc/@own', { action: 'remove', key: 'b' })).status, 422);
  const old = browser.browserId;
  assert.deepEqual(itemsOf(await browser.own('rotate')), ['a=1', 'c=3']);
  assert.notEqual(browser.browserId, old);
  assert.deepEqual(itemsOf(await browser.look()), ['a=1', 'c=3']);
  assert.deepEqual(itemsOf(await browser.own('clear')), []);
  await browser.add('d 4');
  const ended = browser.browserId;
  await browser.own('invalidate');
  const late = new Browser(server);
  late.takeId(server, ended ?? '');
  assert.deepEqual(itemsOf(await late.look()), [], 'an ended session cannot be reached by its old id');
  await late.add('after the end');
  assert.notEqual(late.browserId, ended, 'and an ended id is never used again');
});

test('one browser has a session of its own in every container, and two browsers never share one', async () => {
  await manager('/api/', {
    body: { type: 'MemCache Session Data Container', id: 'second', properties: { proxy_path: '/mcproxy' } },
  });
  const [one, other] = [new Browser(server), new Browser(server)];
  await one.add('where first');
  await one.add('where second', '/second');
  await other.add('where other');
  assert.deepEqual(itemsOf(await one.look()), ['where=first']);
  assert.deepEqual(itemsOf(await one.look('/second')), ['where=second']);
  assert.deepEqual(itemsOf(await other.look()), ['where=other']);
  const banner = (await one.look('/second')).warnings[0];
  assert.match(banner?.text ?? '', /sessions are kept in \/mcsdc, not here/);
  assert.deepEqual(banner?.remedy?.properties, { container_path: '/second' });
});

test('renaming a container keeps its sessions', async () => {
  await manager('/api/', {
    body: { type: 'MemCache Session Data Container', id: 'named', properties: { proxy_path: '/mcproxy' } },
  });
  const browser = new Browser(server);
  await browser.add('still here', '/named');
  await manager('/api/@rename', { body: { from: 'named', to: 'renamed' } });
  assert.deepEqual(itemsOf(await browser.look('/renamed')), ['still=here']);
});

test('moving a container keeps its sessions, and a copy of it begins without any', async () => {
  const properties = { proxy_path: '/mcproxy' };
  await manager('/api/', { body: { type: 'MemCache Session Data Container', id: 'mobile', properties } });
  for (const id of ['first', 'last']) await manager('/api/', { body: { type: 'Folder', id } });
  const browser = new Browser(server);
  await browser.add('still here', '/mobile');
  assert.equal((await manager('/api/first/@copy', { body: { paths: ['/mobile'] } })).status, 200);
  assert.deepEqual(itemsOf(await browser.look('/first/mobile')), []);
  await browser.add('of the copy', '/first/mobile');
  assert.equal((await manager('/api/last/@move', { body: { paths: ['/mobile'] } })).status, 200);
  assert.deepEqual(itemsOf(await browser.look('/last/mobile')), ['still=here']);
  assert.deepEqual(itemsOf(await browser.look('/first/mobile')), ['of=the copy']);
});

test('twenty requests that each add a key at once lose none, and forty that change one key leave one of them', async () => {
  const browser = new Browser(server);
  await browser.add('first one');
  const statuses = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, index) => (await browser.ask('/api/mcsdc/@test', { items: `key${index} v` })).status,
    ),
  );
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal((await browser.look()).session.length, 21);
  await Promise.all(Array.from({ length: 40 }, (_, index) => browser.add(`same ${index}`)));
  const same = (await browser.look()).session.filter(({ key }) => key === 'same');
  assert.equal(same.length, 1);
});

test('a request that needs no session sends memcached no command', async () => {
  const browser = new Browser(server);
  await browser.add('a b');
  const visitor = clientOf(server, { cookie: browser.cookies });
  const before = await commandsOf(memcached);
  for (const path of ['/', '/index_html', '/api/@me', '/manage', '/healthz', '/nothing']) {
    for (let round = 0; round < 5; round += 1) await visitor(path);
  }
  for (const path of ['/api/', '/api/@children', '/api/index_html', '/api/@types']) await browser.ask(path);
  assert.deepEqual(await commandsOf(memcached), before);
});

test('a container without a proxy, and with one that is gone, says what is missing', async () => {
  await manager('/api/', { body: { type: 'MemCache Session Data Container', id: 'loose' } });
  const browser = new Browser(server);
  const none = await browser.ask('/api/loose/@test');
  assert.equal(none.status, 503);
  assert.equal(none.json()['detail'], "No proxy defined. Set 'proxy_path' on the Properties tab.");
  await manager('/api/', { body: { type: 'MemCache Proxy', id: 'leaving' } });
  await manager('/api/loose', { method: 'PATCH', body: { properties: { proxy_path: '/leaving' } } });
  await manager('/api/leaving', { method: 'DELETE' });
  const gone = await browser.ask('/api/loose/@test');
  assert.equal(gone.status, 503);
  assert.match(String(gone.json()['detail']), /\/leaving/);
  const { warnings } = (await manager('/api/loose')).json<ObjectMessage>();
  assert.match(warnings[0]?.text ?? '', /\/leaving/);
});

test('a proxy without servers keeps sessions in this process, and says so', async () => {
  await manager('/api/', { body: { type: 'MemCache Proxy', id: 'local' } });
  await manager('/api/', {
    body: { type: 'MemCache Session Data Container', id: 'in_process', properties: { proxy_path: '/local' } },
  });
  const browser = new Browser(server);
  await browser.add('kept here', '/in_process');
  assert.deepEqual(itemsOf(await browser.look('/in_process')), ['kept=here']);
  const { warnings } = (await manager('/api/local')).json<ObjectMessage>();
  assert.equal(
    warnings[0]?.text,
    'No servers are set: values are kept in this process only and vanish when it restarts.',
  );
});

test('the chain shows how a request finds its session, and where it breaks', async () => {
  const chain = async () => (await manager('/api/session_data_manager/@chain')).json<ChainMessage>();
  const whole = await chain();
  assert.deepEqual(
    whole.boxes.map(({ id }) => id),
    ['browser_id_manager', 'session_data_manager', 'mcsdc', 'mcproxy'],
  );
  assert.equal(whole.on, true);
  assert.equal(whole.text, 'Sessions are on');
  assert.deepEqual(
    whole.servers.map(({ address, state }) => [address, state]),
    [[memcached.address, 'ok']],
  );
  const set = (path: string, properties: unknown) => manager(path, { method: 'PATCH', body: { properties } });
  await set('/api/mcsdc', { proxy_path: '' });
  const broken = await chain();
  assert.equal(broken.on, false);
  assert.match(broken.text, /^Sessions are off/);
  await set('/api/mcsdc', { proxy_path: '/mcproxy' });
  await set('/api/session_data_manager', { container_path: '' });
  assert.equal((await chain()).on, false);
  await set('/api/session_data_manager', { container_path: '/mcsdc' });
  assert.equal((await chain()).on, true);
});

test('signing in gives the session another id and keeps what is in it', async () => {
  const browser = new Browser(server);
  await browser.add('basket full');
  const old = browser.browserId;
  const signedIn = await browser.ask('/api/@login', { name: 'admin', password: 'correct horse battery' });
  assert.equal(signedIn.status, 200);
  assert.notEqual(browser.browserId, old);
  assert.deepEqual(itemsOf(await browser.look()), ['basket=full']);
});
