import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { startMemcached, type Memcached } from '../../support/memcached/memcached.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { clientOf, managerOf } from '../client.ts';
import { Browser, itemsOf, setUpSessions } from '../site.ts';

const DEADLINE_MS = 1_000;
/** What the busiest machine adds to a deadline at the most. Without a deadline there would be no answer at all. */
const SLACK_MS = 20_000;

const data = await mkdtemp(join(tmpdir(), 'trellis-sessions-'));
let memcached: Memcached = await startMemcached();
let server: TestServer = await startServer({ data });
after(async () => {
  await server.stop();
  await memcached[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});
await setUpSessions(server, [memcached.address], { timeout_ms: DEADLINE_MS });

test('a session survives a restart, and a kill, of the server', async () => {
  const browser = new Browser(server);
  await browser.add('key1 This is a long string value\nkey2 3');
  await server.stop();
  server = await startServer({ data });
  browser.moveTo(server);
  assert.deepEqual(itemsOf(await browser.look()), ['key1=This is a long string value', 'key2=3']);
  await server.kill();
  server = await startServer({ data });
  browser.moveTo(server);
  assert.equal((await browser.add('key3 x')).line, 'Before: 2;  after: 3; # items: 1');
});

test('a second process on the same data has the same sessions, and what one writes the other reads', async () => {
  await using second = await startServer({ data });
  const browser = new Browser(server);
  await browser.add('round 0');
  for (let round = 1; round <= 20; round += 1) {
    const [writer, reader] = round % 2 === 0 ? [server, second] : [second, server];
    browser.moveTo(writer);
    await browser.add(`round ${round}`);
    browser.moveTo(reader);
    assert.deepEqual(itemsOf(await browser.look()), [`round=${round}`]);
  }
});

test('two processes that add to one session at once lose nothing', async () => {
  await using second = await startServer({ data });
  const browser = new Browser(server);
  await browser.add('start x');
  const twin = new Browser(second);
  twin.takeId(second, browser.browserId ?? '');
  const adding = [browser, twin].flatMap((each, which) =>
    Array.from({ length: 15 }, (_, index) => each.ask('/api/mcsdc/@test', { items: `k${which}x${index} v` })),
  );
  const statuses = (await Promise.all(adding)).map(({ status }) => status);
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal((await browser.look()).session.length, 31);
});

test('a session that was ended in one process is over in the other', async () => {
  await using second = await startServer({ data });
  const browser = new Browser(server);
  await browser.add('a b');
  const twin = new Browser(second);
  twin.takeId(second, browser.browserId ?? '');
  assert.deepEqual(itemsOf(await twin.look()), ['a=b']);
  await browser.own('invalidate');
  assert.deepEqual(itemsOf(await twin.look()), []);
});

test('a killed memcached is 503 with Retry-After, within the deadline, and never an empty session', async () => {
  const browser = new Browser(server);
  await browser.add('a b');
  const { port } = memcached;
  await memcached.kill();
  await assert.rejects(memcached.ask('version'), { code: 'ECONNREFUSED' });
  for (let round = 0; round < 10; round += 1) {
    const started = performance.now();
    const answer = await browser.ask('/api/mcsdc/@test', round % 2 === 0 ? undefined : { items: 'c d' });
    const took = performance.now() - started;
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    assert.equal(answer.headers['set-cookie'], undefined);
    const { detail } = answer.json<ProblemMessage>();
    assert.match(detail, /^Can't reach memcache server! 127\.0\.0\.1:\d+ refused the connection/);
    assert.ok(took < DEADLINE_MS + SLACK_MS, `${took.toFixed(0)} ms`);
  }
  const newcomer = await new Browser(server).ask('/api/mcsdc/@test', { items: 'c d' });
  assert.equal(newcomer.status, 503);
  assert.equal(newcomer.headers['set-cookie'], undefined);
  memcached = await startMemcached({ port });
});

test('a frozen memcached is 503 within the deadline, and the session is whole when it wakes', async () => {
  const browser = new Browser(server);
  await retried(() => browser.ask('/api/mcsdc/@test', { items: 'a b' }));
  await memcached.stop();
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    const { status } = await browser.ask('/api/mcsdc/@test');
    const took = performance.now() - started;
    assert.equal(status, 503);
    // A new connection is given as long as an operation, once more.
    assert.ok(took < 2 * DEADLINE_MS + SLACK_MS, `${took.toFixed(0)} ms`);
  }
  memcached.resume();
  await retried(() => browser.ask('/api/mcsdc/@test'));
  assert.deepEqual(itemsOf(await browser.look()), ['a=b']);
});

test('what needs no session goes on while memcached is down, signing in included', async () => {
  const { port } = memcached;
  await memcached.kill();
  const visitor = clientOf(server, { origin: server.url });
  for (let round = 0; round < 20; round += 1) {
    const started = performance.now();
    assert.equal((await visitor('/')).status, 200);
    const took = performance.now() - started;
    assert.ok(took < SLACK_MS, `${took.toFixed(0)} ms`);
  }
  const signedIn = await visitor('/api/@login', { body: { name: 'admin', password: 'correct horse battery' } });
  assert.equal(signedIn.status, 200);
  const manager = managerOf(server);
  const proxy = (await manager('/api/mcproxy')).json<ObjectMessage>();
  assert.equal(proxy.warnings[0]?.severity, 'danger');
  const { servers } = (await manager('/api/mcproxy/@servers')).json<{ servers: { up: boolean; error: string }[] }>();
  assert.equal(servers[0]?.up, false);
  assert.match(servers[0]?.error ?? '', /refused/);
  memcached = await startMemcached({ port });
});

test('after memcached came back sessions work, and what was lost with it begins anew', async () => {
  const browser = new Browser(server);
  const answer = await retried(() => browser.ask('/api/mcsdc/@test', { items: 'a b' }));
  assert.equal(answer.json()['line'], 'Before: 0;  after: 1; # items: 1');
});

test('sessions of the temporary folder are this process’s alone', async () => {
  await using second = await startServer({ data });
  const browser = new Browser(server);
  await browser.add('here only', '/temp_folder/session_data');
  browser.moveTo(second);
  assert.deepEqual(itemsOf(await browser.look('/temp_folder/session_data')), []);
});

test('a change of the timeout applies at the next access, and 0 means never', async () => {
  const manager = managerOf(server);
  const properties = { timeout_minutes: 0, resolution_seconds: 1, max_lifetime_minutes: 0 };
  await manager('/api/mcsdc', { method: 'PATCH', body: { properties } });
  const browser = new Browser(server);
  assert.equal((await browser.add('for ever')).about?.expires, null, '0 means never');
  await manager('/api/mcsdc', { method: 'PATCH', body: { properties: { timeout_minutes: 20 } } });
  const { about } = await browser.look();
  const left = Date.parse(about?.expires ?? '') - Date.now();
  assert.ok(left > 19 * 60_000 && left <= 20 * 60_000 + 2_000, about?.expires ?? 'never');
});

/** Asks again for as long as the answer is that memcached cannot be reached. */
async function retried(ask: () => ReturnType<Browser['ask']>): ReturnType<Browser['ask']> {
  const deadline = performance.now() + SLACK_MS;
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503 || performance.now() > deadline) return answer;
  }
}
