import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentCount } from './recent-count.ts';

const MINUTE_MS = 60_000;

test('what is longer ago than a quarter of an hour is not recent', () => {
  const count = new RecentCount();
  const begin = 1_000_000 * MINUTE_MS;
  assert.equal(count.at(begin), 0);
  for (let minute = 0; minute < 20; minute += 1) {
    count.add(begin + minute * MINUTE_MS);
    count.add(begin + minute * MINUTE_MS + 59_000);
    assert.equal(count.at(begin + minute * MINUTE_MS), Math.min(2 * (minute + 1), 30));
  }
  assert.equal(count.at(begin + 29 * MINUTE_MS), 10);
  assert.equal(count.at(begin + 34 * MINUTE_MS), 0);
  count.add(begin + 3_000 * MINUTE_MS);
  assert.equal(count.at(begin + 3_000 * MINUTE_MS), 1);
});

test('a clock that is set back loses no count and adds none', () => {
  const count = new RecentCount();
  count.add(100 * MINUTE_MS);
  count.add(97 * MINUTE_MS);
  assert.equal(count.at(97 * MINUTE_MS), 2);
  assert.equal(count.at(100 * MINUTE_MS), 2);
  assert.equal(count.at(115 * MINUTE_MS), 0);
});
