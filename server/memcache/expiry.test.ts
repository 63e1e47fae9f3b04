import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toExpiration } from './expiry.ts';

const NOW = Date.UTC(2026, 10, 22);
const MONTH_S = 30 * 24 * 60 * 60;

test('up to 30 days are counted from now, and rounded so that no value ends early', () => {
  assert.equal(toExpiration(0.4, NOW), 2);
  assert.equal(toExpiration(1, NOW), 2);
  assert.equal(toExpiration(59.2, NOW), 61);
  assert.equal(toExpiration(MONTH_S - 1, NOW), MONTH_S);
});

test('more than 30 days become a date', () => {
  assert.equal(toExpiration(MONTH_S, NOW), NOW / 1000 + MONTH_S + 1);
  assert.equal(toExpiration(MONTH_S + 1, NOW), NOW / 1000 + MONTH_S + 2);
  assert.equal(toExpiration(Infinity, NOW), 0xfffffffe);
});

test('no time left is a date long ago: memcached would read 0 as for ever', () => {
  for (const ttlS of [0, -0, -1, -MONTH_S * 2, NaN, -Infinity]) assert.equal(toExpiration(ttlS, NOW), MONTH_S + 1);
});
