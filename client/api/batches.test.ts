import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inBatches } from './batches.ts';

const items = Array.from({ length: 25 }, (_, index) => index);

test('many are done so many at a time, and it is told how far it is', async () => {
  const batches: number[] = [];
  const told: number[] = [];
  const work = async (batch: readonly number[]) => batches.push(batch.length);
  assert.deepEqual(await inBatches(items, 10, work, (count) => told.push(count)), { count: 25 });
  assert.deepEqual(
    [batches, told],
    [
      [10, 10, 5],
      [10, 20, 25],
    ],
  );
});

test('what fails ends it, and what was done before is counted', async () => {
  const failure = new Error('no more');
  const work = async (batch: readonly number[]) => {
    if (batch.includes(20)) throw failure;
  };
  assert.deepEqual(await inBatches(items, 10, work), { count: 20, failure });
});

test('whoever stops it stops it after the batch that is under way', async () => {
  const stop = new AbortController();
  const done = await inBatches(items, 10, async () => stop.abort(), undefined, stop.signal);
  assert.deepEqual(done, { count: 10 });
});
