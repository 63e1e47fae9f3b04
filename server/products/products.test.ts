import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import type { ChainMessage } from '../../schema/endpoints/session-chain.ts';
import type { TestMessage } from '../../schema/endpoints/session-test.ts';
import { startMemcached } from '../../e2e/support/memcached/memcached.ts';
import { openTestInstallation, type Answer, type TestInstallation } from '../testing.ts';

/** A browser that keeps the cookie it is given. */
function browserOf(trellis: TestInstallation) {
  let cookie: string | undefined;
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await trellis.ask(method, path, { body, ...(cookie === undefined ? {} : { cookie }) });
    for (const line of answer.cookies) cookie = line.split(';')[0];
    return answer;
  };
}

async function withSessionsIn(address: string): Promise<TestInstallation> {
  const trellis = await openTestInstallation();
  const body = { servers: [address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 };
  assert.equal((await trellis.ask('POST', '/api/@setup-sessions', { body })).status, 201);
  return trellis;
}

test('the Test tab adds lines to the session and shows what is kept in memcached', async () => {
  await using memcached = await startMemcached();
  await using trellis = await withSessionsIn(memcached.address);
  const browser = browserOf(trellis);
  const looked = await browser('GET', '/api/mcsdc/@test');
  assert.deepEqual(looked.cookies, []);
  assert.equal(looked.json<TestMessage>().about, null);
  const items = 'key1 This is a long string value\n\nkey2 3';
  const { line, session, server } = (await browser('POST', '/api/mcsdc/@test', { items })).json<TestMessage>();
  assert.equal(line, 'Before: 0;  after: 2; # items: 2');
  assert.deepEqual(
    session.map(({ key, value }) => [key, value]),
    [
      ['key1', 'This is a long string value'],
      ['key2', '3'],
    ],
  );
  assert.equal(server, memcached.address);
  const again = (await browser('POST', '/api/mcsdc/@test', { items: 'key2 4' })).json<TestMessage>();
  assert.equal(again.line, 'Before: 2;  after: 2; # items: 1');
});

test('nothing is stored unless every line parses, and each line that does not is named', async () => {
  await using trellis = await openTestInstallation();
  const browser = browserOf(trellis);
  const container = '/api/temp_folder/session_data/@test';
  const refused = await browser('POST', container, { items: 'good one\nbad\nworse' });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /Line 2: no space between key and value: 'bad'/);
  assert.match(refused.text, /Line 3: no space between key and value: 'worse'/);
  assert.deepEqual((await browser('GET', container)).json<TestMessage>().session, []);
});

test('secrets are not shown, and a session is removed from, cleared, given a new id and ended', async () => {
  await using trellis = await openTestInstallation();
  const browser = browserOf(trellis);
  const base = '/api/temp_folder/session_data';
  const act = async (action: string, key?: string) =>
    (await browser('POST', `${base}/@own`, { action, ...(key === undefined ? {} : { key }) })).json<TestMessage>();
  await browser('POST', `${base}/@test`, { items: 'a 1\nb 2\nuser_password hunter2' });
  const { session } = (await browser('GET', `${base}/@test`)).json<TestMessage>();
  assert.ok(!JSON.stringify(session).includes('hunter2'));
  assert.equal((await act('remove', 'a')).after, 2);
  assert.equal((await act('rotate')).after, 2);
  assert.equal((await browser('GET', `${base}/@test`)).json<TestMessage>().after, 2);
  assert.equal((await act('clear')).after, 0);
  assert.equal((await act('invalidate')).about, null);
  assert.equal((await browser('POST', `${base}/@own`, { action: 'remove', key: 'gone' })).status, 422);
});

test('a session is the same one for a second process, and survives both', async () => {
  await using memcached = await startMemcached();
  await using first = await withSessionsIn(memcached.address);
  const answer = await first.ask('POST', '/api/mcsdc/@test', { body: { items: 'cart full' } });
  const cookie = answer.cookies[0]?.split(';')[0] ?? '';
  await using second = await openTestInstallation(first.folder);
  const { session } = (await second.ask('GET', '/api/mcsdc/@test', { cookie })).json<TestMessage>();
  assert.deepEqual(
    session.map(({ key }) => key),
    ['cart'],
  );
});

