import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { startChaosProxy, type Fate } from '../../../e2e/support/network/chaos-proxy.ts';
import { freePort, startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { newKey, textOf, versioned, waitUntil } from '../contract.ts';
import { ServerUnreachable } from '../errors.ts';
import { clusterOf, failure } from '../testing.ts';

const TIMEOUT_MS = 500;
/** What the busiest machine adds to a deadline at the most. Without a deadline there would be no answer at all. */
const SLACK_MS = 20_000;

test('with a frozen server and steady traffic every operation fails by its own deadline, then at once', async () => {
  await using server = await startMemcached();
  const store = clusterOf([server], { timeoutMs: TIMEOUT_MS });
  await store.set('k', versioned('x'), 60);
  await server.stop();
  const times: number[] = [];
  const end = performance.now() + 3 * TIMEOUT_MS;
  const pending: Promise<unknown>[] = [];
  while (performance.now() < end) {
    pending.push(failure(store.get('k')).then(({ ms }) => times.push(ms)));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(pending);
  assert.ok(Math.max(...times) < TIMEOUT_MS + SLACK_MS, `longest ${Math.max(...times)} ms`);
  const late = times.slice(times.length / 2).sort((a, b) => a - b);
  assert.ok((late[Math.floor(late.length / 2)] ?? 0) < TIMEOUT_MS / 2, 'while it is down, operations fail at once');
  server.resume();
  await waitUntil(async () => textOf(await store.get('k').catch(() => undefined)) === 'x');
  await store.close();
});

test('a refused connection says what refused, with Retry-After', async () => {
  const port = await freePort();
  const store = clusterOf([{ address: `localhost:${port}` }]);
  const { error } = await failure(store.get('k'));
  assert.ok(error instanceof ServerUnreachable);
  assert.equal(error.message, `Can't reach memcache server! localhost:${port} refused the connection.`);
  assert.equal(error.status, 503);
  assert.equal(error.retryAfterS, 1);
  await store.close();
});

test('a server that was killed and started again is in use again, empty', async () => {
  await using first = await startMemcached();
  const store = clusterOf([first]);
  await store.set('k', versioned('x'), 60);
  await first.kill();
  for (let round = 0; round < 100; round++) {
    assert.ok((await failure(store.get('k'))).error instanceof ServerUnreachable);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await using second = await startMemcached({ port: first.port });
  await waitUntil(() =>
    store.get('k').then(
      () => true,
      () => false,
    ),
  );
  assert.deepEqual(await second.keys(), []);
  await store.close();
});

test('a proof of reading from before a restart stores nothing afterwards, though the numbers are the same', async () => {
  await using first = await startMemcached();
  const store = clusterOf([first]);
  await store.set('k', versioned('old'), 60);
  const old = await store.get('k');
  await first.kill();
  await using _second = await startMemcached({ port: first.port });
  await waitUntil(async () => (await store.set('k', versioned('new'), 60).catch(() => undefined)) === 'stored');
  assert.equal(await store.set('k', versioned('lost', old?.value), 60, old?.cas), 'exists');
  assert.equal(textOf(await store.get('k')), 'new');
  await store.close();
});

test('while a server is down one connection at a time is tried, further and further apart', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  proxy.onAnswer = () => 'fin';
  const store = clusterOf([proxy]);
  const began = performance.now();
  while (proxy.connections < 24 && performance.now() < began + SLACK_MS) {
    await Promise.all(Array.from({ length: 20 }, () => failure(store.get('k'))));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const seconds = (performance.now() - began) / 1_000;
  assert.ok(proxy.connections >= 24, `${proxy.connections} connections in ${seconds} s`);
  // Ten that break do not make a server one that is down. After them the pauses add up to 0.6 s at the least.
  assert.ok(seconds > 0.5, `${proxy.connections} connections in ${seconds} s`);
  await store.close();
});

test('a server that is down is looked for although the next request is long in coming', async () => {
  const port = await freePort();
  const store = clusterOf([{ address: `127.0.0.1:${port}` }]);
  for (let request = 0; request < 2; request++) await failure(store.get('k'));
  let connections = 0;
  const listener = createServer(() => connections++).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  await waitUntil(() => connections >= 1);
  await store.close();
  listener.close();
});

test('2,000 operations through a network that breaks half of them settle in time, with no torn value', async (context) => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy], { timeoutMs: TIMEOUT_MS });
  const keys = Array.from({ length: 40 }, newKey);
  await Promise.all(keys.map((key) => store.set(key, versioned(key), 60)));
  proxy.onAnswer = chaos;
  let [succeeded, longest] = [0, 0];
  const work = async (index: number): Promise<void> => {
    for (let turn = 0; turn < 100; turn++) {
      const key = keys[(index + turn) % keys.length] as string;
      const begun = performance.now();
      const isDone = await (turn % 4 ? readWhole(store, key) : writeWhole(store, key));
      if (isDone) succeeded++;
      longest = Math.max(longest, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, index) => work(index)));
  assert.ok(longest < TIMEOUT_MS + SLACK_MS, `longest ${longest} ms`);
  context.diagnostic(`${succeeded} succeeded over ${proxy.connections} connections, longest ${longest.toFixed()} ms`);
  assert.ok(proxy.connections > 10, 'connections were broken');
  assert.ok(succeeded > 1_000);
  await store.close();
});

function chaos(): Fate {
  const die = Math.random();
  if (die < 0.1) return 'fin';
  if (die < 0.2) return 'rst';
  if (die < 0.3) return { cutAfter: Math.floor(Math.random() * 60) };
  if (die < 0.4) return 'drip';
  return die < 0.5 ? { delayMs: Math.random() * 50 } : 'pass';
}

async function readWhole(store: Cluster, key: string): Promise<boolean> {
  const item = await store.get(key).catch(onlyUnreachable);
  if (item !== undefined) assert.equal(textOf(item), key, 'a whole value, and the right one');
  return item !== undefined;
}

async function writeWhole(store: Cluster, key: string): Promise<boolean> {
  return (await store.set(key, versioned(key), 60).catch(onlyUnreachable)) === 'stored';
}

function onlyUnreachable(error: unknown): undefined {
  assert.ok(error instanceof ServerUnreachable);
}
