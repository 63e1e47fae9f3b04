import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neighbourOf } from './neighbour.ts';

const neighbour = (going: string) => neighbourOf(['a', 'b', 'c', 'd'], new Set(going.split('')));

test('beside rows that go is the first one after them, or else the last one before', () => {
  assert.deepEqual([neighbour('b'), neighbour('ac'), neighbour('d'), neighbour('cd')], ['c', 'd', 'c', 'b']);
});

test('beside what is not there, or all there is, is nothing', () => {
  assert.deepEqual([neighbour('x'), neighbour(''), neighbour('abcd')], [undefined, undefined, undefined]);
});
