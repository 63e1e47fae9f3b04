import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemcached } from '../../e2e/support/memcached/memcached.ts';
import { Unavailable } from '../base/errors.ts';
import { LocalStore } from '../memcache/local-store.ts';
import type { Outcome, Store } from '../memcache/store.ts';
import { clusterOf, several } from '../memcache/testing.ts';
import { SessionWorld } from './testing.ts';
import { twoWriters, type TwoWriters } from './two-writers.ts';

const origin = { user: null, address: '127.0.0.1', browser: 'Test' };

/** Runs two writers at the session of a browser that has one with an item of its own, and gives what the session holds then. */
async function atOwn(world: SessionWorld): Promise<TwoWriters & { readonly items: readonly unknown[] }> {
  const browser = world.browser();
  await browser.request((session) => session.set('mine', 1));
  const came = await twoWriters(world.container, { browserId: browser.browserId!, isThere: true, origin });
  const items = await browser.request((session) => [...session.entries()]);
  return { ...came, items };
}

test('two writers at once both survive, and one’s own items stay as they were', async () => {
  const came = await atOwn(new SessionWorld());
  assert.deepEqual(came, { survived: 2, retries: 1, items: [['mine', 1]] });
});

test('the same holds in memcached', async () => {
  await using server = await startMemcached();
  const store = clusterOf([server]);
  assert.deepEqual(await atOwn(new SessionWorld(store)), { survived: 2, retries: 1, items: [['mine', 1]] });
  await store.close();
});

test('and with two copies', async () => {
  await using servers = await several(2);
  const store = clusterOf(servers.all, { replicas: 2 });
  assert.deepEqual(await atOwn(new SessionWorld(store)), { survived: 2, retries: 1, items: [['mine', 1]] });
  await store.close();
});

test('where the store fails after the writes, it is said what may still be in the session, after what went wrong', async () => {
  const store = new FailingAfterWrites();
  const world = new SessionWorld(store);
  const browser = world.browser();
  await browser.request((session) => session.set('mine', 1));
  store.writesLeft = 3; // Two, and one made again.
  await assert.rejects(twoWriters(world.container, { browserId: browser.browserId!, isThere: true, origin }), {
    status: 503,
    message:
      /^It is gone \(1\)\. What was written may still be in the session: remove the keys that begin with 'two-writers-'\.$/,
  });
  store.writesLeft = Infinity;
  const keys = await browser.request((session) => [...session.keys()]);
  assert.deepEqual([keys.length, keys[0]], [3, 'mine'], 'they are');
  const browserId = world.browserIds.mint();
  store.writesLeft = 3;
  await assert.rejects(
    twoWriters(world.container, { browserId, isThere: false, origin }),
    /The session that was begun for this may still be there: it ends by its timeout\.$/,
  );
});

test('without a session one begins for them, and is ended again', async () => {
  const world = new SessionWorld();
  const browserId = world.browserIds.mint();
  const came = await twoWriters(world.container, { browserId, isThere: false, origin });
  assert.deepEqual(came, { survived: 2, retries: 1 });
  assert.equal(await world.container.load(browserId), undefined);
  assert.equal(await world.container.list.count(undefined, 10), 0);
  const { begun, ended } = world.container.counts;
  assert.deepEqual([begun, ended], [1, 1], 'both are counted');
});

test('where what keeps the sessions lets the second write replace the first, one of two survives', async () => {
  const world = new SessionWorld(new Overwriting());
  const came = await atOwn(world);
  assert.deepEqual(came, { survived: 1, retries: 0, items: [['mine', 1]] });
  const browserId = world.browserIds.mint();
  const begun = await twoWriters(world.container, { browserId, isThere: false, origin });
  assert.deepEqual(begun, { survived: 1, retries: 0 });
});

/** Out of reach once so many writes were tried. */
class FailingAfterWrites extends LocalStore {
  writesLeft = Infinity;
  #failures = 0;

  override async get(key: string): ReturnType<Store['get']> {
    if (this.writesLeft <= 0) throw new Unavailable(`It is gone (${(this.#failures += 1)}).`);
    return super.get(key);
  }

  override set(...args: Parameters<LocalStore['set']>): Promise<Outcome> {
    this.writesLeft -= 1;
    return super.set(...args);
  }

  override add(...args: Parameters<LocalStore['add']>): Promise<Outcome> {
    this.writesLeft -= 1;
    return super.add(...args);
  }
}

/** Breaks the promise of compare-and-set: whatever was read, a write replaces what is there. */
class Overwriting extends LocalStore {
  override set(...[key, value, ttlS, , worth]: Parameters<Store['set']>): Promise<Outcome> {
    return super.set(key, value, ttlS, undefined, worth);
  }

  override add(...[key, value, ttlS, worth]: Parameters<Store['add']>): Promise<Outcome> {
    return super.set(key, value, ttlS, undefined, worth);
  }
}
