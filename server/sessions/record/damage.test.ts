import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { harmsTo } from '../../../e2e/support/damage.ts';
import { RawMemcached } from '../../../e2e/support/memcached/raw-memcached.ts';
import { Unavailable } from '../../base/errors.ts';
import { KeyRing } from '../../base/key-ring.ts';
import { RequestStore } from '../../caching/request-store.ts';
import { TypedStore } from '../../caching/typed-store.ts';
import type { Cluster } from '../../memcache/cluster/cluster.ts';
import { clusterOf, several } from '../../memcache/testing.ts';
import { SealedElsewhere } from '../../memcache/envelope.ts';
import { idIn } from './record.ts';
import { SessionWorld, type Browser } from '../testing.ts';

const servers = await several(3);
const raws = servers.all.map(({ port }) => new RawMemcached(port));
after(async () => {
  for (const raw of raws) raw[Symbol.dispose]();
  await servers[Symbol.asyncDispose]();
});

/** A world on some of the servers, with real time: what lies there has real ends. */
function worldWith(copies: number): { readonly world: SessionWorld; readonly cluster: Cluster } {
  const cluster = clusterOf(servers.all.slice(0, copies), { replicas: copies });
  const world = new SessionWorld(cluster);
  world.now = Date.now();
  world.keyRing.isOurs = (id) => world.keyRing.ids.includes(id);
  return { world, cluster };
}

/** Damages copies of what lies under a key in every way, all but one of them at once, and looks after each. */
async function harm(key: string, copies: number, look: (name: string) => Promise<void>): Promise<number> {
  const good = await raws[0]!.get(key);
  assert.ok(good, key);
  const harms = harmsTo(good);
  for (const [index, { name, item }] of harms.entries()) {
    const whole = index % copies;
    for (let at = 0; at < copies; at += 1) if (at !== whole) await raws[at]!.set(key, item);
    await look(`${name}, all but copy ${whole}`);
    const [first, ...others] = await Promise.all(raws.slice(0, copies).map((raw) => raw.get(key)));
    assert.deepEqual(first!.value, good.value, `${name} is put right`);
    for (const other of others) assert.deepEqual(other, first, `${name} is put right everywhere`);
  }
  return harms.length;
}

for (const copies of [2, 3]) {
  test(`whatever is damaged in all but one of ${copies} copies: no session is lost, and the good one is put back`, async (t) => {
    const { world, cluster } = worldWith(copies);
    const browser = world.browser();
    await browser.request((session) => session.set('n', [1]));
    const read = () => browser.request((session) => session.get('n'));
    const count = await harm(world.container.keyOf(browser.browserId!), copies, async (name) => {
      assert.deepEqual(await read(), [1], name);
    });
    await browser.request((session) => session.set('n', [2]));
    assert.deepEqual(await read(), [2]);
    assert.deepEqual(world.faults, []);
    t.diagnostic(`${count} ways of damage: 0 lost`);
    await cluster.close();
  });
}

test('damage to a copy neither revives what was ended nor breaks the pointer to a new id', async () => {
  const { world, cluster } = worldWith(2);
  const [ended, moved] = [world.browser(), world.browser()];
  for (const browser of [ended, moved]) await browser.request((session) => session.set('n', 1));
  const [endedBefore, movedBefore] = [ended, moved].map((browser) => copyOf(world, browser)) as [Browser, Browser];
  await ended.request((session) => session.invalidate());
  await moved.request((session) => session.rotate());
  for (const [browser, expected] of [
    [endedBefore, undefined],
    [movedBefore, 1],
  ] as const) {
    const key = world.container.keyOf(browser.browserId!);
    await harm(key, 2, async (name) => {
      assert.equal(await copyOf(world, browser).request((session) => session.get('n')), expected, name);
    });
  }
  await cluster.close();
});

test('a list finds a session one copy of which is damaged, and puts it right', async () => {
  const { world, cluster } = worldWith(2);
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const key = world.container.keyOf(browser.browserId!);
  await harm(key, 2, async (name) => assert.ok(await world.container.list.find(idIn(key)), name));
  await cluster.close();
});

test('a write over a damaged copy is stored on every server', async () => {
  const { world, cluster } = worldWith(2);
  const browser = world.browser();
  await browser.request((session) => session.set('n', 0));
  const key = world.container.keyOf(browser.browserId!);
  for (let n = 1; n <= 60; n += 1) {
    const at = n % 2;
    const harmed = await raws[at]!.get(key);
    const harms = harmsTo(harmed!);
    // Between reading and writing, and while nothing is known of the connection.
    await browser.request(async (session) => {
      session.set('n', n);
      await raws[at]!.set(key, harms[(n * 37) % harms.length]!.item);
    });
    assert.equal(await browser.request((session) => session.get('n')), n);
    assert.deepEqual(await raws[0]!.get(key), await raws[1]!.get(key));
  }
  await cluster.close();
});

