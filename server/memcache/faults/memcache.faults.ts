import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startChaosProxy, type Fate } from '../../../e2e/support/network/chaos-proxy.ts';
import { freePort, startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { Allowlist } from '../server/allowlist.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { newKey, textOf, versioned, waitUntil } from '../contract.ts';
import { Timeout, ServerUnreachable } from '../errors.ts';
import { clusterOf } from '../testing.ts';

const TIMEOUT_MS = 500;
/** What the busiest machine adds to a deadline at the most. Without a deadline there would be no answer at all. */
const SLACK_MS = 20_000;

test('a server that closes the connection with a request in flight does not leave the request hanging', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy], { timeoutMs: TIMEOUT_MS });
  await store.set('k', versioned('x'), 60);
  proxy.onRequest = () => 'fin';
  const { error, ms } = await failure(store.get('k'));
  assert.ok(error instanceof ServerUnreachable);
  assert.ok(ms < TIMEOUT_MS + SLACK_MS, `${ms} ms`);
  proxy.onRequest = () => 'pass';
  await waitUntil(async () => textOf(await store.get('k').catch(() => undefined)) === 'x');
  await store.close();
});

test('a lost answer to a read is asked for again; nobody notices', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy]);
  await store.set('k', versioned('x'), 60);
  let cuts = 0;
  proxy.onAnswer = () => (cuts++ === 0 ? 'rst' : 'pass');
  assert.equal(textOf(await store.get('k')), 'x');
  assert.equal(proxy.connections, 2);
  await store.close();
});

test('after a lost answer to a write, what is there decides how it ended', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy]);
  const loseOne = () => {
    let cuts = 0;
    proxy.onAnswer = () => (cuts++ === 0 ? 'rst' : 'pass');
  };
  await store.set('k', versioned('one'), 60);
  const item = await store.get('k');
  loseOne();
  assert.equal(await store.set('k', versioned('two', item?.value), 60, item?.cas), 'stored');
  loseOne();
  assert.equal(await store.add('new', versioned('x'), 60), 'stored');
  await store.increment('n', 1, 1, 60);
  loseOne();
  await assert.rejects(store.increment('n', 1, 1, 60), ServerUnreachable);
  assert.equal(await store.increment('n', 1, 1, 60), 3);
  await store.close();
});

test('500 answers cut at every point: each of the next 10 reads is right', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy]);
  const keys = Array.from({ length: 10 }, newKey);
  for (const key of keys) await store.set(key, versioned(key.repeat(15)), 60);
  let right = 0;
  for (let cutAfter = 0; cutAfter < 500; cutAfter++) {
    let cuts = 0;
    proxy.onAnswer = () => (cuts++ === 0 ? { cutAfter } : 'pass');
    const items = await Promise.all(keys.map((key) => store.get(key)));
    right += items.filter((item, index) => textOf(item) === keys[index]?.repeat(15)).length;
    assert.ok(cuts > 1, 'the answer was cut');
  }
  assert.equal(right, 5_000);
  await store.close();
});

test('a late answer on an abandoned connection is never taken for the answer to another question', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy], { timeoutMs: TIMEOUT_MS });
  for (const name of ['alice', 'bob']) await store.set(name, versioned(name), 60);
  proxy.onAnswer = () => ({ delayMs: TIMEOUT_MS + 30 });
  assert.ok((await failure(store.get('alice'))).error instanceof Timeout);
  proxy.onAnswer = () => 'pass';
  let read = 0;
  await waitUntil(async () => {
    const item = await store.get('bob').catch(() => undefined);
    if (item !== undefined) assert.equal(textOf(item), 'bob');
    return item !== undefined && ++read > 10;
  });
  await store.close();
});

test('when an answer is lost on the way, the next one is not taken for it', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy]);
  for (const name of ['alice', 'bob']) await store.set(name, versioned(name), 60);
  let answers = 0;
  proxy.onAnswer = () => (answers++ === 0 ? 'drop' : 'pass');
  const alice = store.get('alice');
  await waitUntil(() => answers === 1);
  assert.equal(textOf(await store.get('bob')), 'bob');
  assert.equal(textOf(await alice), 'alice');
  assert.equal(proxy.connections, 2);
  await store.close();
});

