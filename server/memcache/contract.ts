import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { BadKey, StoreClosed, ValueTooLarge } from './errors.ts';
import type { Store } from './store.ts';
import { compareVersions, nextVersion, VERSION_BYTES } from './version.ts';

/** What the suite needs to know about the store it tries. */
export interface Subject {
  readonly store: Store;
  dispose(): Promise<void>;
}

const MINUTE = 60;
const WAIT_MS = 30_000;

/** Every promise of `Store`, tried on a real one. */
export function storeContract(name: string, open: () => Promise<Subject>): void {
  describe(`${name} keeps the promises of a store`, { concurrency: 4 }, () => {
    let subject: Subject;
    let store: Store;
    before(async () => {
      subject = await open();
      store = subject.store;
    });
    after(() => subject.dispose());

    test('a value that was set is read, byte for byte', async () => {
      for (const size of [0, 1, 23, 24, 1024, 65_512, 65_536, 200_000]) {
        const key = newKey();
        const value = Buffer.concat([nextVersion(), randomBytes(size)]);
        assert.equal(await store.set(key, value, MINUTE), 'stored');
        assert.deepEqual((await store.get(key))?.value, value);
      }
    });

    test('what was never stored is undefined, not an error', async () => {
      assert.equal(await store.get(newKey()), undefined);
      assert.equal(await store.touch(newKey(), MINUTE), false);
      assert.equal(await store.getAndTouch(newKey(), MINUTE), undefined);
      assert.equal(await store.delete(newKey()), 'missing');
    });

    test('the largest value is stored; one byte more is refused with both sizes and leaves the old value', async () => {
      const key = 'k'.repeat(200);
      const largest = Buffer.concat([nextVersion(), Buffer.alloc(store.maxValueBytes - VERSION_BYTES, 7)]);
      assert.equal(await store.set(key, largest, MINUTE), 'stored');
      await assert.rejects(store.set(key, Buffer.alloc(store.maxValueBytes + 1), MINUTE), (error) => {
        assert.ok(error instanceof ValueTooLarge);
        assert.equal(error.size, store.maxValueBytes + 1);
        assert.equal(error.limit, store.maxValueBytes);
        return true;
      });
      assert.deepEqual((await store.get(key))?.value, largest);
    });

    test('many operations at once each get their own answer', async () => {
      const keys = Array.from({ length: 300 }, newKey);
      await Promise.all(keys.map((key, index) => store.set(key, versioned(`value ${index}`), MINUTE)));
      const items = await Promise.all(keys.map((key) => store.get(key)));
      assert.deepEqual(
        items.map(textOf),
        keys.map((_, index) => `value ${index}`),
      );
    });

    test('compare-and-set stores over the value that was read and over no other', async () => {
      const key = newKey();
      await store.set(key, versioned('one'), MINUTE);
      const mine = await store.get(key);
      const theirs = await store.get(key);
      assert.ok(mine && theirs);
      assert.equal(await store.set(key, versioned('two', mine.value), MINUTE, mine.cas), 'stored');
      assert.equal(await store.set(key, versioned('lost', theirs.value), MINUTE, theirs.cas), 'exists');
      assert.equal(textOf(await store.get(key)), 'two');
    });

    test('compare-and-set on what was deleted says missing and stores nothing', async () => {
      const key = newKey();
      await store.set(key, versioned('one'), MINUTE);
      const item = await store.get(key);
      assert.equal(await store.delete(key), 'stored');
      assert.equal(await store.set(key, versioned('two', item?.value), MINUTE, item?.cas), 'missing');
      assert.equal(await store.get(key), undefined);
    });

    test('of many writers with the same proof exactly one stores', async () => {
      const key = newKey();
      await store.set(key, versioned('start'), MINUTE);
      const items = await Promise.all(Array.from({ length: 30 }, () => store.get(key)));
      const outcomes = await Promise.all(
        items.map((item, index) => store.set(key, versioned(`writer ${index}`, item?.value), MINUTE, item?.cas)),
      );
      assert.equal(outcomes.filter((outcome) => outcome === 'stored').length, 1);
      const winner = outcomes.indexOf('stored');
      assert.equal(textOf(await store.get(key)), `writer ${winner}`);
    });

    test('50 increments by compare-and-set at once are all counted', async () => {
      const key = newKey();
      await store.set(key, versioned('0'), MINUTE);
      await Promise.all(Array.from({ length: 50 }, () => countUp(store, key)));
      assert.equal(textOf(await store.get(key)), '50');
    });

    test('add stores only where nothing is, replace only where something is', async () => {
      const key = newKey();
      assert.equal(await store.replace(key, versioned('no'), MINUTE), 'missing');
      assert.equal(await store.add(key, versioned('first'), MINUTE), 'stored');
      const first = await store.get(key);
      assert.equal(await store.add(key, versioned('second'), MINUTE), 'exists');
      assert.equal(textOf(await store.get(key)), 'first');
      assert.equal(await store.replace(key, versioned('third', first?.value), MINUTE), 'stored');
      assert.equal(textOf(await store.get(key)), 'third');
    });

    test('of many that add at once exactly one stores', async () => {
      const key = newKey();
      const outcomes = await Promise.all(Array.from({ length: 30 }, () => store.add(key, versioned('x'), MINUTE)));
      assert.equal(outcomes.filter((outcome) => outcome === 'stored').length, 1);
    });

    test('delete with a proof deletes only the value that was read', async () => {
      const key = newKey();
      await store.set(key, versioned('one'), MINUTE);
      const old = await store.get(key);
      await store.set(key, versioned('two', old?.value), MINUTE, old?.cas);
      assert.equal(await store.delete(key, old?.cas), 'exists');
      const present = await store.get(key);
      assert.equal(await store.delete(key, present?.cas), 'stored');
      assert.equal(await store.get(key), undefined);
    });

    test('getMulti gives what is there, under its own key', async () => {
      const keys = Array.from({ length: 500 }, newKey);
      const present = keys.filter((_, index) => index % 3);
      await Promise.all(present.map((key) => store.set(key, versioned(key), MINUTE)));
      const found = await store.getMulti(keys);
      assert.equal(found.size, present.length);
      for (const [key, item] of found) assert.equal(textOf(item), key);
      assert.equal((await store.getMulti([])).size, 0);
    });

    test('an item of getMulti can be compared and set', async () => {
      const key = newKey();
      await store.set(key, versioned('one'), MINUTE);
      const item = (await store.getMulti([key])).get(key);
      assert.equal(await store.set(key, versioned('two', item?.value), MINUTE, item?.cas), 'stored');
    });

    test('keys lists what is stored under a prefix, with sizes and ends, and nothing else', async () => {
      const prefix = `${newKey()}:`;
      const keys = Array.from({ length: 300 }, (_, index) => `${prefix}${index}_-`);
      await Promise.all(keys.map((key) => store.set(key, versioned(key), MINUTE)));
      await store.set(`${prefix}gone`, versioned('x'), MINUTE);
      await store.delete(`${prefix}gone`);
      await store.set(newKey(), versioned('other'), MINUTE);
      const listing = await store.keys(prefix, 1_000);
      assert.deepEqual(listing.keys.map(({ key }) => key).sort(), keys.sort());
      assert.equal(listing.hasMore, false);
      assert.deepEqual(listing.unreachable, []);
      for (const { bytes, expires, servers, key } of listing.keys) {
        assert.ok(bytes >= versioned(key).length && bytes < 500);
        assert.ok(expires !== null && Math.abs(expires - Date.now() - MINUTE * 1000) < 5_000);
        assert.deepEqual([...servers].sort(), [...store.placesOf(key)].sort());
      }
    });

    test('keys gives no more than asked for, and says so', async () => {
      const prefix = `${newKey()}:`;
      await Promise.all(
        Array.from({ length: 40 }, (_, index) => store.set(`${prefix}${index}`, versioned('x'), MINUTE)),
      );
      const [some, all] = await Promise.all([store.keys(prefix, 25), store.keys(prefix, 40)]);
      assert.deepEqual([some.keys.length, some.hasMore], [25, true]);
      assert.deepEqual([all.keys.length, all.hasMore], [40, false]);
      assert.deepEqual((await store.keys(`${prefix}none`, 10)).keys, []);
    });

    test('increment starts at the initial value and counts every call', async () => {
      const key = newKey();
      assert.equal(await store.increment(key, 1, 10, MINUTE), 10);
      const values = await Promise.all(Array.from({ length: 20 }, () => store.increment(key, 2, 0, MINUTE)));
      assert.equal(Math.max(...values), 50);
      assert.equal(await store.increment(key, 2 ** 33, 0, MINUTE), 50 + 2 ** 33);
    });

    test('values live as long as asked, from one second to ten years', async () => {
      const times = [1, 2_591_999, 2_592_000, 2_592_001, 10 * 365 * 24 * 60 * 60];
      for (const ttlS of times) {
        const key = newKey();
        await store.set(key, versioned('x'), ttlS);
        assert.equal(textOf(await store.get(key)), 'x', `${ttlS} s`);
      }
    });

    test('a time to live of 0 or less leaves nothing to read', async () => {
      for (const ttlS of [0, -1, -2_592_001, NaN]) {
        const key = newKey();
        await store.set(key, versioned('old'), MINUTE);
        await store.set(key, versioned('new', (await store.get(key))?.value), ttlS);
        assert.equal(await store.get(key), undefined, `${ttlS} s`);
      }
    });

    test('a fraction of a second expires, and touch prolongs what it would have ended', async () => {
      const [short, left, touched, read] = [newKey(), newKey(), newKey(), newKey()];
      await store.set(short, versioned('x'), 0.4);
      for (const key of [left, touched, read]) await store.set(key, versioned('x'), 1.4);
      assert.equal(await store.touch(touched, MINUTE), true);
      assert.deepEqual(await store.getAndTouch(read, MINUTE), (await store.get(read))?.value);
      for (const key of [short, left]) await waitUntil(async () => (await store.get(key)) === undefined);
      for (const key of [touched, read]) assert.equal(textOf(await store.get(key)), 'x');
    });

    test('a key that is not 1 to 200 safe characters reaches no server and disturbs nobody', async () => {
      const nasty = ['', 'a b', 'a\r\nflush_all', 'k'.repeat(201), 'ä', '\0', '../x', 'a/b', '\ud800', '__proto__ '];
      const key = newKey();
      await store.set(key, versioned('x'), MINUTE);
      const others = Promise.all(Array.from({ length: 20 }, () => store.get(key)));
      for (const bad of nasty) {
        await assert.rejects(store.get(bad), BadKey);
        await assert.rejects(store.getMulti([key, bad]), BadKey);
        await assert.rejects(store.set(bad, versioned('x'), MINUTE), BadKey);
        await assert.rejects(store.delete(bad), BadKey);
        await assert.rejects(store.increment(bad, 1, 1, MINUTE), BadKey);
      }
      assert.ok((await others).every((item) => textOf(item) === 'x'));
    });

    test('names that mean something to objects are ordinary keys', async () => {
      for (const key of ['__proto__', 'constructor', 'hasOwnProperty', 'toString']) {
        assert.equal(await store.get(key), undefined);
        await store.set(key, versioned(key), MINUTE);
        assert.equal(textOf(await store.get(key)), key);
        assert.equal(textOf((await store.getMulti([key])).get(key)), key);
      }
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    });

    test('changing a buffer afterwards changes nothing in the store', async () => {
      const key = newKey();
      const value = versioned('before');
      await store.set(key, value, MINUTE);
      value.fill(0);
      (await store.get(key))?.value.fill(0);
      assert.equal(textOf(await store.get(key)), 'before');
    });

    test('close lets operations in flight end and refuses those begun after it', async () => {
      const other = await open();
      const key = newKey();
      const inFlight = Promise.all(Array.from({ length: 50 }, () => other.store.set(key, versioned('x'), MINUTE)));
      await other.store.get(key);
      await other.store.close();
      assert.ok((await inFlight).every((outcome) => outcome === 'stored'));
      await assert.rejects(other.store.get(key), StoreClosed);
      await assert.rejects(other.store.keys('', 1), StoreClosed);
      await assert.rejects(other.store.set(key, versioned('x'), MINUTE), StoreClosed);
      await other.dispose();
    });
  });
}

/** A value that begins with a version newer than `previous`. */
export function versioned(text: string, previous?: Buffer, writer?: number): Buffer {
  return Buffer.concat([nextVersion(previous, writer), Buffer.from(text)]);
}

export function textOf(item: { readonly value: Buffer } | undefined): string | undefined {
  return item?.value.subarray(VERSION_BYTES).toString();
}

export function newKey(): string {
  return `test:${randomBytes(12).toString('base64url')}`;
}

/** Reads, adds one and writes by compare-and-set, as often as it takes. */
export async function countUp(store: Store, key: string): Promise<void> {
  for (;;) {
    const item = await store.get(key);
    assert.ok(item);
    const next = versioned(String(Number(textOf(item)) + 1), item.value);
    assert.ok(compareVersions(next, item.value) > 0);
    if ((await store.set(key, next, MINUTE, item.cas)) === 'stored') return;
  }
}

/** Polls until something is so. The deadline is only there to end a test in which it never will be. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) assert.fail(`did not become true within ${WAIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
