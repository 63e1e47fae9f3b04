import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChaosProxy } from '../../../e2e/support/network/chaos-proxy.ts';
import { startMemcached, type Memcached } from '../../../e2e/support/memcached/memcached.ts';
import { parseServers } from '../server/addresses.ts';
import type { Cluster } from './cluster.ts';
import { countUp, newKey, textOf, versioned, waitUntil } from '../contract.ts';
import { ServerUnreachable } from '../errors.ts';
import { clusterOf, several } from '../testing.ts';

const COUNT = 300;

/** Reads each key and writes what is one higher, by compare-and-set. */
async function countAllUp(store: Cluster, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => countUp(store, key)));
}

async function begin(store: Cluster, count = COUNT): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, newKey);
  await Promise.all(keys.map((key) => store.add(key, versioned('0'), 600)));
  return keys;
}

/** How many keys read as expected. */
async function countOf(store: Cluster, keys: readonly string[], expected: string): Promise<number> {
  const items = await Promise.all(keys.map((key) => store.get(key)));
  return items.filter((item) => textOf(item) === expected).length;
}

async function isOut(store: Cluster, server: Memcached): Promise<boolean> {
  const status = (await store.servers()).find(({ address }) => address === server.address);
  return status?.up === false;
}

async function isIn(store: Cluster, server: Memcached): Promise<boolean> {
  return !(await isOut(store, server));
}

test('each value is on exactly as many servers as asked for, and placesOf names them', async () => {
  await using servers = await several(3);
  const store = clusterOf(servers.all, { replicas: 2 });
  const keys = await begin(store);
  const held = await Promise.all(servers.all.map((server) => server.keys()));
  for (const key of keys) {
    const holders = servers.all.filter((_, index) => held[index]?.includes(key)).map((server) => server.address);
    assert.deepEqual(holders.toSorted(), store.placesOf(key).toSorted());
  }
  await store.close();
});

test('three copies on two servers are two', async () => {
  await using servers = await several(2);
  const store = clusterOf(servers.all, { replicas: 3 });
  const [key] = await begin(store, 1);
  assert.equal(store.placesOf(key as string).length, 2);
  await servers.all[0]?.kill();
  assert.equal(await store.get(newKey()), undefined);
  assert.equal(textOf(await store.get(key as string)), '0');
  await store.close();
});

test('one of three servers is killed under 32 writers: nothing fails, nothing is lost, nothing is stale', async () => {
  await using servers = await several(3);
  const store = clusterOf(servers.all, { replicas: 2 });
  const keys = await writeThrough(store, () => servers.all[0]!.kill());
  assert.ok(await isOut(store, servers.all[0] as Memcached), 'the fault happened');
  assert.equal(await countOf(store, keys, '20'), keys.length);
  await store.close();
});

test('one of three servers is frozen under 32 writers; it wakes with old data, and the other copy dies: all fresh', async () => {
  await using servers = await several(3);
  const [frozen, ...others] = servers.all as [Memcached, Memcached, Memcached];
  const store = clusterOf(servers.all, { replicas: 2 });
  const keys = await writeThrough(store, () => frozen.stop());
  assert.ok(await isOut(store, frozen), 'the fault happened');
  await countAllUp(store, keys);
  frozen.resume();
  await waitUntil(() => isIn(store, frozen));
  assert.equal(await countOf(store, keys, '21'), keys.length, 'fresh after it woke');
  await others[0].kill();
  assert.equal(await countOf(store, keys, '21'), keys.length, 'fresh after another died');
  await store.close();
});

test('two servers die one after the other, every value read once between: none is lost', async () => {
  await using servers = await several(3);
  const store = clusterOf(servers.all, { replicas: 2 });
  const keys = await begin(store);
  await servers.all[0]?.kill();
  assert.equal(await countOf(store, keys, '0'), keys.length);
  await servers.all[1]?.kill();
  assert.equal(await countOf(store, keys, '0'), keys.length);
  await store.close();
});

test('what a server missed while it was frozen is refused, not read as it was, while the other one is frozen', async () => {
  await using servers = await several(2);
  const [first, second] = servers.all as [Memcached, Memcached];
  const [store, other] = [0, 1].map(() => clusterOf(servers.all, { replicas: 2 })) as [Cluster, Cluster];
  const keys = await begin(store);
  assert.equal(await countOf(other, keys, '0'), keys.length);
  await first.stop();
  // What it is sent before it is known to be frozen it may store when it wakes.
  assert.equal(await countOf(store, keys, '0'), keys.length);
  assert.ok(await isOut(store, first), 'the fault happened');
  await countAllUp(store, keys);
  first.resume();
  await waitUntil(() => isIn(store, first));
  await second.stop();
  for (const each of [store, other]) {
    const read = (key: string) => each.get(key).then(textOf, () => 'refused');
    const found = new Set(await Promise.all(keys.map(read)));
    assert.ok(found.has('refused'), 'no value was in danger');
    assert.ok(!found.has('0'));
  }
  second.resume();
  await waitUntil(() => isIn(store, second));
  assert.equal(await countOf(store, keys, '1'), keys.length);
  await second.kill();
  assert.equal(await countOf(store, keys, '1'), keys.length, 'brought up to date by reading');
  await Promise.all([store.close(), other.close()]);
});

