import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../e2e/support/figures.ts';
import { MemcachedCluster } from '../../e2e/support/memcached/memcached-cluster.ts';
import { clusterOf } from '../memcache/testing.ts';
import { KnownSessions } from './record/known-sessions.ts';
import type { Header } from './record/record-format.ts';
import { OF_NOBODY } from './record/records.ts';
import { SessionWorld, type Browser } from './testing.ts';

/** Browsers that have a session each. */
async function browsersIn(world: SessionWorld, count: number): Promise<readonly Browser[]> {
  const browsers = Array.from({ length: count }, () => world.browser());
  await Promise.all(browsers.map((browser) => browser.request((session) => session.set('n', 1))));
  return browsers;
}

async function untilLost(world: SessionWorld, count: number): Promise<void> {
  await until(`${count} are lost`, async () => world.container.watchLosses().lost >= count);
}

/** Takes a session out of the store, as a server does that forgets it. */
async function drop(world: SessionWorld, browser: Browser): Promise<void> {
  await world.store.delete(world.container.keyOf(browser.browserId!));
}

test('a session that is found nowhere is lost once, for as long as it could have lived', async () => {
  const world = new SessionWorld();
  const [gone, ...others] = await browsersIn(world, 3);
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 3 });
  await drop(world, gone!);
  for (const browser of [gone!, ...others, gone!]) await browser.request((session) => session.get('n'));
  assert.deepEqual(world.container.watchLosses(), { lost: 1, known: 3 });
  assert.equal(world.container.counts.lost, 1);
  await gone!.request((session) => session.set('n', 2));
  assert.deepEqual(world.container.watchLosses(), { lost: 1, known: 4 }, 'another one in its place');
  world.now += world.settings.timeoutMinutes * 60_000 + world.settings.resolutionSeconds * 1_000 + 1;
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 0 });
  assert.equal(world.container.counts.lost, 1, 'what was counted stays');
});

test('what was lost is no word about the session that began in its place, and is past once all were ended', async () => {
  const world = new SessionWorld();
  const [browser, other] = await browsersIn(world, 2);
  const key = world.container.keyOf(browser!.browserId!);
  for (const each of [browser!, other!]) {
    await drop(world, each);
    await each.request((session) => session.get('n'));
  }
  assert.ok(world.container.wasLost(key));
  await browser!.request((session) => session.set('n', 2));
  assert.equal(world.container.keyOf(browser!.browserId!), key, 'under the same id');
  assert.equal(world.container.wasLost(key), false);
  await browser!.request((session) => session.invalidate());
  assert.equal(world.container.wasLost(key), false, 'that one was ended');
  assert.deepEqual(world.container.watchLosses(), { lost: 2, known: 2 });
  world.generation += 1;
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 0 });
});

test('what was ended is not lost, however it was ended', async () => {
  const endings: Readonly<Record<string, (world: SessionWorld, browser: Browser) => unknown>> = {
    'by a page': (_, browser) => browser.request((session) => session.invalidate()),
    'by its key': (world, browser) => world.container.endKey(world.container.keyOf(browser.browserId!)),
    'in another process': (world, browser) => world.containerOf('7').endKey(world.container.keyOf(browser.browserId!)),
    'with all others': (world) => (world.generation += 1),
    'by its own times': (world) => (world.now += 21 * 60_000),
    'by a new id': (_, browser) => browser.request((session) => session.rotate()),
  };
  for (const [how, end] of Object.entries(endings)) {
    const world = new SessionWorld();
    const [browser] = await browsersIn(world, 1);
    const { cookieHeader } = browser!;
    await end(world, browser!);
    browser!.cookieHeader = cookieHeader;
    await browser!.request((session) => session.get('n'));
    await drop(world, browser!);
    await browser!.request((session) => session.get('n'));
    const expected = how === 'by a new id' ? 1 : 0;
    assert.deepEqual(world.container.watchLosses(), { lost: 0, known: expected }, how);
  }
});

