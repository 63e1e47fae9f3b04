import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeContract, textOf, versioned } from './contract.ts';
import { isFull, MemoryFull } from './errors.ts';
import { LocalStore } from './local-store.ts';

storeContract('A store in process memory', async () => {
  const store = new LocalStore();
  return { store, dispose: () => store.close() };
});

/** Values of which each takes so many bytes of a store's memory. */
const taking = (bytes: number) => Buffer.alloc(bytes - 512);
const keysIn = (store: LocalStore) => [...store.entries()].map(({ key }) => key);

test('in a full memory, of what nobody asked for again the largest makes room, of these the oldest; the rest stays', async () => {
  const store = new LocalStore({ maxBytes: 10_240 });
  await store.set('asked-for', taking(2_048), 60);
  await store.get('asked-for');
  for (const key of ['small', 'early', 'late']) await store.add(key, taking(key === 'small' ? 1_024 : 2_560), 60);
  await store.add('next', taking(2_048), 60);
  assert.deepEqual(keysIn(store), ['asked-for', 'small', 'early', 'late', 'next']);
  await store.add('one-more', taking(2_048), 60);
  assert.deepEqual(keysIn(store), ['asked-for', 'small', 'late', 'next', 'one-more']);
  assert.equal(store.memory.evictions, 1);
});

test('looking at everything, as lists do, asks for nothing', async () => {
  const store = new LocalStore({ maxBytes: 4_096 });
  await store.add('begun', taking(2_048), 60);
  await store.getMulti(['begun']);
  await store.keys('', 10);
  await store.inspector.look('begun');
  await store.add('a', taking(2_048), 60);
  await store.add('b', taking(2_048), 60);
  assert.deepEqual(keysIn(store), ['a', 'b']);
});

test('in a memory full of what is used, what is new or grows is refused; the rest goes on', async () => {
  const store = new LocalStore({ maxBytes: 4_096 });
  for (const key of ['a', 'b']) {
    await store.add(key, taking(2_048), 60);
    await store.get(key);
  }
  const full = (error: unknown) => {
    assert.ok(error instanceof MemoryFull && isFull(error));
    assert.equal(error.status, 503);
    assert.ok(error.retryAfterS! >= 1);
    return true;
  };
  await assert.rejects(store.add('c', taking(1_024), 60), full);
  const { value, cas } = (await store.get('a'))!;
  await assert.rejects(store.set('a', taking(2_300), 60, cas), full);
  assert.deepEqual((await store.get('a'))?.value, value);
  assert.equal(await store.set('a', Buffer.alloc(value.length, 1), 60, cas), 'stored');
  assert.equal(await store.touch('b', 120), true);
  assert.deepEqual([store.memory.refusals, store.memory.evictions], [2, 0]);
  await store.delete('b');
  assert.equal(await store.add('c', taking(2_048), 60), 'stored');
});

test('what is owed has a little room beyond the limit, and makes no room afterwards', async () => {
  const store = new LocalStore({ maxBytes: 65_536 });
  await store.add('in-use', taking(65_536), 60);
  await store.get('in-use');
  assert.equal(await store.add('ended', taking(1_024), 60, 'owed'), 'stored');
  await assert.rejects(store.add('begun', taking(1_024), 60), MemoryFull);
  await assert.rejects(store.add('too-much', taking(8_192), 60, 'owed'), MemoryFull);
  await store.delete('in-use');
  for (let count = 0; count < 20; count++) await store.add(`flood-${count}`, taking(4_096), 60);
  assert.ok(keysIn(store).includes('ended'));
});

test('what is spare leaves first, the one not used for longest, and pushes nothing else out', async () => {
  const store = new LocalStore({ maxBytes: 8_192 });
  const page = (key: string) => store.set(key, taking(2_048), 60, undefined, 'spare');
  for (const key of ['one', 'two', 'three']) await page(key);
  await store.get('one');
  await store.add('begun', taking(2_048), 60);
  await page('four');
  assert.deepEqual(keysIn(store), ['one', 'three', 'begun', 'four']);
  for (const key of ['a', 'b', 'c']) await store.add(key, taking(2_048), 60);
  assert.deepEqual(keysIn(store), ['begun', 'a', 'b', 'c']);
  await assert.rejects(page('five'), MemoryFull);
  assert.deepEqual(keysIn(store), ['begun', 'a', 'b', 'c']);
  assert.deepEqual([store.memory.evictions, store.memory.refusals], [0, 0], 'pages are not counted');
});

test('whoever listens is told before the memory is full, when it is, and when it has room again: once each', async () => {
  let now = 0;
  const told: string[] = [];
  const store = new LocalStore({
    maxBytes: 10_240,
    clock: () => now,
    onMemory: ({ state, usedBytes }) => told.push(`${state} at ${usedBytes}`),
  });
  const begin = async (key: string) => store.add(key, taking(1_024), 30);
  for (let count = 0; count < 12; count++) await begin(`a${count}`);
  assert.deepEqual(told, ['filling at 8192', 'evicting at 10240']);
  for (const { key } of store.entries()) await store.get(key);
  for (let count = 0; count < 5; count++) await assert.rejects(begin(`b${count}`), MemoryFull);
  assert.deepEqual(told.slice(2), ['refusing at 10240']);
  now += 40_000;
  assert.deepEqual([store.memory.state, store.memory.usedBytes], ['refusing', 0], 'a state is held for a minute');
  now += 40_000;
  await begin('c');
  assert.deepEqual(told.slice(3), ['ok at 0']);
});

test('a lower limit throws nothing out; a higher one holds at once', async () => {
  const store = new LocalStore({ maxBytes: 10_240 });
  for (const key of ['a', 'b']) {
    await store.add(key, taking(4_096), 60);
    await store.get(key);
  }
  store.maxBytes = 4_096;
  await assert.rejects(store.add('c', taking(1_024), 60), MemoryFull);
  assert.deepEqual(keysIn(store), ['a', 'b']);
  assert.equal(store.memory.state, 'refusing');
  store.maxBytes = 20_480;
  assert.equal(store.memory.state, 'ok', 'nobody is told any more that it is full');
  assert.equal(await store.add('c', taking(1_024), 60), 'stored');
});

test('what has expired goes before anything that lives', async () => {
  let now = 1_000;
  const store = new LocalStore({ maxBytes: 10_000, clock: () => now });
  await store.set('lives', Buffer.alloc(3_000), 60);
  await store.set('expired', Buffer.alloc(3_000), 1);
  await store.get('expired');
  now += 2_000;
  assert.deepEqual(
    [...store.entries()].map((entry) => entry.key),
    ['lives'],
  );
  await store.set('large', Buffer.alloc(5_500), 60);
  assert.deepEqual(
    [...store.entries()].map((entry) => entry.key),
    ['lives', 'large'],
  );
});

test('an increment keeps the time the counter had left', async () => {
  let now = 0;
  const store = new LocalStore({ clock: () => now });
  await store.increment('n', 1, 1, 10);
  now = 6_000;
  assert.equal(await store.increment('n', 1, 1, 10), 2);
  now = 11_000;
  assert.equal(await store.increment('n', 1, 1, 10), 1);
});

test('a value over the limit leaves the one before it', async () => {
  const store = new LocalStore({ maxValueBytes: 1000 });
  await store.set('k', versioned('old'), 60);
  await assert.rejects(store.set('k', Buffer.alloc(1001), 60));
  assert.equal(textOf(await store.get('k')), 'old');
});
