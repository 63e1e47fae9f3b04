import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBackend } from './memory-backend.ts';
import type { CachedPage } from './cache-backend.ts';

const SEEN = { main: { asOf: 1, objects: new Map(), listings: new Set<number>() }, memory: undefined };

function kept(oid: number, bytes = 0): CachedPage {
  const response = { status: 200, headers: {}, body: Buffer.alloc(bytes), kind: 'content' } as const;
  return { response, isPrivate: false, oid, madeAt: 0, seen: SEEN, generation: 0, owners: new Set() };
}

/** A backend whose clock stands still until it is put forward. */
function newBackend(limits: { maxEntries?: number; maxBytes?: number; cleanupMs?: number } = {}) {
  const world = { now: 0 };
  const all = { maxEntries: 100, maxBytes: 1_000_000, cleanupMs: 10_000, ...limits };
  return Object.assign(world, { backend: new MemoryBackend(all, () => world.now) });
}

async function held(backend: MemoryBackend) {
  const { entries } = await backend.list();
  return { entries: entries.length, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0) };
}

test('of more entries than the threshold those go that were not asked for longest', async () => {
  const { backend } = newBackend({ maxEntries: 3 });
  for (const key of ['a', 'b', 'c']) backend.put(1, key, kept(1), 60);
  backend.get(1, 'a');
  backend.put(1, 'd', kept(1), 60);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => backend.get(1, key) !== undefined),
    [true, false, true, true],
  );
});

test('10,000 answers of all sizes never take more than the memory that was allowed', async () => {
  const { backend } = newBackend({ maxEntries: 1_000_000, maxBytes: 1_000_000 });
  for (let number = 0; number < 10_000; number += 1) {
    backend.put(number % 50, `${number}`, kept(number % 50, (number * 7919) % 20_000), 60);
    if (number % 1000 === 0) assert.ok((await held(backend)).bytes <= 1_000_000);
  }
  assert.ok((await held(backend)).bytes > 900_000);
  backend.put(1, 'huge', kept(1, 1_000_001), 60);
  assert.equal(backend.get(1, 'huge'), undefined);
});

test('an entry replaced or run out is not counted any more', async () => {
  const world = newBackend();
  const { backend } = world;
  backend.put(1, 'a', kept(1, 1000), 60);
  const { bytes } = await held(backend);
  backend.put(1, 'a', kept(1, 1000), 60);
  assert.deepEqual(await held(backend), { entries: 1, bytes });
  world.now = 60_000;
  assert.equal(backend.get(1, 'a'), undefined);
  assert.deepEqual(await held(backend), { entries: 0, bytes: 0 });
});

test('what has run out goes at the next cleanup, asked for or not', async () => {
  const world = newBackend({ maxEntries: 2, cleanupMs: 30_000 });
  world.backend.put(1, 'short', kept(1), 10);
  world.backend.put(1, 'long', kept(1), 600);
  world.backend.get(1, 'short');
  world.now = 30_000;
  world.backend.put(1, 'new', kept(1), 600);
  assert.notEqual(world.backend.get(1, 'long'), undefined);
});

test('what an answer was made from is counted too: a page about thousands of objects takes more than its text', async () => {
  const objects = new Map(Array.from({ length: 10_000 }, (_, oid) => [oid, 1] as const));
  const about = (count: number): CachedPage => {
    const main = { asOf: 1, objects: new Map([...objects].slice(0, count)), listings: new Set([1]) };
    return { ...kept(1), response: null, seen: { main, memory: undefined } };
  };
  const { backend } = newBackend({ maxBytes: 2_000_000 });
  for (let number = 0; number < 20; number += 1) backend.put(1, `${number}`, about(10_000), 60);
  const { entries, bytes } = await held(backend);
  assert.equal(entries, 3, `${bytes} bytes`);
  backend.put(1, 'small', about(10), 60);
  assert.equal((await held(backend)).entries, 4);
});