test('what a request wrote and took back is not lost', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  const transaction = browser.transaction();
  (await transaction.open(world.container)).set('n', 1);
  await transaction.commit();
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 1 });
  browser.accept(transaction.setCookies[0]);
  await transaction.undo();
  await browser.request((session) => session.get('n'));
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 0 });
});

test('of very many sessions those are known that were used last', () => {
  const known = new KnownSessions();
  const header: Header = { ...OF_NOBODY, created: 0, lastAccess: 0, written: 0, keptUntil: 0 };
  for (let index = 0; index < 100_000; index += 1) known.see(`key ${index}`, header);
  const keys = known.keysOf(() => true);
  assert.ok(keys.length >= 5_000 && keys.length <= 10_000, `${keys.length}`);
  assert.ok(known.find('key 99999') !== undefined && known.find('key 1') === undefined);
});

test('a server that was restarted has lost what it kept, and the number says exactly how many', async () => {
  await using servers = await MemcachedCluster.start(2);
  const store = clusterOf(servers.all);
  const world = new SessionWorld(store);
  const browsers = await browsersIn(world, 300);
  const keys = browsers.map(({ browserId }) => world.container.keyOf(browserId!));
  const gone = keys.filter((key) => store.placesOf(key)[0] === servers.server(0).address).length;
  assert.ok(gone > 0 && gone < 300);
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 300 });
  await servers.kill(0);
  await servers.bringBack(0);
  await untilLost(world, gone);
  assert.deepEqual(world.container.watchLosses(), { lost: gone, known: 300 });
  assert.equal(world.container.counts.lost, gone);
  await store.close();
});

test('while one server is down, what another has lost is counted', async () => {
  await using servers = await MemcachedCluster.start(2);
  const store = clusterOf(servers.all);
  const world = new SessionWorld(store);
  const browsers = await browsersIn(world, 100);
  const keys = browsers.map(({ browserId }) => world.container.keyOf(browserId!));
  const gone = keys.filter((key) => store.placesOf(key)[0] === servers.server(0).address).length;
  assert.ok(gone > 0 && gone < 100);
  await servers.killAll();
  await until('the store knows of both', async () => (await store.servers()).every(({ up }) => !up));
  await servers.bringBack(0);
  await until('one is back', async () => (await store.servers())[0]!.up);
  await untilLost(world, gone);
  assert.deepEqual(world.container.watchLosses(), { lost: gone, known: 100 });
  await store.close();
});

test('while it is down nothing is called lost, and it is counted once it is back', async () => {
  await using servers = await MemcachedCluster.start(1);
  const store = clusterOf(servers.all);
  const world = new SessionWorld(store);
  const [browser] = await browsersIn(world, 3);
  await servers.kill(0);
  await until('the store knows', async () => store.troubledAt > 0);
  await assert.rejects(browser!.request((session) => session.get('n')));
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 3 });
  await servers.bringBack(0);
  await until('it is back', async () => (await store.servers())[0]!.up);
  await untilLost(world, 3);
  await store.close();
});

test('with two copies the loss of a server loses none, and of both it loses all', async () => {
  await using servers = await MemcachedCluster.start(2);
  const store = clusterOf(servers.all, { replicas: 2 });
  const world = new SessionWorld(store);
  const browsers = await browsersIn(world, 50);
  await servers.kill(0);
  for (const browser of browsers) assert.equal(await browser.request((session) => session.get('n')), 1);
  assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 50 });
  await servers.bringBack(0);
  await until('it is back', async () => (await store.servers()).every(({ up }) => up));
  await until('the look has brought the copies back', async () => {
    assert.deepEqual(world.container.watchLosses(), { lost: 0, known: 50 });
    return (await servers.server(0).keys()).length >= 50;
  });

  await servers.killAll();
  await servers.bringAllBack();
  await until('both are back', async () => (await store.servers()).every(({ up }) => up));
  await untilLost(world, 50);
  assert.deepEqual(world.container.watchLosses(), { lost: 50, known: 50 });
  await store.close();
});
