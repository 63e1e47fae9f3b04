import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../e2e/support/memcached/memcached.ts';
import { clusterOf } from '../memcache/testing.ts';
import type { SessionCounts } from './counts.ts';
import { SessionWorld } from './testing.ts';

/** What of a container's counts is not zero. */
function counted(counts: SessionCounts): Partial<SessionCounts> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

test('a session that begins, is read, changed, touched and ended is counted once for each', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request(() => undefined);
  assert.deepEqual(counted(world.container.counts), {}, 'a request that keeps nothing');
  await browser.request((session) => session.set('n', 1));
  assert.deepEqual(counted(world.container.counts), { writes: 1, begun: 1 });
  await browser.request((session) => session.get('n'));
  await browser.request((session) => session.set('n', 2));
  assert.deepEqual(counted(world.container.counts), { writes: 2, begun: 1, reads: 2 });
  world.now += world.settings.resolutionSeconds * 1_000;
  await browser.request((session) => session.get('n'));
  await browser.request((session) => session.invalidate());
  assert.deepEqual(counted(world.container.counts), { writes: 2, begun: 1, reads: 4, touches: 1, ended: 1 });
});

test('a session that is ended by its key is counted, one that was ended before is not', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const key = world.container.keyOf(browser.browserId!);
  await world.container.endKey(key);
  await world.container.endKey(key);
  assert.equal(world.container.counts.ended, 1);
});

test('changes of different keys are merged; of one key they run the later request again', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('a', 1).set('b', 1));
  const disturb = browser.transaction();
  (await disturb.open(world.container)).set('a', 2);
  await browser.request(async (session) => {
    session.set('b', 2);
    await disturb.commit();
  });
  assert.deepEqual(counted(world.container.counts), { writes: 3, begun: 1, reads: 2, merged: 1 });

  const again = browser.transaction();
  (await again.open(world.container)).set('b', 3);
  await browser.request(async (session) => {
    session.set('b', Number(session.get('b')) + 1);
    await again.commit();
  });
  const { sameKeyRerun, reruns, merged, writes } = world.container.counts;
  assert.deepEqual({ sameKeyRerun, reruns, merged, writes }, { sameKeyRerun: 1, reruns: 1, merged: 1, writes: 5 });
});

test('where a request cannot be run again, a conflict of one key is counted by the rule that settled it', async () => {
  for (const [onConflict, expected] of [
    ['newest', { merged: 1, sameKeyNewest: 1 }],
    ['fail', { sameKeyFailed: 1 }],
  ] as const) {
    const world = new SessionWorld();
    world.settings = { ...world.settings, onConflict };
    const { container } = world;
    const browserId = world.browserIds.mint();
    await container.save(container.begin(browserId).set('n', 0));
    const [first, second] = [await container.load(browserId), await container.load(browserId)];
    await container.save(first!.set('n', 1));
    await container.save(second!.set('n', 2)).catch(() => undefined);
    const { merged, sameKeyNewest, sameKeyFailed, sameKeyRerun } = container.counts;
    const all = { merged, sameKeyNewest, sameKeyFailed, sameKeyRerun };
    assert.deepEqual(all, { merged: 0, sameKeyNewest: 0, sameKeyFailed: 0, sameKeyRerun: 0, ...expected });
  }
});

test('what is too large is refused, and a store out of reach is an error', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await assert.rejects(browser.request((session) => session.set('n', 'x'.repeat(300_000))));
  assert.deepEqual(counted(world.container.counts), { refused: 1 });

  const { container, browserIds } = new SessionWorld(clusterOf([{ address: `127.0.0.1:${await freePort()}` }]));
  await assert.rejects(container.load(browserIds.mint()));
  assert.deepEqual(counted(container.counts), { reads: 1, errors: 1 });
});
