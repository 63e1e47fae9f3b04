import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import { digestOf, Tally, type Tallied, type TallyRow } from './tally.ts';

const HOUR_MS = 3_600_000;

/** A tally that forgets after an hour, and a clock to be turned by hand. */
function counting() {
  const time = { now: 0 };
  const clock = () => time.now;
  const table = new MemoryStorage({ clock }).tables.keyed<TallyRow>('counts');
  const tallyOf = (name: string) => {
    const tally = new Tally({ name, keptMs: HOUR_MS, clock });
    return {
      read: (key: string) => tally.read(table, key),
      set: (key: string, counted: Tallied) => table.update((rows) => tally.set(rows, key, counted)),
      forget: (key: string) => table.update((rows) => tally.delete(rows, key)),
    };
  };
  return { time, table, tallyOf, ...tallyOf('tries') };
}

test('a count is read as it was set last, until it is forgotten', async () => {
  const { read, set, forget } = counting();
  await set('aa-mary', { count: 1, time: 0 });
  await set('aa-mary', { count: 2, time: 5 });
  await set('aa-olga', { count: 7, time: 6 });
  assert.deepEqual(
    [await read('aa-mary'), await read('aa-olga')],
    [
      { count: 2, time: 5 },
      { count: 7, time: 6 },
    ],
  );
  await forget('aa-mary');
  assert.deepEqual([await read('aa-mary'), await read('aa-olga')], [undefined, { count: 7, time: 6 }]);
});

test('what is older than it is kept counts no more', async () => {
  const { time, read, set } = counting();
  await set('aa', { count: 1, time: 0 });
  time.now = HOUR_MS - 1;
  assert.deepEqual(await read('aa'), { count: 1, time: 0 });
  time.now = HOUR_MS;
  assert.equal(await read('aa'), undefined);
});

test('of too many in one entry the least count makes room, the oldest first, and never the newest', async () => {
  const { read, set } = counting();
  const counts = [
    ['aa-1', 3, 1],
    ['aa-2', 1, 2],
    ['aa-3', 1, 3],
    ['aa-4', 2, 4],
    ['aa-5', 1, 5],
    ['aa-6', 1, 6],
  ] as const;
  const left: string[] = [];
  for (const [key, count, time] of counts) await set(key, { count, time });
  for (const [key] of counts) if ((await read(key)) !== undefined) left.push(key);
  assert.deepEqual(left, ['aa-1', 'aa-4', 'aa-5', 'aa-6']);
});

test('two tallies in one table know nothing of each other', async () => {
  const { read, set, tallyOf } = counting();
  const other = tallyOf('links');
  await set('aa', { count: 1, time: 0 });
  assert.equal(await other.read('aa'), undefined);
  await other.forget('aa');
  assert.deepEqual(await read('aa'), { count: 1, time: 0 });
});

test('an entry in which nothing is left is no longer there', async () => {
  const { table, set, forget } = counting();
  await set('aa', { count: 1, time: 0 });
  await forget('aa');
  assert.deepEqual(await table.entries(), []);
});

test('a digest is the same for the same key and secret, short, and another for any other', () => {
  const digest = digestOf('mary', 'secret');
  assert.equal(digest, digestOf('mary', 'secret'));
  assert.match(digest, /^[\w-]{22}$/);
  for (const other of [digestOf('mary', 'other'), digestOf('olga', 'secret'), digestOf('m'.repeat(9999), 'secret')]) {
    assert.notEqual(other, digest);
    assert.equal(other.length, digest.length);
  }
});
