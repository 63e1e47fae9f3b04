import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError, TooLarge } from '../base/errors.ts';
import { KeyRing } from '../base/key-ring.ts';
import type { Store } from '../memcache/store.ts';
import { SessionWorld } from './testing.ts';

const NASTY_KEYS = [
  ...'__proto__ constructor prototype toString valueOf hasOwnProperty __defineGetter__ __lookupSetter__'.split(' '),
  ...'save maxAge get set size then toJSON length id keys entries update browserId cookie isNew regenerate'.split(' '),
  ...'.. %2f 0 -1 1e3 null undefined NaN <b> " \' \\ ${x} é 😀 \ud800 \udfff\ud800'.split(' '),
  '',
  ' ',
  '\0',
  '\r\n',
  'a b',
  'ü'.repeat(5_000),
];

/** Rounds of 50 increments, rounds of a rotation, visits of each of 200 users. `FULL=1`: as many as are promised. */
const [INCREMENTS, ROTATIONS, VISITS] = process.env['FULL'] === '1' ? [100, 100, 100] : [5, 10, 10];

/** What sessions promise, whatever store they are kept in. */
export function sessionContract(name: string, open: () => Promise<Store>): void {
  const arrange = async () => {
    const world = new SessionWorld(await open());
    return { world, browser: world.browser(), container: world.container };
  };

  test(`${name}: what one request stores, the next one reads`, async () => {
    const { browser } = await arrange();
    await browser.request((session) => session.set('cart', new Map([['bread', 2]])));
    assert.deepEqual(await browser.request((session) => session.get('cart')), new Map([['bread', 2]]));
  });

  test(`${name}: a request that throws stores nothing and sets no cookie`, async () => {
    const { browser } = await arrange();
    const fail = (value: number) =>
      browser.request((session) => {
        session.set('a', value);
        throw new Error('the view failed');
      });
    await assert.rejects(fail(1), /the view failed/);
    assert.equal(browser.cookieHeader, undefined);
    await browser.request((session) => session.set('a', 2));
    await assert.rejects(fail(3), /the view failed/);
    assert.equal(await browser.request((session) => session.get('a')), 2);
  });

  test(`${name}: a change inside a value counts`, async () => {
    const { browser } = await arrange();
    await browser.request((session) => session.set('list', [1]));
    await browser.request((session) => void (session.get('list') as number[]).push(2));
    assert.deepEqual(await browser.request((session) => session.get('list')), [1, 2]);
  });

  test(`${name}: changes of different keys by two requests both stay`, async () => {
    const { browser, container } = await arrange();
    await browser.request((session) => session.set('a', 0).set('b', 0).set('c', 0));
    const [first, second] = [browser.transaction(), browser.transaction()];
    (await first.open(container)).set('a', 1).delete('c');
    (await second.open(container)).set('b', 2).set('d', 3);
    await first.commit();
    await second.commit();
    assert.deepEqual({ ...(await browser.request((session) => session.toObject())) }, { a: 1, b: 2, d: 3 });
  });

  test(`${name}: clear spares a key that another request adds meanwhile`, async () => {
    const { browser, container } = await arrange();
    await browser.request((session) => session.set('a', 0));
    const [first, second] = [browser.transaction(), browser.transaction()];
    (await first.open(container)).set('b', 1);
    (await second.open(container)).clear();
    await first.commit();
    await second.commit();
    assert.deepEqual({ ...(await browser.request((session) => session.toObject())) }, { b: 1 });
  });

  test(`${name}: one key changed by two requests is a conflict for the later one`, async () => {
    const { browser, container } = await arrange();
    await browser.request((session) => session.set('n', 0));
    const [first, second] = [browser.transaction(), browser.transaction()];
    (await first.open(container)).set('n', 1);
    (await second.open(container)).set('n', 2);
    await first.commit();
    await assert.rejects(second.commit(), ConflictError);
    assert.equal(await browser.request((session) => session.get('n')), 1);
  });

  test(`${name}: of 50 increments at once, run again on conflict, none is lost and none refused`, async () => {
    const { browser } = await arrange();
    await browser.request((session) => session.set('n', 0));
    const increment = () => browser.request((session) => void session.set('n', (session.get('n') as number) + 1));
    for (let round = 0; round < INCREMENTS; round++) await Promise.all(Array.from({ length: 50 }, increment));
    assert.equal(await browser.request((session) => session.get('n')), INCREMENTS * 50);
  });

  test(`${name}: of 50 updates at once in two processes none is lost, and none is run again`, async () => {
    const { world, browser, container } = await arrange();
    await browser.request((session) => session.set('n', 0));
    const other = world.containerOf('7');
    let runs = 0;
    const update = (_: unknown, index: number) =>
      browser.request(
        (session) => {
          runs++;
          session.update<number>('n', (n) => (n ?? 0) + 1);
        },
        index % 2 === 0 ? container : other,
      );
    await Promise.all(Array.from({ length: 50 }, update));
    assert.equal(await browser.request((session) => session.get('n')), 50);
    assert.equal(runs, 50);
  });

  test(`${name}: 200 slow writers do not bring an ended session back`, async () => {
    const { world, browser, container } = await arrange();
    await browser.request((session) => session.set('user', 'anna'));
    const writers = Array.from({ length: 200 }, () => browser.transaction());
    for (const [index, transaction] of writers.entries()) (await transaction.open(container)).set(`k${index}`, index);
    const stranger = world.browser();
    stranger.cookieHeader = browser.cookieHeader;
    await Promise.all([
      ...writers.slice(0, 100).map((transaction) => transaction.commit()),
      browser.request((session) => session.invalidate()),
      ...writers.slice(100).map((transaction) => transaction.commit()),
    ]);
    assert.equal(browser.cookieHeader, undefined);
    assert.equal(await container.load(stranger.browserId!), undefined);
  });

  test(`${name}: requests across a rotation are never anonymous, and 10 seconds later the old id is nothing`, async () => {
    const { world, browser, container } = await arrange();
    for (let round = 0; round < ROTATIONS; round++) {
      await browser.request((session) => session.set('user', 'anna'));
      const late = world.browser();
      late.cookieHeader = browser.cookieHeader;
      const seen = Array.from({ length: 25 }, () => late.request((session) => session.get('user')));
      await browser.request((session) => session.rotate());
      seen.push(...Array.from({ length: 25 }, () => late.request((session) => session.get('user'))));
      assert.deepEqual(await Promise.all(seen), Array(50).fill('anna'));
      assert.notEqual(browser.cookieHeader, late.cookieHeader);
      world.now += 10_001;
      assert.equal(await container.load(late.browserId!), undefined);
      assert.equal(await browser.request((session) => session.get('user')), 'anna');
    }
  });

  test(`${name}: a write under way while the session moves arrives where it moved to`, async () => {
    const { browser, container } = await arrange();
    await browser.request((session) => session.set('a', 1));
    const late = browser.transaction();
    (await late.open(container)).set('b', 2);
    await browser.request((session) => session.rotate());
    await late.commit();
    assert.equal(late.setCookies[0], undefined);
    assert.deepEqual({ ...(await browser.request((session) => session.toObject())) }, { a: 1, b: 2 });
  });

  test(`${name}: nasty keys are ordinary keys`, async () => {
    const { browser } = await arrange();
    await browser.request((session) => NASTY_KEYS.forEach((key, index) => session.set(key, { [key]: index })));
    const keys = await browser.request((session) => [...session.keys()]);
    assert.deepEqual(keys, [...NASTY_KEYS]);
    const values = await browser.request((session) => [...session.values()]);
    assert.deepEqual(
      values,
      NASTY_KEYS.map((key, index) => ({ [key]: index })),
    );
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  test(`${name}: a session too large is refused before it is sent, and the old one stays`, async () => {
    const { world, browser, container } = await arrange();
    await browser.request((session) => session.set('a', 'kept'));
    const key = container.keyOf(browser.browserId!);
    let refused = 0;
    for (let step = 0; step <= 64; step++) {
      const before = (await world.store.get(key))!.value;
      const size = step * 32 * 1_024;
      try {
        await browser.request((session) => session.set('big', 'x'.repeat(size)));
        assert.ok(size <= 256 * 1_024);
      } catch (error) {
        assert.ok(error instanceof TooLarge && size >= 256 * 1_024, String(error));
        assert.match(error.message, /would take [\d.]+ KiB; the limit is 256 KiB\. Its largest key is "big" with/);
        assert.ok((await world.store.get(key))!.value.equals(before));
        refused++;
      }
    }
    assert.equal(refused, 57);
    assert.equal(await browser.request((session) => session.get('a')), 'kept');
  });

  test(`${name}: a record with any bit changed, of another session or of another key ring is not accepted`, async () => {
    const { world, browser, container } = await arrange();
    const [other, target] = [world.browser(), browser];
    await target.request((session) => session.set('role', 'guest').set('text', 'x'.repeat(150)));
    await other.request((session) => session.set('role', 'admin'));
    const key = container.keyOf(target.browserId!);
    const { value } = (await world.store.get(key))!;
    assert.ok(value.length * 8 > 2_000);
    let accepted = 0;
    const offer = async (forged: Buffer) => {
      await world.store.set(key, forged, 60);
      const session = await container.load(target.browserId!).catch(() => undefined);
      if (session !== undefined) accepted++;
    };
    for (let bit = 0; bit < value.length * 8; bit++) {
      const forged = Buffer.from(value);
      forged[bit >> 3]! ^= 1 << (bit & 7);
      await offer(forged);
    }
    await offer((await world.store.get(container.keyOf(other.browserId!)))!.value);
    await offer(value.subarray(0, 20));
    const foreign = new SessionWorld(world.store, KeyRing.random()).containerOf('7');
    const session = foreign.begin(target.browserId!).set('role', 'admin');
    await world.store.delete(key);
    await foreign.save(session);
    assert.equal(await container.load(target.browserId!).catch(() => undefined), undefined);
    assert.equal(accepted, 0);
    await world.store.set(key, value, 60);
    assert.equal(await target.request((live) => live.get('role')), 'guest');
  });

  test(`${name}: a browser whose record was forged starts again under another id`, async () => {
    const { world, browser, container } = await arrange();
    await browser.request((session) => session.set('a', 1));
    const before = browser.browserId!;
    const key = container.keyOf(before);
    const value = Buffer.from((await world.store.get(key))!.value);
    value[value.length - 1]! ^= 1;
    await world.store.set(key, value, 60);
    assert.equal(await browser.request((session) => session.get('a')), undefined);
    await browser.request((session) => session.set('a', 2));
    assert.notEqual(browser.browserId, before);
    assert.equal(await browser.request((session) => session.get('a')), 2);
    assert.ok(world.faults.length > 0);
  });

  test(`${name}: what a request stored is taken back when the tree refuses it`, async () => {
    const { browser, container } = await arrange();
    const first = browser.transaction();
    (await first.open(container)).set('a', 1);
    await first.commit();
    await first.undo();
    assert.equal(first.setCookies[0], undefined);
    await browser.request((session) => session.set('a', 1).set('b', 1));
    for (const change of ['set', 'invalidate', 'rotate'] as const) {
      const transaction = browser.transaction();
      const session = await transaction.open(container);
      if (change === 'set') session.set('a', 2).set('c', 3).delete('b');
      else session[change]();
      await transaction.commit();
      await transaction.undo();
      assert.deepEqual({ ...(await browser.request((live) => live.toObject())) }, { a: 1, b: 1 }, change);
    }
  });

  test(`${name}: taking back spares what others changed since`, async () => {
    const { browser, container } = await arrange();
    await browser.request((session) => session.set('a', 1).set('b', 1));
    const transaction = browser.transaction();
    (await transaction.open(container)).set('a', 2).set('b', 2).set('c', 2);
    await transaction.commit();
    await browser.request((session) => session.set('b', 3).set('d', 3));
    await transaction.undo();
    assert.deepEqual({ ...(await browser.request((session) => session.toObject())) }, { a: 1, b: 3, d: 3 });
  });

  test(`${name}: an idle session ends, and constant use does not prolong the longest life`, async () => {
    const { world, browser } = await arrange();
    world.settings = { ...world.settings, timeoutMinutes: 3 / 60, resolutionSeconds: 0.1, maxLifetimeMinutes: 10 / 60 };
    const alive = () => browser.request((session) => session.has('a'));
    await browser.request((session) => session.set('a', 1));
    world.now += 2_000;
    assert.equal(await alive(), true);
    world.now += 4_000;
    assert.equal(await alive(), false);
    await browser.request((session) => session.set('a', 1));
    for (let second = 1; second <= 10; second++) {
      world.now += 1_000;
      assert.equal(await alive(), true, `after ${second} s`);
    }
    world.now += 1;
    assert.equal(await alive(), false);
  });

  test(`${name}: sessions with every timeout can be read after they were written`, async () => {
    for (const seconds of [1, 2_591_999, 2_592_000, 2_592_001, 315_360_000, 0]) {
      const { world, browser } = await arrange();
      world.settings = { ...world.settings, timeoutMinutes: seconds / 60 };
      await browser.request((session) => session.set('a', seconds));
      assert.equal(await browser.request((session) => session.get('a')), seconds);
    }
  });

  test(`${name}: one session, all of a user and all of a container can be ended`, async () => {
    const { world, browser, container } = await arrange();
    const has = () => browser.request((session) => session.has('a'));
    const begin = async (user: string | null) => {
      const session = container.begin(world.browserIds.mint()).set('a', 1);
      await container.save(session, { origin: { user, address: '', browser: '' } });
      browser.cookieHeader = world.cookieHeaderFor(session);
    };
    await begin(null);
    await container.endKey(container.keyOf(browser.browserId!));
    assert.equal(await has(), false);
    await begin('anna');
    const late = browser.transaction();
    (await late.open(container)).set('b', 2);
    world.userGeneration++;
    assert.equal(await has(), false);
    await late.commit();
    assert.equal(await has(), false);
    await begin(null);
    world.generation++;
    assert.equal(await has(), false);
  });

  test(`${name}: 200 users in ${VISITS * 200} interleaved requests see their own values alone, and none that were aborted`, async () => {
    const { world } = await arrange();
    const users = Array.from({ length: 200 }, () => ({ browser: world.browser(), count: 0 }));
    let foreign = 0;
    const visit = async (user: (typeof users)[number], id: number, turn: number) => {
      const isAborted = (id + turn) % 10 === 0;
      const request = user.browser.request((session) => {
        const seen = session.get('owner', id);
        if (seen !== id || session.get('count', 0) !== user.count) foreign++;
        session.set('owner', isAborted ? -1 : id).set('count', user.count + 1);
        if (isAborted) throw new Error('aborted');
      });
      await request.then(
        () => user.count++,
        (error: Error) => assert.equal(error.message, 'aborted'),
      );
    };
    const run = async (user: (typeof users)[number], id: number) => {
      for (let turn = 0; turn < VISITS; turn++) await visit(user, id, turn);
    };
    await Promise.all(users.map(run));
    assert.equal(foreign, 0);
  });
}
