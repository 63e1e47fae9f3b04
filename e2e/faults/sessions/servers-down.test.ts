import assert from 'node:assert/strict';
import { test } from 'node:test';
import { list, percentile, promised, several, sized, times, until } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { startPulse } from '../../support/pulse.ts';
import { ADMIN_PASSWORD, type TestServer } from '../../support/server.ts';
import { startSite } from '../../support/sessions-site.ts';
import { Visitor } from '../../support/applications/visitor.ts';

const DEADLINE_MS = 250;
const REFUSAL_MS = 300;
const PLAIN_MS = 50;
const WHOLE_AGAIN_MS = 250;
const COUNT = sized(200, 2_000);
const ROUNDS = sized(4, 20);

for (const count of [1, 3]) {
  test(`with ${count} of ${count} memcached servers killed, who needs a session is told so, and nobody else notices`, async (t) => {
    await using cluster = await MemcachedCluster.start(count);
    await using site = await startSite({
      servers: cluster.addresses,
      proxy: { replicas: Math.min(2, count), timeout_ms: sized(2_000, DEADLINE_MS) },
    });
    const visitors = Array.from({ length: 10 }, () => new Visitor(site));
    for (const visitor of visitors) assert.equal((await visitor.visit('/page', 'set n 5')).status, 200);

    await cluster.killAll();
    const slowest = await promised('The slowest refusal', REFUSAL_MS, () => slowestRefusal(site, visitors));
    t.diagnostic(
      `503: ${slowest.length * COUNT} of ${slowest.length * COUNT}, the slowest of each ${COUNT} after ${list(slowest)}; Set-Cookie: 0`,
    );
    const plain = await promised('Pages without a session, p99', PLAIN_MS, () => plainPages(site, visitors));
    t.diagnostic(`pages without a session meanwhile: all answered, p99 ${list(plain)}`);
    await signIn(visitors[0] as Visitor);
  });
}

test('sessions are whole again a quarter of a second after the servers return', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  await using site = await startSite({ servers: cluster.addresses });
  const visitors = Array.from({ length: 8 }, () => new Visitor(site));
  const tookMs: number[] = [];
  const measure = async () => {
    await Promise.all(visitors.map((visitor) => visitor.visit('/page', 'set n 1')));
    await cluster.killAll();
    // The breakers have seen several probes fail by the time the servers return.
    await until('503', async () => (await new Visitor(site).visit('/page', 'set n 1')).status === 503);
    await Promise.all(visitors.map((visitor) => refusedFor(visitor, 600)));
    const stop = startPulse(site);
    await cluster.bringAllBack();
    const began = performance.now();
    for (const visitor of visitors)
      await until('a session', async () => (await visitor.visit('/page', 'set n 1')).status === 200);
    const whole = performance.now() - began;
    const { longestMs } = await stop();
    tookMs.push(whole);
    // Of it, so much the machine may take for any page.
    return whole - longestMs;
  };
  for (let round = 0; round < ROUNDS; round += 1) await promised('Until sessions were whole', WHOLE_AGAIN_MS, measure);
  t.diagnostic(`whole again after the servers answered: ${times(tookMs)} (${tookMs.length} rounds)`);
});

/** Keeps a visitor asking, as visitors do. */
async function refusedFor(visitor: Visitor, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    assert.equal((await visitor.visit('/page', 'get n')).status, 503);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** How long the slowest took of many requests that need a session. */
async function slowestRefusal(site: TestServer, visitors: readonly Visitor[]): Promise<number> {
  const took: number[] = [];
  await several(COUNT, 10, async (index) => {
    const visitor = index % 2 === 0 ? (visitors[index % visitors.length] as Visitor) : new Visitor(site);
    const { status, headers, text, tookMs } = await (index % 3 === 0
      ? visitor.post('/page', 'set n 6')
      : visitor.visit('/page', 'get n', 'set n 6'));
    assert.equal(status, 503, text);
    assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.match(text, /out of reach just now/);
    assert.doesNotMatch(text, /memcache|127\.0\.0\.1/);
    assert.equal(headers['set-cookie'], undefined);
    took.push(tookMs);
  });
  return Math.max(...took);
}

/** The 99th percentile of pages without a session, while others ask for theirs. */
async function plainPages(site: TestServer, visitors: readonly Visitor[]): Promise<number> {
  const stop = startPulse(site);
  await Promise.all(visitors.map((visitor) => refusedFor(visitor, 500)));
  const { times: took, failures } = await stop();
  assert.equal(failures, 0);
  return percentile(took, 0.99);
}

/** Signing in works; the browser loses an id that could not be changed. */
async function signIn(visitor: Visitor): Promise<void> {
  const answer = await visitor.signIn('admin', ADMIN_PASSWORD);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(visitor.browserId, '');
  assert.equal(await visitor.user(), 'admin');
  assert.equal((await visitor.ask('/api/mcproxy')).status, 200);
}
