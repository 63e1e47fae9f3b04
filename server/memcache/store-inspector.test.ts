import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startMemcached, type Memcached } from '../../e2e/support/memcached/memcached.ts';
import { RawMemcached } from '../../e2e/support/memcached/raw-memcached.ts';
import { versioned } from './contract.ts';
import { LocalStore } from './local-store.ts';
import { clusterOf, several } from './testing.ts';

/** Puts a value on a server as a program that is not ours would. */
async function put(memcached: Memcached, key: string, value: Buffer, ttlS = 600): Promise<void> {
  using raw = new RawMemcached(memcached.port);
  await raw.set(key, { flags: 5, value }, ttlS);
}

test('every key is listed byte for byte, whoever stored it, and its value is found under it', async () => {
  await using memcached = await startMemcached();
  const store = clusterOf([memcached], { prefix: 'ours:' });
  await store.set('k', versioned('mine'), 60);
  const binary = randomBytes(5_000);
  const name = 'straße/ä%20';
  const utf8 = Buffer.from(name).toString('latin1');
  await put(memcached, 'a/b%3A%', Buffer.from('text\r\nEN\r\n'), 0);
  await put(memcached, name, binary);
  await put(memcached, 'k'.repeat(250), Buffer.alloc(0));
  await memcached.ask(`ms ${Buffer.from('a b\r\n').toString('base64')} 1 b\r\nx`);
  const { keys, hasMore, walked } = await store.inspector.keys(10);
  const byKey = new Map(keys.map((entry) => [entry.key, entry]));
  assert.deepEqual([...byKey.keys()].sort(), ['a b\r\n', 'a/b%3A%', 'k'.repeat(250), 'ours:k', utf8].sort());
  assert.deepEqual([hasMore, walked], [false, [memcached.address]]);
  assert.equal(byKey.get('a/b%3A%')?.expires, null);
  for (const { lastAccess } of keys) assert.ok(Math.abs((lastAccess ?? 0) - Date.now()) < 10_000);
  const [value] = (await store.inspector.look(utf8)).found;
  assert.deepEqual(value?.value, binary);
  assert.ok(Math.abs((value?.remainingS ?? 0) - 600) < 10);
  const text = (await store.inspector.look('a/b%3A%')).found[0];
  assert.deepEqual(
    [text?.value?.toString(), text?.remainingS, text?.server],
    ['text\r\nEN\r\n', null, memcached.address],
  );
  assert.equal((await store.inspector.look('k'.repeat(250))).found[0]?.bytes, 0);
  assert.equal((await store.inspector.look('a b\r\n')).found[0]?.value?.toString(), 'x');
  assert.deepEqual(await store.inspector.look('nothing'), { found: [], unreachable: [] });
  assert.deepEqual(
    (await store.keys('', 10)).keys.map(({ key }) => key),
    ['k'],
    'the store itself sees its own alone',
  );
  await store.close();
});

test('looking at a key does not count as using it', async () => {
  await using memcached = await startMemcached();
  const store = clusterOf([memcached]);
  await put(memcached, 'old', Buffer.from('x'));
  const [before] = (await store.inspector.keys(1)).keys;
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    const [found] = (await store.inspector.look('old')).found;
    if (Date.now() - (found?.lastAccess ?? 0) >= 2_000) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const [after] = (await store.inspector.keys(1)).keys;
  assert.equal(after?.lastAccess, before?.lastAccess);
  const [found] = (await store.inspector.look('old')).found;
  assert.ok(Date.now() - (found?.lastAccess ?? 0) >= 2_000, 'it would be younger if a look were a use');
  await store.close();
});

test('a value that is too large is not fetched, and its size is said', async () => {
  await using memcached = await startMemcached({ args: ['-I', '4m'] });
  const store = clusterOf([memcached]);
  await put(memcached, 'large', Buffer.alloc(2_000_000, 7));
  await put(memcached, 'largest', Buffer.alloc(1024 * 1024, 7));
  const [large] = (await store.inspector.look('large')).found;
  assert.deepEqual([large?.value, large?.bytes], [null, 2_000_000]);
  assert.equal((await store.inspector.look('largest')).found[0]?.value?.length, 1024 * 1024);
  await store.close();
});

test('a server that is down is named, in lists and in looks; what the other has is found', async () => {
  await using servers = await several(2);
  const [one, other] = servers.all;
  assert.ok(one && other);
  const store = clusterOf(servers.all);
  for (const memcached of servers.all) await put(memcached, 'both', Buffer.from(memcached.address));
  const both = await store.inspector.look('both');
  assert.deepEqual(
    both.found.map(({ value }) => value?.toString()),
    [one.address, other.address],
  );
  assert.deepEqual((await store.inspector.keys(10)).keys[0]?.servers, [one.address, other.address]);
  await other.kill();
  const left = await store.inspector.look('both');
  assert.deepEqual(
    [left.found.length, left.unreachable.map(({ address, reason }) => [address, reason.short])],
    [1, [[other.address, 'refused']]],
  );
  const { keys, unreachable } = await store.inspector.keys(10);
  assert.deepEqual([keys[0]?.servers, unreachable.length], [[one.address], 1]);
  await store.close();
});

test('process memory is looked into without counting as use', async () => {
  const store = new LocalStore({ maxBytes: 2_400 });
  for (const key of ['first', 'second']) await store.set(key, versioned('x'.repeat(200)), 60);
  const { found } = await store.inspector.look('first');
  assert.equal(found[0]?.server, null);
  assert.ok(found[0]?.value?.toString().endsWith('x'));
  assert.deepEqual((await store.inspector.look('none')).found, []);
  await store.set('third', versioned('x'.repeat(900)), 60);
  assert.deepEqual(
    (await store.inspector.keys(10)).keys.map(({ key }) => key),
    ['second', 'third'],
    'what was only looked at goes first',
  );
});
