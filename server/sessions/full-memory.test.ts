import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryFull } from '../memcache/errors.ts';
import { LocalStore } from '../memcache/local-store.ts';
import { SessionWorld, type Browser } from './testing.ts';

const MIB = 1024 * 1024;
const LARGE = 'x'.repeat(60_000);

function worldOf(maxBytes: number): { readonly world: SessionWorld; readonly store: LocalStore } {
  const store = new LocalStore({ maxBytes });
  return { world: new SessionWorld(store), store };
}

/** Somebody who begins a session and comes back to it. */
async function visitor(world: SessionWorld): Promise<Browser> {
  const browser = world.browser();
  await browser.request((session) => void session.set('count', 100));
  await countUp(browser);
  return browser;
}

const countUp = (browser: Browser) =>
  browser.request((session) => session.update<number>('count', (count) => (count ?? 0) + 1));
const countOf = (browser: Browser) => browser.request((session) => session.get('count'));
const post = (world: SessionWorld, data = LARGE) =>
  world.browser().request((session) => void session.set('data', data));

/** Begins sessions and comes back once to each, until there is room for no more of this size. */
async function fill(world: SessionWorld, data = LARGE): Promise<Browser[]> {
  const filled: Browser[] = [];
  for (;;) {
    const browser = world.browser();
    try {
      await browser.request((session) => void session.set('data', data));
      await browser.request((session) => void session.get('data'));
    } catch (error) {
      assert.ok(error instanceof MemoryFull, String(error));
      return filled;
    }
    filled.push(browser);
  }
}

test('1,400 anonymous posts of 60 kB leave 20 of 20 visitors their sessions, who change them meanwhile', async () => {
  const { world, store } = worldOf(64 * MIB);
  const visitors = await Promise.all(Array.from({ length: 20 }, () => visitor(world)));
  for (let count = 0; count < 1_400; count++) {
    await post(world);
    if (count % 70 === 0) await countUp(visitors[count / 70]!);
  }
  assert.deepEqual(await Promise.all(visitors.map(countOf)), Array(20).fill(102));
  const { usedBytes, limitBytes, evictions, refusals } = store.memory;
  assert.ok(evictions > 200 && refusals === 0 && usedBytes <= limitBytes, JSON.stringify(store.memory));
});

test('who has just begun a small session keeps it through a flood of large ones', async () => {
  const { world } = worldOf(MIB);
  const browser = world.browser();
  await browser.request((session) => void session.set('count', 1));
  for (let count = 0; count < 100; count++) await post(world);
  assert.equal(await countOf(browser), 1);
});

test('a flood that comes back to each of its sessions is refused, and what is in use goes on', async () => {
  const { world, store } = worldOf(4 * MIB);
  const visitors = await Promise.all(Array.from({ length: 20 }, () => visitor(world)));
  const filled = await fill(world);
  await assert.rejects(post(world), MemoryFull);
  assert.ok(world.container.counts.refused >= 2);
  for (const browser of visitors) await countUp(browser);
  assert.deepEqual(await Promise.all(visitors.map(countOf)), Array(20).fill(102));
  await assert.rejects(
    filled[0]!.request((session) => void session.set('data', LARGE + LARGE)),
    MemoryFull,
  );
  assert.equal(await filled[0]!.request((session) => session.get('data')), LARGE, 'the old value stays');
  assert.equal(store.memory.evictions, 0);
});

test('in a full memory sessions end, move and are put back, and what ended makes room', async () => {
  const { world, store } = worldOf(4 * MIB);
  const filled = await fill(world, 'x'.repeat(200_000));
  await fill(world, 'x'.repeat(10));
  const [moving, ending, undoing] = filled as [Browser, Browser, Browser];
  await moving.request((session) => session.rotate());
  assert.equal(await moving.request((session) => (session.get('data') as string).length), 200_000);

  const transaction = undoing.transaction();
  (await transaction.open(world.container)).set('data', 'smaller');
  await transaction.commit();
  await fill(world);
  await transaction.undo();
  assert.equal(await undoing.request((session) => (session.get('data') as string).length), 200_000);

  const ended = ending.cookieHeader;
  await ending.request((session) => session.invalidate());
  ending.cookieHeader = ended;
  assert.equal(await ending.request((session) => session.isNew), true);
  await post(world, 'x'.repeat(10_000));
  const { usedBytes, limitBytes } = store.memory;
  assert.ok(usedBytes <= limitBytes * (1 + 1 / 16));
});

test('an ended session’s id stays given up through a flood', async () => {
  const { world } = worldOf(MIB);
  const browser = await visitor(world);
  const { cookieHeader } = browser;
  await browser.request((session) => session.invalidate());
  for (let count = 0; count < 100; count++) await post(world);
  browser.cookieHeader = cookieHeader;
  await browser.request((session) => void session.set('count', 1));
  assert.notEqual(browser.cookieHeader, cookieHeader);
});

test('ending all sessions makes room at once', async () => {
  const { world, store } = worldOf(4 * MIB);
  await fill(world);
  world.generation += 1;
  await post(world);
  assert.ok(store.memory.usedBytes < 70_000, String(store.memory.usedBytes));
});

test('a list that is looked at protects nobody', async () => {
  const { world } = worldOf(MIB);
  for (let count = 0; count < 10; count++) await post(world);
  const query = { offset: 0, limit: 50, sort: 'lastSeen', order: 'desc', filter: '' } as const;
  const { sessions } = await world.container.list.page(query);
  for (const { id } of sessions) assert.ok(await world.container.list.find(id));
  for (let count = 0; count < 100; count++) await post(world);
  const left = new Set((await world.container.list.page(query)).sessions.map(({ id }) => id));
  assert.ok(sessions.every(({ id }) => !left.has(id)));
});
