import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ConflictError, TooLarge, Unavailable } from '../base/errors.ts';
import { KeyRing } from '../base/key-ring.ts';
import { SessionChanged } from './merge.ts';
import { SessionTransaction } from './session-transaction.ts';
import { SessionWorld, type View } from './testing.ts';

test('looking sets no cookie, storing does, once', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  const setCookieOf = (view: Parameters<typeof browser.request>[0]) =>
    browser.request(async (session, transaction) => {
      await view(session, transaction);
      return transaction;
    });
  assert.equal((await setCookieOf((session) => session.get('a'))).setCookies[0], undefined);
  assert.equal(
    (await setCookieOf((session) => session.set('a', 1))).setCookies[0]?.startsWith('__Host-browser_id='),
    true,
  );
  assert.equal((await setCookieOf((session) => session.set('a', 2))).setCookies[0], undefined);
});

test('a request that opens no session reads no cookie and stores nothing', async () => {
  const world = new SessionWorld();
  const transaction = world.browser().transaction();
  await transaction.commit();
  assert.equal(transaction.setCookies[0], undefined);
});

test('one browser has a session in each container, under one id', async () => {
  const world = new SessionWorld();
  const [one, two] = [world.containerOf('1'), world.containerOf('2')];
  const browser = world.browser();
  await browser.request((session) => session.set('where', 'one'), one);
  const before = browser.browserId;
  await browser.request((session) => session.set('where', 'two'), two);
  assert.equal(browser.browserId, before);
  assert.equal(await browser.request((session) => session.get('where'), one), 'one');
  assert.equal(await browser.request((session) => session.get('where'), two), 'two');
});

test('asking twice gives the same session, and a session that ends takes its cookie with it', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request(async (session, transaction) => {
    assert.equal(await transaction.open(world.container), session);
    session.set('a', 1);
  });
  const before = browser.browserId!;
  await browser.request((session) => session.invalidate());
  assert.equal(browser.browserId, undefined);
  assert.equal(await world.container.load(before), undefined);
});

test('who comes with an ended id gets another one', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('a', 1));
  const { cookieHeader, browserId } = browser;
  await browser.request((session) => session.invalidate());
  browser.cookieHeader = cookieHeader;
  assert.equal(await browser.request((session) => session.isNew), true);
  await browser.request((session) => session.set('a', 2));
  assert.notEqual(browser.browserId, browserId);
});

test('1,000 sign-ins change the id 1,000 times, and no old id reads anything', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('user', 'anna'));
  const old = new Set<string>();
  for (let signIn = 0; signIn < 1_000; signIn++) {
    old.add(browser.browserId!);
    await browser.request((session) => session.rotate());
  }
  assert.equal(old.size, 1_000);
  world.now += 10_001;
  for (const id of old) assert.equal(await world.container.load(id), undefined);
  assert.equal(await browser.request((session) => session.get('user')), 'anna');
});

test('who comes with an id that was just replaced reaches the session, and cannot carry it off', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('user', 'anna'));
  const thief = world.browser();
  thief.cookieHeader = browser.cookieHeader;
  await browser.request((session) => session.rotate());
  assert.equal(await thief.request((session) => session.get('user')), 'anna');
  await thief.request((session) => session.set('a', 1));
  await thief.request((session) => session.rotate());
  world.now += 10_001;
  assert.equal(await thief.request((session) => session.get('user')), undefined);
  assert.equal(await browser.request((session) => session.get('user')), 'anna');
});

test('where the second of two containers refuses, the first is put back', async () => {
  const world = new SessionWorld();
  const containers = [world.containerOf('1'), world.containerOf('2')];
  const browser = world.browser();
  for (const container of containers) await browser.request((session) => session.set('a', 1), container);
  for (const tooLarge of containers) {
    const transaction = browser.transaction();
    for (const container of containers) {
      const session = await transaction.open(container);
      session.set('a', container === tooLarge ? 'x'.repeat(300_000) : 2);
    }
    await assert.rejects(transaction.commit(), TooLarge);
    for (const container of containers)
      assert.equal(await browser.request((session) => session.get('a'), container), 1);
  }
});

test('a handler that lives with a store out of reach is not failed for it at the end', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('a', 1));
  await world.store.close();
  const transaction = browser.transaction();
  await assert.rejects(transaction.open(world.container), Unavailable);
  await transaction.commit();
  assert.match(transaction.dropCookies[0] ?? '', /^__Host-browser_id=; .*Max-Age=0/);
});

test('where a request cannot be run again, the settings say whether the newest wins or the later is refused', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('a', 0));
  const race = async (one: number, other: number) => {
    const { browserIds, cookie } = world;
    const origin = { user: null, address: '', browser: '' };
    const options = { browserIds, cookie, cookieHeader: browser.cookieHeader, origin, mayRerun: false, reruns: 0 };
    const [first, second] = [new SessionTransaction(options), new SessionTransaction(options)];
    (await first.open(world.container)).set('a', one);
    (await second.open(world.container)).set('a', other);
    await first.commit();
    await second.commit();
  };
  await race(1, 2);
  assert.equal(await browser.request((session) => session.get('a')), 2);
  world.settings = { ...world.settings, onConflict: 'fail' };
  await assert.rejects(race(3, 4), (error) => error instanceof SessionChanged && !(error instanceof ConflictError));
});