test('with every server out of reach operations fail and name the servers, and succeed again when these are back', async () => {
  await using servers = await several(2);
  const store = clusterOf(servers.all, { replicas: 2 });
  const [key] = await begin(store, 1);
  await Promise.all(servers.all.map((server) => server.kill()));
  for (let round = 0; round < 3; round++) {
    await assert.rejects(store.get(key as string), (error) => {
      assert.ok(error instanceof ServerUnreachable);
      for (const server of servers.all) assert.ok(error.message.includes(server.address));
      return true;
    });
  }
  await using _first = await startMemcached({ port: (servers.all[0] as Memcached).port });
  await using _second = await startMemcached({ port: (servers.all[1] as Memcached).port });
  await waitUntil(() =>
    store.add(newKey(), versioned('x'), 60).then(
      (outcome) => outcome === 'stored',
      () => false,
    ),
  );
  await store.close();
});

test('a miss is a miss while one of two servers is down, and is none once the other was restarted empty', async () => {
  await using servers = await several(2);
  const [first, second] = servers.all as [Memcached, Memcached];
  const store = clusterOf(servers.all, { replicas: 2, longestTtlS: 3_600 });
  const key = (await begin(store, 1))[0] as string;
  await first.kill();
  assert.equal(textOf(await store.get(key)), '0', 'the other copy');
  await second.kill();
  await using _empty = await startMemcached({ port: first.port });
  await waitUntil(async () => (await store.servers())[0]?.up === true);
  await assert.rejects(store.get(key), ServerUnreachable);
  await store.close();
});

test('with no fault in memory, a new key is simply missing while one of two servers is down', async () => {
  await using servers = await several(2);
  let now = Date.now();
  const store = clusterOf(servers.all, { replicas: 2, longestTtlS: 60, clock: () => now });
  await begin(store, 1);
  now += 3_600_000;
  await servers.all[0]?.kill();
  const key = newKey();
  assert.equal(await store.get(key), undefined);
  assert.equal(await store.add(key, versioned('x'), 60), 'stored');
  assert.equal(textOf(await store.get(key)), 'x');
  await store.close();
});

test('50 increments at once, 12 rounds, with a server frozen and woken on the way: all are counted', async () => {
  await using servers = await several(3);
  const store = clusterOf(servers.all, { replicas: 2 });
  const key = (await begin(store, 1))[0] as string;
  const place = servers.all.find((server) => server.address === store.placesOf(key)[0]) as Memcached;
  for (let round = 1; round <= 12; round++) {
    if (round === 4) await place.stop();
    if (round === 8) place.resume();
    await Promise.all(Array.from({ length: 50 }, () => countUp(store, key)));
    assert.equal(textOf(await store.get(key)), String(round * 50));
  }
  await store.close();
});

test('two writers who share one server never both win, though one of them cannot reach the first place', async () => {
  await using servers = await several(2);
  const key = newKey();
  const whole = clusterOf(servers.all, { replicas: 2 });
  const firstPlace = servers.all.find((server) => server.address === whole.placesOf(key)[0]) as Memcached;
  await using proxy = await startChaosProxy(firstPlace.port);
  await whole.add(key, versioned('0'), 60);
  const half = clusterOf(
    servers.all.map((server) => (server === firstPlace ? proxy : server)),
    { replicas: 2 },
  );
  proxy.onRequest = () => 'rst';
  for (let round = 0; round < 20; round++) {
    const [a, b] = await Promise.all([whole.get(key), half.get(key)]);
    assert.ok(a && b);
    const outcomes = await Promise.all([
      whole.set(key, versioned(`whole ${round}`, a.value), 60, a.cas),
      half.set(key, versioned(`half ${round}`, b.value), 60, b.cas),
    ]);
    assert.ok(outcomes.filter((outcome) => outcome === 'stored').length <= 1, outcomes.join());
    const winner = ['whole', 'half'][outcomes.indexOf('stored')];
    if (winner !== undefined) assert.equal(textOf(await whole.get(key)), `${winner} ${round}`);
  }
  await Promise.all([whole.close(), half.close()]);
});

