import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { KeyRing } from '../base/key-ring.ts';
import { LocalStore } from '../memcache/local-store.ts';
import type { Store } from '../memcache/store.ts';
import { clusterOf, several } from '../memcache/testing.ts';
import { TypedStore, UnreadableItem } from './typed-store.ts';

const servers = await several(3);
const cluster = clusterOf([servers.all[0]!]);
const copies = clusterOf(servers.all, { replicas: 2 });
after(async () => {
  await Promise.all([cluster.close(), copies.close()]);
  await servers[Symbol.asyncDispose]();
});

let stores = 0;

/** Values under a prefix of their own. */
function valuesIn(store: Store, keyRing: KeyRing | null = KeyRing.random(), prefix = `v-${(stores += 1)}`): TypedStore {
  return new TypedStore({ store, prefix, keyRing, clock: Date.now });
}

const VALUE = { when: new Date(0), list: [1n, undefined, new Map([['a', new Set([NaN])]])], bytes: Buffer.from('x') };

for (const [name, store] of [
  ['process memory', new LocalStore()],
  ['memcached', cluster],
  ['two copies', copies],
] as const) {
  test(`${name}: values of every kind come back as they were, and several at once`, async () => {
    const values = valuesIn(store);
    assert.equal(await values.set('one', VALUE, 60), 'stored');
    assert.deepEqual(await values.get('one'), VALUE);
    await values.set('two', 2, 60);
    assert.deepEqual(
      await values.getMulti(['one', 'none', 'two']),
      new Map<string, unknown>([
        ['one', VALUE],
        ['two', 2],
      ]),
    );
    assert.equal(await values.set('one', 'again', 60), 'stored');
    assert.equal(await values.get('one'), 'again');
  });

  test(`${name}: add, replace, delete, touch and counting do what they say`, async () => {
    const values = valuesIn(store);
    assert.equal(await values.replace('k', 1, 60), 'missing');
    assert.equal(await values.add('k', 1, 60), 'stored');
    assert.equal(await values.add('k', 2, 60), 'exists');
    assert.equal(await values.replace('k', 3, 60), 'stored');
    assert.equal(await values.get('k'), 3);
    assert.deepEqual([await values.touch('k', 60), await values.touch('none', 60)], [true, false]);
    assert.deepEqual([await values.delete('k'), await values.delete('k')], [true, false]);
    assert.equal(await values.get('k'), undefined);
    assert.deepEqual([await values.increment('n', 5, 10, 60), await values.increment('n', 5, 10, 60)], [10, 15]);
  });

  test(`${name}: of 20 who change one value at once by compare-and-set none is lost`, async () => {
    const values = valuesIn(store);
    await values.set('n', 0, 60);
    const add = async () => {
      for (;;) {
        const found = await values.find<number>('n');
        assert.ok(found);
        if ((await values.set('n', found.value + 1, 60, found)) === 'stored') return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, add));
    assert.equal(await values.get('n'), 20);
    const found = await values.find('n');
    await values.set('n', 'newer', 60);
    assert.equal(await values.set('n', 'late', 60, found), 'exists');
    assert.equal(await values.delete('n', found), false);
    assert.equal(await values.get('n'), 'newer');
  });
}

test('what was damaged, moved to another key or sealed by others is refused, and never given as a value', async () => {
  const values = valuesIn(cluster, undefined, 'v-damaged');
  await values.set('mine', 'secret', 60);
  const item = await cluster.get('v-damaged:mine');
  assert.ok(item);
  assert.doesNotMatch(item.value.toString('latin1'), /secret/);
  await cluster.set('v-damaged:other', item.value, 60);
  await assert.rejects(values.get('other'), UnreadableItem);
  const strangers = valuesIn(cluster, undefined, 'v-damaged');
  await assert.rejects(strangers.get('mine'), UnreadableItem);
  let refused = 0;
  for (let at = 0; at < item.value.length; at += 1) {
    const damaged = Buffer.from(item.value);
    damaged[at]! ^= 1;
    await cluster.set('v-damaged:mine', damaged, 60);
    await assert.rejects(values.get('mine'), UnreadableItem);
    refused += 1;
  }
  assert.equal(refused, item.value.length);
});

test('two products with one key each have their own value', async () => {
  const [one, other] = [valuesIn(cluster), valuesIn(cluster)];
  await one.set('k', 1, 60);
  await other.set('k', 2, 60);
  assert.deepEqual([await one.get('k'), await other.get('k')], [1, 2]);
});
