import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderInWords, sourceAt } from './words.ts';

test('the foot says in which order the rows are', () => {
  assert.equal(orderInWords('lastSeen', 'desc'), 'last seen first');
  assert.equal(orderInWords('bytes', 'asc'), 'smallest first');
  assert.equal(orderInWords('user', 'desc'), 'by user, backwards');
});

test('the time of the list stands where the first clause of its source ends', () => {
  const source = 'Live walk of 2 servers; may repeat or miss sessions that change meanwhile.';
  assert.equal(
    sourceAt(source, '14:41:02'),
    'Live walk of 2 servers, 14:41:02; may repeat or miss sessions that change meanwhile.',
  );
  assert.equal(sourceAt('All of it; a $& b; c.', '1'), 'All of it, 1; a $& b; c.');
});