test('from three servers to four and back, under load, nothing is lost; one copy or two', async () => {
  await using servers = await several(4);
  const three = servers.all.slice(0, 3);
  for (const replicas of [1, 2]) {
    const before = clusterOf(three, { replicas, prefix: `${replicas}:` });
    const keys = await begin(before);
    const grown = clusterOf(servers.all, { replicas, prefix: `${replicas}:`, changedAt: Date.now() });
    await countAllUp(grown, keys);
    assert.equal(await countOf(grown, keys, '1'), keys.length);
    const removedAt = Date.now();
    const former = parseServers([servers.all[3]?.address ?? '']).addresses.map((address) => ({ address, removedAt }));
    const shrunk = clusterOf(three, { replicas, prefix: `${replicas}:`, changedAt: removedAt, former });
    await countAllUp(shrunk, keys);
    assert.equal(await countOf(shrunk, keys, '2'), keys.length);
    await Promise.all([before.close(), grown.close(), shrunk.close()]);
  }
});

test('what a server holds where it was before is found while another one is silent, taken out or not', async () => {
  await using servers = await several(3);
  const [kept, holding, silent] = servers.all as [Memcached, Memcached, Memcached];
  const removedAt = Date.now();
  const former = parseServers([holding.address, silent.address]).addresses.map((address) => ({ address, removedAt }));
  const options = { changedAt: removedAt };
  const [shrunk, grown] = [
    clusterOf([kept], { ...options, prefix: 's:', former }),
    clusterOf(servers.all, { ...options, prefix: 'g:' }),
  ];
  const before = [clusterOf(servers.all, { prefix: 's:' }), clusterOf([holding, silent], { prefix: 'g:' })];
  const begun = await Promise.all(before.map((store) => begin(store, 60)));
  const keys = begun.map((all, which) => Map.groupBy(all, (key) => before[which]!.placesOf(key)[0]));
  await silent.stop();
  for (const [which, store] of [shrunk, grown].entries()) {
    const found = keys[which]!.get(holding.address) ?? [];
    assert.ok(found.length > 0);
    const items = await Promise.all(
      found.filter((key) => store.placesOf(key)[0] !== silent.address).map((key) => store.get(key)),
    );
    assert.ok(items.every((item) => textOf(item) === '0'));
    await assert.rejects(store.get(keys[which]!.get(silent.address)![0]!), ServerUnreachable);
  }
  await Promise.all([...before, shrunk, grown].map((store) => store.close()));
});

test('what lives for days is found where it was before the servers were changed, days later', async () => {
  await using servers = await several(3);
  const [two, lifetimeS] = [servers.all.slice(0, 2), 3 * 86_400];
  let now = Date.now();
  const before = clusterOf(two, { prefix: 'x:' });
  const options = { prefix: 'x:', changedAt: now, clock: () => now };
  const [told, learning] = [{ ...options, longestTtlS: lifetimeS }, options].map((each) =>
    clusterOf(servers.all, each),
  );
  const keys = Array.from({ length: 40 }, newKey);
  await Promise.all(keys.map((key) => before.add(key, versioned('0'), lifetimeS)));
  await learning!.add(newKey(), versioned('0'), lifetimeS);
  now += 2 * 86_400_000;
  assert.equal(await countOf(told!, keys.slice(0, 20), '0'), 20);
  assert.equal(await countOf(learning!, keys.slice(20), '0'), 20);
  await Promise.all([before, told!, learning!].map((store) => store.close()));
});

test('a copy that was made again ends when the first one would have', async () => {
  await using servers = await several(2);
  const store = clusterOf(servers.all, { replicas: 2 });
  const key = newKey();
  await store.add(key, versioned('x'), 2);
  const second = servers.all.find((server) => server.address === store.placesOf(key)[1]) as Memcached;
  await second.ask(`delete ${key}`);
  assert.equal(textOf(await store.get(key)), 'x');
  assert.deepEqual(await second.keys(), [key], 'the copy was made again');
  await waitUntil(async () => (await store.get(key)) === undefined);
  await store.close();
});

/** 32 writers count each of their keys to 20; in the middle something happens. */
async function writeThrough(store: Cluster, happen: () => Promise<void>): Promise<readonly string[]> {
  const keys = await begin(store, 64);
  let happened: Promise<void> | undefined;
  const writeBoth = async (writer: number): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) {
      if (writer === 0 && turn === 10) happened = happen();
      for (const key of keys.slice(writer * 2, writer * 2 + 2)) await countUp(store, key);
    }
  };
  await Promise.all(Array.from({ length: 32 }, (_, writer) => writeBoth(writer)));
  await happened;
  return keys;
}