test('values of products and kept pages survive damage to a copy in the same way, read one by one or together', async () => {
  const cluster = clusterOf(servers.all.slice(0, 2), { replicas: 2 });
  const keyRing = KeyRing.random();
  const values = new TypedStore({ store: cluster, prefix: 'v-t', keyRing, clock: Date.now });
  await values.set('a', { n: [1] }, 600);
  await values.set('b', 'other', 600);
  await harm('v-t:a', 2, async (name) => assert.deepEqual(await values.get('a'), { n: [1] }, name));
  await harm('v-t:a', 2, async (name) => {
    assert.deepEqual([...(await values.getMulti(['a', 'b'])).values()], [{ n: [1] }, 'other'], name);
  });
  const inRequests = async (name: string) => {
    const store = new RequestStore(cluster, () => false);
    const own = new TypedStore({ store, prefix: 'v-t', keyRing, clock: Date.now });
    assert.deepEqual([...(await own.getMulti(['a', 'b'])).values()], [{ n: [1] }, 'other'], name);
  };
  await harm('v-t:a', 2, inRequests);
  await harm('v-t:b', 2, async (name) => assert.ok(await values.touch('b', 600), name));
  await cluster.close();
});

test('a damaged copy does not let an older one pass while the server with the newest is out of reach', async () => {
  await using own = await several(2);
  const cluster = clusterOf(own.all, { replicas: 2 });
  const world = new SessionWorld(cluster);
  world.now = Date.now();
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const key = world.container.keyOf(browser.browserId!);
  using raw = new RawMemcached(own.all[0]!.port);
  const { flags, value } = (await raw.get(key))!;
  await raw.set(key, { flags, value: Buffer.alloc(value.length, 7) });
  await own.all[1]!.stop();
  await assert.rejects(
    browser.request((session) => session.get('n')),
    Unavailable,
  );
  assert.ok(await world.container.endKey(key), 'it can be ended all the same');
  own.all[1]!.resume();
  assert.equal(await world.container.load(browser.browserId!), undefined);
  await cluster.close();
});

test('where no copy is whole, the session counts as ended, and can be ended', async () => {
  const { world, cluster } = worldWith(2);
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const key = world.container.keyOf(browser.browserId!);
  const { flags, value } = (await raws[0]!.get(key))!;
  for (const [index, raw] of raws.slice(0, 2).entries()) {
    const damaged = Buffer.from(value);
    damaged[150 + index]! ^= 1;
    await raw.set(key, { flags, value: damaged });
  }
  assert.equal(await world.container.load(browser.browserId!), undefined);
  assert.equal(world.faults.length, 1);
  const listed = await world.container.list.page({ offset: 0, limit: 9, sort: 'user', order: 'asc', filter: '' });
  assert.deepEqual(listed.firstUnopened.filter(({ id }) => key.endsWith(id)).length, 1);
  assert.ok(await world.container.endKey(key));
  const faults = world.faults.length;
  assert.equal(await world.container.endKey(key), undefined);
  assert.equal(world.faults.length, faults, 'there is a tombstone now');
  await cluster.close();
});

test('a session can be ended whatever was done to the one record of it', async () => {
  const { world, cluster } = worldWith(1);
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const key = world.container.keyOf(browser.browserId!);
  for (const { name, item } of harmsTo((await raws[0]!.get(key))!)) {
    await raws[0]!.set(key, item);
    assert.ok(await world.container.endKey(key), name);
    assert.equal(await world.container.load(browser.browserId!), undefined, name);
  }
  await cluster.close();
});

test('a record sealed with a key that is only elsewhere is refused until a manager ends it; any other key id is damage', async () => {
  const { world, cluster } = worldWith(2);
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const key = world.container.keyOf(browser.browserId!);
  const lacking = KeyRing.random();
  const without = world.containerOf('7', lacking);
  await assert.rejects(without.load(browser.browserId!), SealedElsewhere);
  lacking.isOurs = (id) => world.keyRing.ids.includes(id);
  await assert.rejects(without.load(browser.browserId!), SealedElsewhere);
  assert.ok(await without.endKey(key));
  assert.equal(await world.container.load(browser.browserId!), undefined);
  const other = world.browser();
  await other.request((session) => session.set('n', 1));
  lacking.isOurs = () => false;
  assert.equal(await without.load(other.browserId!), undefined);
  await cluster.close();
});

function copyOf(world: SessionWorld, { cookieHeader }: Browser): Browser {
  return Object.assign(world.browser(), { cookieHeader });
}
