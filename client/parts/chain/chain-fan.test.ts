import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fanHeight, fanPath } from './chain-fan.ts';

test('the way to the middle one of three is straight, and those to the others turn', () => {
  assert.equal(fanHeight([34, 34, 34]), 110);
  assert.equal(fanPath(1, [34, 34, 34]), 'M0 55H20V55H40');
  assert.equal(fanPath(0, [34, 34, 34]), 'M0 55H20V23Q20 17 26 17H40');
  assert.equal(fanPath(2, [34, 34, 34]), 'M0 55H20V87Q20 93 26 93H40');
});

test('an end with a reason below it is taller, and the way leads to its middle', () => {
  assert.equal(fanHeight([52, 34]), 90);
  assert.equal(fanPath(0, [52, 34]), 'M0 45H20V32Q20 26 26 26H40');
  assert.equal(fanPath(1, [52, 34]), 'M0 45H20V67Q20 73 26 73H40');
});

test('a single end is straight ahead', () => {
  assert.equal(fanPath(0, [34]), 'M0 17H20V17H40');
});
