import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { newKey } from '../../memcache/contract.ts';
import type { LocalStore } from '../../memcache/local-store.ts';
import { clusterOf, several } from '../../memcache/testing.ts';
import { matcherFor } from './list-filter.ts';
import { MAX_OPENED, type ListedSession, type SessionQuery } from './session-list.ts';
import { SessionWorld } from '../testing.ts';

const QUERY: SessionQuery = { offset: 0, limit: 50, sort: 'lastSeen', order: 'desc', filter: '' };

/** Begins a session as a signed-in user's browser does. */
async function begin(
  world: SessionWorld,
  user: string | null,
  data: Record<string, unknown> = { a: 1 },
): Promise<string> {
  const session = world.container.begin(newKey());
  for (const [key, value] of Object.entries(data)) session.set(key, value);
  await world.container.save(session, { origin: { user, address: '10.0.0.1', browser: 'Firefox 145, Linux' } });
  return session.id;
}

test('the list shows each session’s header, and figures of all of them', async () => {
  const world = new SessionWorld();
  await begin(world, 'anna', { text: 'x'.repeat(3_000) });
  world.now += 6 * 60_000;
  const id = await begin(world, null);
  const page = await world.container.list.page(QUERY);
  assert.deepEqual(
    page.sessions.map(({ user, lastAccess }) => [user, world.now - lastAccess]),
    [
      [null, 0],
      ['anna', 360_000],
    ],
  );
  assert.deepEqual([page.total, page.matching, page.active, page.openedOnly], [2, 2, 1, null]);
  assert.ok(page.largestBytes! > 3_000 && page.meanBytes! < page.largestBytes!);
  assert.deepEqual(page.sessions[0], {
    id,
    user: null,
    label: null,
    created: world.now,
    lastAccess: world.now,
    expires: world.now + (20 * 60 + 20) * 1_000,
    bytes: page.sessions[0]?.bytes,
    address: '10.0.0.1',
    browser: 'Firefox 145, Linux',
    servers: [],
  });
});

test('what is over, ended, moved away, or ended with its user is not listed', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => void session.set('a', 1));
  await browser.request((session) => session.rotate());
  const ended = await begin(world, 'bert');
  await world.container.endKey((await world.container.list.find(ended))!.storeKey);
  await begin(world, 'anna');
  assert.equal((await world.container.list.page(QUERY)).total, 2);
  assert.equal(await world.container.list.count('anna'), 1);
  world.userGeneration += 1;
  assert.equal((await world.container.list.page(QUERY)).total, 1);
  assert.equal(await world.container.list.find(ended), undefined);
  world.now += 30 * 60_000;
  assert.equal((await world.container.list.page(QUERY)).total, 0);
  world.generation += 1;
  assert.equal(await world.container.list.count(), 0);
});

test('rows are ordered, filtered and paged by what their headers say', async () => {
  const world = new SessionWorld();
  for (const user of ['dora', 'anna', 'carl', 'bert']) {
    await begin(world, user, { text: user.repeat(user === 'carl' ? 500 : 1) });
    world.now += 1_000;
  }
  const users = async (query: Partial<SessionQuery>) =>
    (await world.container.list.page({ ...QUERY, ...query })).sessions.map(({ user }) => user).join(' ');
  assert.equal(await users({}), 'bert carl anna dora');
  assert.equal(await users({ sort: 'user', order: 'asc' }), 'anna bert carl dora');
  assert.equal(await users({ sort: 'bytes', limit: 1 }), 'carl');
  assert.equal(await users({ sort: 'started', order: 'asc', offset: 1, limit: 2 }), 'anna carl');
  assert.equal(await users({ filter: 'CARL' }), 'carl');
  assert.equal(await users({ filter: 'firefox 10.0.0.1 anna' }), 'anna');
  assert.equal(await users({ filter: '> 1.5 KiB' }), 'carl');
  assert.equal(await users({ filter: 'nobody' }), '');
});

test('a filter of words wants all of them, and one of a size compares', () => {
  const session = { user: null, address: '::1', browser: 'curl 8', id: 'Xy', bytes: 2048 } as unknown as ListedSession;
  for (const filter of ['', 'anon', 'xy curl', '>2000', '<2.1k', '> 0 MiB'])
    assert.ok(matcherFor(filter)(session), filter);
  for (const filter of ['anna', 'curl 9', '>2 KiB', '<2048b']) assert.ok(!matcherFor(filter)(session), filter);
});

test('more sessions than can be opened: all are counted, those seen last are opened, and the list says so', async () => {
  await using servers = await several(2);
  const store = clusterOf(servers.all);
  const world = new SessionWorld(store);
  world.now = Date.now();
  const count = MAX_OPENED + 40;
  for (let begun = 0; begun < count; begun += 200) {
    const some = Array.from({ length: Math.min(200, count - begun) }, () => begin(world, 'anna'));
    await Promise.all(some);
  }
  const page = await world.container.list.page(QUERY);
  assert.deepEqual([page.total, page.openedOnly, page.sessions.length], [count, MAX_OPENED, 50]);
  assert.deepEqual([...page.listing.walked].sort(), servers.all.map(({ address }) => address).sort());
  const beyond = await world.container.list.page({ ...QUERY, offset: MAX_OPENED, limit: 100 });
  assert.equal(beyond.sessions.length, 40);
  assert.equal(await world.container.list.count(), undefined);
  await store.close();
});

test('looking at the list, and into a session, leaves every record as it is', async () => {
  await using memcached = await startMemcached();
  const store = clusterOf([memcached]);
  const world = new SessionWorld(store);
  world.now = Date.now();
  const id = await begin(world, 'anna');
  world.now += 60_000;
  const commands = async () => (await memcached.ask('stats')).filter((line) => /cmd_(set|touch) /.test(line)).join();
  const before = await commands();
  const { storeKey, lastAccess, entries } = (await world.container.list.find(id))!;
  await world.container.list.page(QUERY);
  assert.equal(lastAccess, world.now - 60_000);
  assert.deepEqual([...entries.keys()], ['a']);
  assert.equal(await commands(), before);
  assert.equal(storeKey.endsWith(id), true);
  await store.close();
});

test('what a neighbour put under our prefix is counted as unopened, and no row', async () => {
  const world = new SessionWorld();
  const id = await begin(world, 'anna');
  const { storeKey } = (await world.container.list.find(id))!;
  await world.store.set(`${storeKey.slice(0, -43)}${'x'.repeat(43)}`, Buffer.alloc(100, 1), 60);
  const page = await world.container.list.page(QUERY);
  assert.deepEqual([page.total, page.unopened], [1, 1]);
  assert.deepEqual(world.faults, []);
});

test('listing changes nothing about what goes first when the memory is full', async () => {
  const world = new SessionWorld();
  const store = world.store as LocalStore;
  for (const user of ['anna', 'bert', 'carl']) {
    await begin(world, user);
    world.now += 1_000;
  }
  const order = () => Array.from(store.entries(), ({ key }) => key);
  const before = order();
  await world.container.list.page(QUERY);
  await world.container.list.page({ ...QUERY, sort: 'user', order: 'asc' });
  await world.container.list.count('anna');
  assert.deepEqual(order(), before);
});
