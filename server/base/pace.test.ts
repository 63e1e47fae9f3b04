import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pace } from './pace.ts';

test('so many go on in each turn of the event loop, in the order they came', async () => {
  const pace = new Pace(2);
  const gone: number[] = [];
  for (const number of [1, 2, 3, 4, 5]) void pace.next().then(() => gone.push(number));
  for (const expected of [
    [1, 2],
    [1, 2, 3, 4],
    [1, 2, 3, 4, 5],
  ]) {
    await nextTurn();
    assert.deepEqual(gone, expected);
  }
  void pace.next().then(() => gone.push(6));
  await nextTurn();
  assert.deepEqual(gone, [1, 2, 3, 4, 5, 6]);
});