test('a server that is down is a sentence and 503 for who needs the session, and never an empty session', async () => {
  await using memcached = await startMemcached();
  await using trellis = await withSessionsIn(memcached.address);
  const browser = browserOf(trellis);
  await browser('POST', '/api/mcsdc/@test', { items: 'cart full' });
  await memcached.kill();
  const answer = await browser('GET', '/api/mcsdc/@test');
  assert.equal(answer.status, 503);
  assert.match(answer.text, /Can't reach memcache server!/);
  assert.ok(Number(answer.headers['retry-after']) >= 1);
  assert.equal((await browser('POST', '/api/mcsdc/@test', { items: 'cart empty' })).status, 503);
  assert.equal((await trellis.ask('GET', '/', { as: null })).status, 200);
  const chain = (await trellis.ask('GET', '/api/session_data_manager/@chain')).json<ChainMessage>();
  assert.deepEqual([chain.on, chain.servers[0]?.state], [false, 'down']);
});

test('the chain begins with the browser id manager of the container, which is the one that is used', async () => {
  await using trellis = await openTestInstallation();
  const add = (path: string, type: string, id: string) => trellis.ask('POST', `/api${path}`, { body: { type, id } });
  for (const [path, type, id] of [
    ['', 'Folder', 'shop'],
    ['/shop', 'Browser Id Manager', 'browser_id_manager'],
    ['/shop', 'Transient Object Container', 'kept'],
  ] as const)
    assert.equal((await add(path, type, id)).status, 201, id);
  const body = { properties: { container_path: '/shop/kept' } };
  assert.equal((await trellis.ask('PATCH', '/api/session_data_manager', { body })).status, 200);
  const { boxes } = (await trellis.ask('GET', '/api/session_data_manager/@chain')).json<ChainMessage>();
  assert.deepEqual(
    boxes.map(({ path }) => path),
    ['/shop/browser_id_manager', '/session_data_manager', '/shop/kept'],
  );
});

test('the chain shows where the way to a session breaks', async () => {
  await using trellis = await openTestInstallation();
  const chain = async () => (await trellis.ask('GET', '/api/session_data_manager/@chain')).json<ChainMessage>();
  assert.deepEqual(
    (await chain()).boxes.map(({ path, holds }) => [path, holds]),
    [
      ['/browser_id_manager', true],
      ['/session_data_manager', true],
      ['/temp_folder/session_data', true],
    ],
  );
  const body = { properties: { container_path: '' } };
  await trellis.ask('PATCH', '/api/session_data_manager', { body });
  const broken = await chain();
  assert.equal(broken.on, false);
  assert.equal(broken.boxes.at(-1)?.state, 'off');
});

test('a second process is a reason to warn that sessions in memory are not shared', async () => {
  await using first = await openTestInstallation();
  const warnings = async () => (await first.ask('GET', '/api/session_data_manager')).json<ObjectMessage>().warnings;
  assert.deepEqual(await warnings(), []);
  await using _second = await openTestInstallation(first.folder);
  assert.equal((await warnings())[0]?.short, 'Sessions are not shared');
});

test('signing in gives the browser’s session another id, and keeps what is in it', async () => {
  await using trellis = await openTestInstallation();
  const added = await trellis.ask('POST', '/api/temp_folder/session_data/@test', { body: { items: 'cart full' } });
  const before = added.cookies[0]?.split(';')[0] ?? '';
  const body = { name: 'admin', password: 'correct horse battery' };
  const signedIn = await trellis.ask('POST', '/api/@login', { as: null, body, cookie: before });
  const after = signedIn.cookies.map((line) => line.split(';')[0] ?? '').find((each) => each.includes('browser_id'));
  assert.ok(after !== undefined && after !== before);
  const { session } = (
    await trellis.ask('GET', '/api/temp_folder/session_data/@test', { cookie: after })
  ).json<TestMessage>();
  assert.equal(session[0]?.key, 'cart');
});

test('signing in goes on while memcached is out of reach, and the browser loses its id', async () => {
  await using memcached = await startMemcached();
  await using trellis = await withSessionsIn(memcached.address);
  const added = await trellis.ask('POST', '/api/mcsdc/@test', { body: { items: 'cart full' } });
  const cookie = added.cookies[0]?.split(';')[0] ?? '';
  await memcached.kill();
  const body = { name: 'admin', password: 'correct horse battery' };
  const signedIn = await trellis.ask('POST', '/api/@login', { as: null, body, cookie });
  assert.equal(signedIn.status, 200);
  assert.ok(signedIn.cookies.some((line) => /browser_id_\w+=;.*Max-Age=0/.test(line)));
});
