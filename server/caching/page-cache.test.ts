import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Call } from '../publisher/call.ts';
import { PageCache } from './page-cache.ts';
import { Statistics } from './statistics.ts';
import type { CachedPage, CacheBackend } from './cache-backend.ts';

const SETTINGS = { requestNames: [], maxAgeSeconds: 60 };

/** All that is asked of a caller who asks for the page at `/page`. */
const call = {
  object: { oid: 1, path: '/page', parent: null, basis: 1 },
  request: { method: 'GET', path: '/page', origin: '', headers: {}, query: new URLSearchParams() },
  user: { name: null, roles: [] },
  tree: { mainAsOf: 0, memoryAsOf: 0, stillSees: async () => true },
  cookies: [],
} as unknown as Call;

for (const kind of ['missing', 'expired']) {
  test(`a page that is ${kind} and was made while somebody still looked for it is not made once more`, async () => {
    let now = 0;
    let made = 0;
    let held: Promise<void> | undefined;
    const kept = new Map<string, CachedPage>();
    const backend: CacheBackend = {
      isShared: true,
      async get(_, key) {
        const found = kept.get(key);
        await held;
        return found;
      },
      put: (_, key, value) => void kept.set(key, value),
      list: async () => ({ entries: [], trouble: null }),
      drop: () => undefined,
    };
    const log = { info: () => undefined, warn: () => undefined };
    const clock = () => now;
    const statistics = new Statistics(clock);
    const pages = new PageCache({ backend, statistics, scope: '', generationOf: () => 0, clock, log });
    const ask = () => pages.answer(call, async () => `${(made += 1)}`, SETTINGS);
    if (kind === 'expired') await ask();
    await nextTurn();
    now += 61_000;

    const hold = Promise.withResolvers<void>();
    held = hold.promise;
    const slow = ask();
    held = undefined;
    await ask();
    const madeByThen = made;
    await nextTurn();
    hold.resolve();
    await slow;
    assert.equal(made, madeByThen);
  });
}