test('one answer that is late fails what is in flight beside it at that moment, however young', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const store = clusterOf([proxy], { timeoutMs: TIMEOUT_MS });
  await store.set('alice', versioned('alice'), 60);
  proxy.onAnswer = () => 'drop';
  const alice = failure(store.get('alice'));
  await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS / 2));
  let bobs: unknown;
  void failure(store.get('bob')).then(({ error }) => (bobs = error));
  assert.ok((await alice).error instanceof Timeout);
  await new Promise(setImmediate);
  assert.ok(bobs instanceof Timeout, 'half of its own time is left');
  await store.close();
});

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

test('a port that does not speak memcached gets 24 bytes and no more', async () => {
  const received: Buffer[] = [];
  const banner = { redis: '-ERR unknown command\r\n', http: 'HTTP/1.1 400 Bad Request\r\n\r\n', silent: '' };
  for (const [name, answer] of Object.entries(banner)) {
    const listener = createServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        received.push(chunk);
        socket.write(answer);
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const store = clusterOf([{ address }], { timeoutMs: TIMEOUT_MS });
    const { error } = await failure(store.set('k', versioned('a secret'), 60));
    assert.ok(error instanceof ServerUnreachable, name);
    assert.ok(!error.message.includes('ERR') && !error.message.includes('HTTP'), 'what it said is not repeated');
    await store.close();
    listener.close();
  }
  assert.deepEqual(
    received.map((chunk) => chunk.length),
    [24, 24, 24],
  );
  assert.ok(received.every((chunk) => chunk[1] === 0x0b));
});

test('an address that is not allowed is never connected to', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  const { allowlist } = Allowlist.parse('10.0.0.0/8');
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:7f00:1]']) {
    const store = clusterOf([{ address: `${host}:${proxy.port}` }], { allowlist });
    const { error } = await failure(store.get('k'));
    assert.match(
      error.message,
      /is not an allowed address; TRELLIS_MEMCACHED_ALLOW of this server or application says/,
    );
    await store.close();
  }
  assert.equal(proxy.connections, 0);
});

test('a name that does not resolve says so', async () => {
  const store = clusterOf([{ address: 'no-such-host.invalid:11211' }], { timeoutMs: 5_000 });
  const { error } = await failure(store.get('k'));
  assert.equal(
    error.message,
    "Can't reach memcache server! no-such-host.invalid:11211 has a name that does not resolve.",
  );
  await store.close();
});

test('a full server that refuses is a refusal, not a lost value', async () => {
  await using server = await startMemcached({ args: ['-M', '-m', '8'] });
  const store = clusterOf([server]);
  let stored = 0;
  const { error } = await failure(
    (async () => {
      for (; stored < 100; stored++) await store.set(`k${stored}`, versioned('x'.repeat(500_000)), 60);
    })(),
  );
  assert.equal(error.message, `The memcached server ${server.address} is full and refuses new values.`);
  for (let index = 0; index < stored; index++) assert.ok(await store.get(`k${index}`));
  await store.close();
});

for (const size of [200, 50_000]) {
  test(`what a full server refuses is counted, of values of ${size} bytes`, async () => {
    await using server = await startMemcached({ args: ['-M', '-m', '8'] });
    const store = clusterOf([server]);
    let refused = 0;
    for (let number = 0; refused < 20; number++) {
      await store.set(`k${number}`, versioned('x'.repeat(size)), 60).catch((error: Error) => {
        assert.match(error.message, /is full and refuses new values/);
        refused += 1;
      });
    }
    const [status] = await store.servers();
    assert.equal(status?.refusals, refused);
    await store.close();
  });
}

test('a value that has no room to grow on a full server stays as it was', async () => {
  await using server = await startMemcached({ args: ['-M', '-m', '8'] });
  const store = clusterOf([server]);
  const small = (number: number) => versioned(`${number}`.padEnd(20_000));
  let stored = 0;
  await failure(
    (async () => {
      for (; stored < 1_000; stored++) await store.set(`k${stored}`, small(stored), 60);
    })(),
  );
  let refused = 0;
  for (let number = 0; number < stored; number++) {
    const cas = (await store.get(`k${number}`))?.cas;
    const grown = await store.set(`k${number}`, versioned('x'.repeat(200_000)), 60, cas).catch((error: Error) => error);
    if (grown === 'stored') continue;
    assert.match(String(grown), /is full and refuses new values/);
    refused += 1;
    const left = await store.get(`k${number}`);
    assert.equal(textOf(left)?.trim(), `${number}`);
  }
  assert.ok(refused > 0);
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

async function failure(promise: Promise<unknown>): Promise<{ error: Error; ms: number }> {
  const begun = performance.now();
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Error);
    return { error, ms: performance.now() - begun };
  }
  return assert.fail('it did not fail');
}
