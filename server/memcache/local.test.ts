import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeContract, textOf, versioned } from './contract.ts';
import { LocalStore } from './local.ts';

storeContract('A store in process memory', async () => {
  const store = new LocalStore();
  return { store, dispose: () => store.close() };
});

test('when the memory is full, what was not used for longest goes', async () => {
  const store = new LocalStore({ maxBytes: 10_000 });
  for (const key of ['a', 'b', 'c']) await store.set(key, Buffer.alloc(3_000), 60);
  await store.get('a');
  await store.set('d', Buffer.alloc(3_000), 60);
  assert.deepEqual(
    [...store.entries()].map((entry) => entry.key),
    ['c', 'a', 'd'],
  );
});

test('what has expired goes before anything that lives', async () => {
  let now = 1_000;
  const store = new LocalStore({ maxBytes: 10_000, clock: () => now });
  await store.set('lives', Buffer.alloc(3_000), 60);
  await store.set('expired', Buffer.alloc(3_000), 1);
  now += 2_000;
  assert.deepEqual(
    [...store.entries()].map((entry) => entry.key),
    ['lives'],
  );
  await store.set('large', Buffer.alloc(6_000), 60);
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
