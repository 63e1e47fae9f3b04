import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from './backoff.ts';

test('back-off doubles up to its cap and is spread from half to one and a half', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 40].map((attempt) => backoffMs(attempt, 10, 50, () => 0.5)),
    [10, 20, 40, 50, 50],
  );
  assert.equal(
    backoffMs(0, 10, 50, () => 0),
    5,
  );
  assert.ok(backoffMs(9, 10, 50, () => 0.999) < 75);
});
