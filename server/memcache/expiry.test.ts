import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remaining, toExpiry } from './expiry.ts';

const NOW = Date.UTC(2026, 10, 22);
const NOW_S = NOW / 1000;
const MONTH_S = 30 * 24 * 60 * 60;

test('up to 30 days are counted from now, and rounded so that no value ends early', () => {
  assert.deepEqual(toExpiry(0.4, NOW), { expiration: 2, endsAtS: NOW_S + 2 });
  assert.deepEqual(toExpiry(1, NOW), { expiration: 2, endsAtS: NOW_S + 2 });
  assert.deepEqual(toExpiry(59.2, NOW), { expiration: 61, endsAtS: NOW_S + 61 });
  assert.equal(toExpiry(MONTH_S - 1, NOW).expiration, MONTH_S);
});

test('more than 30 days become a date', () => {
  assert.equal(toExpiry(MONTH_S, NOW).expiration, NOW_S + MONTH_S + 1);
  assert.equal(toExpiry(MONTH_S + 1, NOW).expiration, NOW_S + MONTH_S + 2);
  assert.equal(toExpiry(Infinity, NOW).expiration, 0xfffffffe);
});

test('no time left is a date long ago: memcached would read 0 as for ever', () => {
  for (const ttlS of [0, -0, -1, -MONTH_S * 2, NaN, -Infinity])
    assert.equal(toExpiry(ttlS, NOW).expiration, MONTH_S + 1);
});

test('another copy of a value ends when the first does', () => {
  const { endsAtS } = toExpiry(100, NOW);
  assert.deepEqual(remaining(endsAtS, NOW + 60_000), { expiration: 41, endsAtS });
  assert.equal(remaining(endsAtS, NOW + 102_000), undefined);
  assert.equal(remaining(0, NOW), undefined);
  assert.equal(remaining(NOW_S + 2 * MONTH_S, NOW)?.expiration, NOW_S + 2 * MONTH_S);
});
