import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import type { ClusterOptions } from './cluster.ts';
import { newKey, storeContract, textOf, versioned } from '../contract.ts';
import { clusterOf, several } from '../testing.ts';
import { VERSION_BYTES } from '../version.ts';

function contractOn(name: string, count: number, options: Partial<ClusterOptions> = {}): void {
  storeContract(name, async () => {
    const servers = await Promise.all(Array.from({ length: count }, () => startMemcached()));
    const store = clusterOf(servers, { prefix: 'one:', ...options });
    const dispose = async () => {
      await store.close();
      await Promise.all(servers.map((server) => server.kill()));
    };
    return { store, dispose };
  });
}

contractOn('A cluster of one memcached', 1);
contractOn('A cluster of three memcached', 3);
contractOn('A cluster of three memcached with two copies', 3, { replicas: 2 });
contractOn('A cluster of three memcached with three copies', 3, { replicas: 3 });
contractOn('A cluster whose servers were changed a moment ago', 3, { changedAt: Date.now() });

test('a cluster speaks to a socket path', async () => {
  await using server = await startMemcached({ socketPath: `/tmp/memcached-${process.pid}.sock` });
  const store = clusterOf([server]);
  await store.set('k', versioned('x'), 60);
  assert.equal(textOf(await store.get('k')), 'x');
  await store.close();
});

test('a cluster speaks to IPv6, and to a name with several addresses', async () => {
  await using server = await startMemcached({ args: ['-l', '::1'] });
  for (const address of [`[::1]:${server.port}`, `localhost:${server.port}`]) {
    const store = clusterOf([{ address }]);
    await store.set('k', versioned(address), 60);
    assert.equal(textOf(await store.get('k')), address);
    await store.close();
  }
});

test('keys carry the prefix on the server, and two prefixes never meet', async () => {
  await using server = await startMemcached();
  const [one, two] = [clusterOf([server], { prefix: 'one:' }), clusterOf([server], { prefix: 'two:' })];
  await one.set('k', versioned('mine'), 60);
  assert.equal(await two.get('k'), undefined);
  assert.deepEqual(await server.keys(), ['one:k']);
  await Promise.all([one.close(), two.close()]);
});

test('the status of each server has its figures, and why another does not answer', async () => {
  await using up = await startMemcached();
  await using down = await startMemcached();
  await down.kill();
  const store = clusterOf([up, down]);
  await store.servers();
  const [first, second] = await store.servers();
  assert.ok(first && second);
  assert.equal(first.up, true);
  assert.match(first.version ?? '', /^1\.6/);
  assert.equal(first.limitBytes, 64 * 1024 * 1024);
  assert.equal(first.clockDifferenceS, 0);
  assert.ok(first.latencyMs !== null && first.latencyMs < 20_000);
  assert.equal(second.up, false);
  assert.equal(second.error, 'refused');
  assert.ok(second.downSince !== null && second.downSince <= Date.now());
  await store.close();
});

test('a value is found on the place that placesOf names', async () => {
  await using servers = await several(3);
  const store = clusterOf(servers.all);
  const key = newKey();
  await store.set(key, versioned('x'), 60);
  for (const server of servers.all) {
    assert.equal((await server.keys()).includes(key), store.placesOf(key)[0] === server.address);
  }
  await store.close();
});

test('each server is asked for a key over a connection of its own: who has it, and for how long', async () => {
  await using servers = await several(3);
  const [up, empty, down] = servers.all;
  const store = clusterOf([up!], { prefix: 'p:' });
  await store.set('k', versioned('a\r\nb'), 60);
  await store.set('ever', versioned('x'), 60);
  await up!.ask('mg p:ever T0');
  await down!.kill();
  const all = clusterOf(servers.all, { prefix: 'p:' });
  const [first, second, third] = await all.copiesOf('k');
  assert.deepEqual(first?.value?.subarray(VERSION_BYTES), Buffer.from('a\r\nb'));
  assert.ok(Math.abs((first.ttlS ?? 0) - 60) <= 2);
  assert.deepEqual(second, { address: empty!.address });
  assert.deepEqual([third?.address, third?.unreachable?.reason.short], [down!.address, 'refused']);
  assert.equal((await all.copiesOf('ever'))[0]?.ttlS, null);
  await Promise.all([store.close(), all.close()]);
});
