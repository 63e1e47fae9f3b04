import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sumOf } from './figures.ts';

test('what one counts and another does not is in the sum of both, whichever comes first', () => {
  assert.deepEqual(sumOf([3, 1, 2], [5, 10]), [5, 11, 2]);
  assert.deepEqual(sumOf([5, 10], [3, 1, 2]), [5, 11, 2]);
});
