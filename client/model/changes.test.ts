import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announceChange, followChanges } from './changes.ts';

test('whoever shows the tree looks again at each change, until they stop', () => {
  let looks = 0;
  const stop = followChanges(() => (looks += 1));
  announceChange();
  announceChange();
  stop();
  announceChange();
  assert.equal(looks, 2);
});
