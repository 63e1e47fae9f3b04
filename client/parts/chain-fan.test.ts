import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fanHeight, fanPath } from './chain-fan.ts';

test('the way to the middle one of three is straight, and those to the others turn', () => {
  assert.equal(fanHeight(3), 110);
  assert.equal(fanPath(1, 3), 'M0 55H20V55H40');
  assert.equal(fanPath(0, 3), 'M0 55H20V23Q20 17 26 17H40');
  assert.equal(fanPath(2, 3), 'M0 55H20V87Q20 93 26 93H40');
});

test('a single end is straight ahead', () => {
  assert.equal(fanPath(0, 1), 'M0 17H20V17H40');
});
