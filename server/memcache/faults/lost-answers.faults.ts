import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChaosProxy } from '../../../e2e/support/network/chaos-proxy.ts';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { newKey, textOf, versioned, waitUntil } from '../contract.ts';
import { Timeout, ServerUnreachable } from '../errors.ts';
import { clusterOf, failure } from '../testing.ts';

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
