import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { TwoWritersMessage } from '../../../schema/endpoints/two-writers.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { startServer } from '../../support/server.ts';
import { Browser, itemsOf, setUpSessions } from '../site.ts';

const servers = await MemcachedCluster.start(2);
const server = await startServer();
after(async () => {
  await server[Symbol.asyncDispose]();
  await servers[Symbol.asyncDispose]();
});
await setUpSessions(server, servers.addresses, { timeout_ms: 2_000, replicas: 2 });

async function run(browser: Browser, container = '/mcsdc'): Promise<TwoWritersMessage> {
  const answer = await browser.ask(`/api${container}/@two-writers`, {});
  assert.equal(answer.status, 200, answer.text);
  return answer.json<TwoWritersMessage>();
}

test('two writers at once change one’s own session, both survive, and one’s items are as before', async () => {
  const browser = new Browser(server);
  await browser.add('mine 1');
  const { state, text, survived, retries } = await run(browser);
  assert.deepEqual({ state, text, survived, retries }, KEPT);
  assert.deepEqual(itemsOf(await browser.look()), ['mine=1']);
});

test('who has no session has none afterwards, and is told that one was begun for it', async () => {
  const browser = new Browser(server);
  const { text, survived } = await run(browser);
  assert.equal(survived, 2);
  assert.equal(text, 'Both changes were kept. You have no session here, so one was begun for this, and ended again.');
  assert.equal(browser.browserId, undefined, 'no cookie is set');
  assert.equal((await browser.look()).about, null);
});

test('in two processes at once all of them survive', async () => {
  await using second = await startServer({ data: server.data });
  const browser = new Browser(server);
  await browser.add('mine 1');
  const other = new Browser(second);
  other.takeId(server, browser.browserId!);
  for (let round = 0; round < 5; round += 1) {
    const came = await Promise.all([run(browser), run(other), run(browser), run(other)]);
    for (const { survived, retries, text } of came) {
      assert.equal(survived, 2, text);
      assert.ok(retries! >= 1, `${retries}`);
    }
  }
  assert.deepEqual(itemsOf(await other.look()), ['mine=1']);
});

test('while no server answers, it says so as the round-trip check does', async () => {
  const browser = new Browser(server);
  await browser.add('mine 1');
  await servers.killAll();
  const { state, text, survived, retries } = await run(browser);
  assert.deepEqual({ state, survived, retries }, { state: 'down', survived: null, retries: null });
  assert.match(text, /^Can't reach memcache server! 127\.0\.0\.1:\d+ refused the connection/);
});

const KEPT = { state: 'ok', text: 'Both changes were kept.', survived: 2, retries: 1 };