test('a session sealed with an older key opens, and is sealed with the newest when it is written', async () => {
  const [older, newer] = ['o'.repeat(42) + 'A', 'n'.repeat(42) + 'A'];
  const before = new SessionWorld(undefined, KeyRing.parse(older));
  const browser = before.browser();
  await browser.request((session) => session.set('a', 1));
  const during = new SessionWorld(before.store, KeyRing.parse(`${newer},${older}`));
  const same = during.browser();
  same.cookieHeader = browser.cookieHeader;
  assert.equal(await same.request((session) => session.get('a')), 1);
  await same.request((session) => session.set('a', 2));
  await assert.rejects(
    browser.request((session) => session.get('a')),
    /Give every process the same TRELLIS_SECRETS/,
  );
  const after = new SessionWorld(before.store, KeyRing.parse(newer));
  assert.equal((await after.container.load(same.browserId!))!.get('a'), 2);
  assert.equal(after.browserIds.read(browser.cookieHeader, after.cookie), undefined);
});

test('a session tells a list where it came from, without its data being decoded', async () => {
  const world = new SessionWorld();
  const session = world.container.begin(world.browserIds.mint()).set('a', 1);
  const origin = { user: 'änna', address: '10.0.0.1', browser: `${'é'.repeat(200)} on Linux` };
  await world.container.save(session, { origin });
  const { value } = (await world.store.get(session.containerKey))!;
  const header = world.container.peek(session.containerKey, value)!.header;
  assert.deepEqual([header.user, header.address, header.created], ['änna', '10.0.0.1', world.now]);
  assert.equal(header.browser, 'é'.repeat(127));
  assert.equal(session.containerKey.startsWith(`${world.container.keyPrefix}:`), true);
  const stored = (await world.container.reload(session))!;
  const facts = world.container.factsOf(stored)!;
  assert.deepEqual([facts.bytes, facts.maxBytes, facts.places], [value.length, 262_144, []]);
  assert.equal(facts.expires, world.now + 20 * 60_000 + 20_000);
});

test('looking touches a session at most once in a resolution, and a change of the settings applies at once', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('a', 1));
  const lastAccess = async () => (await world.container.load(browser.browserId!))!.lastAccess! - world.now;
  const look = () => browser.request((session) => session.get('a'));
  world.now += 19_999;
  await look();
  assert.equal(await lastAccess(), -19_999);
  world.now += 1;
  await look();
  assert.equal(await lastAccess(), 0);
  world.now += 5_000;
  world.settings = { ...world.settings, resolutionSeconds: 5 };
  await look();
  assert.equal(await lastAccess(), 0);
  world.now += 60_000;
  world.settings = { ...world.settings, timeoutMinutes: 0.5 };
  assert.equal(await look(), undefined);
  world.settings = { ...world.settings, timeoutMinutes: 0 };
  assert.equal(await look(), 1);
});

test('a record that is put back after the store was to drop it is not revived by a longer timeout', async () => {
  const world = new SessionWorld();
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const key = world.container.keyOf(browser.browserId!);
  const { value } = (await world.store.get(key))!;
  world.now += 25 * 60_000;
  world.settings = { ...world.settings, timeoutMinutes: 600 };
  await world.store.set(key, value, 600);
  assert.equal(await browser.request((session) => session.get('n')), undefined);
});

test('an id that an older key signed is sent again when its session is used, sealed anew, and not otherwise', async () => {
  const [old, young] = [randomBytes(32), randomBytes(32)];
  const before = new SessionWorld(undefined, new KeyRing([old]));
  const browser = before.browser();
  await browser.request((session) => session.set('n', 1));
  const ended = before.browser();
  await ended.request((session) => session.set('n', 1));
  const world = new SessionWorld(before.store, new KeyRing([young, old]));
  const again = async (cookieHeader: string | undefined, view: View<unknown>) => {
    const transaction = world.browser().transactionWith(cookieHeader);
    await view(await transaction.open(world.container), transaction);
    await transaction.commit();
    return transaction;
  };
  const nothing = await again(undefined, (session) => session.get('n'));
  assert.equal(nothing.setCookies[0], undefined);
  const read = await again(browser.cookieHeader, (session) => assert.equal(session.get('n'), 1));
  assert.match(read.setCookies[0] ?? '', new RegExp(`=${browser.browserId}\\.`));
  assert.equal(read.hasNewId, false, 'it may be left out where it comes too late');
  const written = await again(browser.cookieHeader, (session) => session.set('n', 2));
  assert.equal(written.setCookies[0], read.setCookies[0]);
  const ending = await again(ended.cookieHeader, (session) => session.invalidate());
  assert.equal(ending.setCookies[0], ending.dropCookies[0]);
  const isOver = await again(ended.cookieHeader, (session) => session.get('n'));
  assert.equal(isOver.setCookies[0], undefined, 'an id that was ended is not sent again');
  const last = new SessionWorld(before.store, new KeyRing([young]));
  const there = last.browser();
  there.accept(read.setCookies[0]);
  assert.equal(await there.request((session) => session.get('n')), 2);
});

test('of a request that uses an id under an older key while the session moves, the id is not sent again', async () => {
  const [old, young] = [randomBytes(32), randomBytes(32)];
  const before = new SessionWorld(undefined, new KeyRing([old]));
  const browser = before.browser();
  await browser.request((session) => session.set('n', 1));
  const world = new SessionWorld(before.store, new KeyRing([young, old]));
  const late = world.browser().transactionWith(browser.cookieHeader);
  await late.open(world.container);
  const moving = world.browser().transactionWith(browser.cookieHeader);
  (await moving.open(world.container)).rotate();
  await moving.commit();
  await late.commit();
  assert.equal(late.setCookies[0], undefined);
});
