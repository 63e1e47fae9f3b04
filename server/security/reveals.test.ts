import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import { Reveals, type RevealRecord } from './reveals.ts';

const DAY_MS = 24 * 60 * 60_000;
const reveal = { by: 'admin', address: '192.0.2.1', key: 'k1', owner: 'anna', item: 'api_token' };

function revealing() {
  const times = { now: Date.UTC(2026, 10, 24) };
  const clock = () => times.now;
  const table = new MemoryStorage({ clock }).tables.keyed<RevealRecord>('reveals');
  return { times, reveals: new Reveals(table, clock) };
}

test('what was revealed at an object is listed newest first, of one session or of all, and of no other object', async () => {
  const { times, reveals } = revealing();
  const [seven, seventy] = [
    { oid: 7, path: '/mcsdc' },
    { oid: 70, path: '/other' },
  ];
  await reveals.record(seven, reveal);
  times.now += 1_000;
  await reveals.record(seven, { ...reveal, key: 'k2', by: 'mary' });
  await reveals.record(seventy, reveal);
  assert.deepEqual(
    (await reveals.of(seven)).map(({ by, key, path, time }) => [by, key, path, time]),
    [
      ['mary', 'k2', '/mcsdc', times.now],
      ['admin', 'k1', '/mcsdc', times.now - 1_000],
    ],
  );
  assert.equal(
    (await reveals.of({ ...seven, path: '/renamed' }, 'k1')).length,
    1,
    'an object keeps its records when it moves',
  );
  assert.deepEqual(await reveals.of({ oid: 8, path: '/x' }), []);
});

test('records of an object in process memory are kept by its path: its number is given away again', async () => {
  const { reveals } = revealing();
  await reveals.record({ oid: -2, path: '/temp_folder/session_data' }, reveal);
  assert.equal((await reveals.of({ oid: -5, path: '/temp_folder/session_data' })).length, 1);
  assert.equal((await reveals.of({ oid: -2, path: '/temp_folder/session_data_2' })).length, 0);
});

test('two reveals in one millisecond are two records, and both go after 400 days', async () => {
  const { times, reveals } = revealing();
  const object = { oid: 7, path: '/mcsdc' };
  for (const item of ['a', 'b']) await reveals.record(object, { ...reveal, item });
  assert.equal((await reveals.of(object)).length, 2);
  times.now += 399 * DAY_MS;
  assert.equal((await reveals.of(object)).length, 2);
  times.now += 2 * DAY_MS;
  assert.equal((await reveals.of(object)).length, 0);
});
