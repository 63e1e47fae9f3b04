import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionLost, REASONS, ServerUnreachable } from '../errors.ts';
import { Health } from './health.ts';

const refused = new ServerUnreachable('a:1', REASONS.refused);
const closed = new ConnectionLost('a:1', REASONS.closed);

test('a server that refuses is down, and probed at intervals that grow to 200 ms at most', () => {
  for (const chance of [0, 0.999]) {
    const health = new Health(
      'a:1',
      () => 5_000,
      () => chance,
    );
    let now = 0;
    const gaps: number[] = [];
    for (let probe = 0; probe < 10; probe++) {
      health.failed(refused, now);
      let gap = 0;
      while (!health.isProbeDue(now + gap)) gap++;
      gaps.push(gap);
      now += gap;
    }
    assert.deepEqual(
      gaps,
      gaps.toSorted((a, b) => a - b),
      'each at least as long as the one before',
    );
    assert.ok((gaps[0] ?? 0) <= 12 && (gaps.at(-1) ?? 0) >= 66 && (gaps.at(-1) ?? 0) <= 200, gaps.join());
    assert.equal(health.state, 'down');
    assert.equal(health.downSince, 5_000);
    assert.equal(health.error, refused);
  }
});

test('one broken connection makes a server suspect, many in a row without an answer make it down', () => {
  const health = new Health('a:1', () => 5_000);
  health.lost(closed, 0);
  assert.equal(health.state, 'suspect');
  for (let loss = 0; loss < 9; loss++) {
    health.opened();
    health.lost(closed, 0);
  }
  assert.equal(health.state, 'suspect');
  health.lost(closed, 0);
  assert.equal(health.state, 'down');
});

test('an answer clears the record; when it had trouble is remembered', () => {
  let now = 5_000;
  const health = new Health('a:1', () => now);
  assert.equal(health.troubledAt, 0);
  for (let loss = 0; loss < 8; loss++) health.lost(closed, 0);
  now = 6_000;
  health.alive();
  assert.equal(health.state, 'up');
  assert.equal(health.downSince, null);
  assert.equal(health.troubledAt, 6_000);
  health.lost(closed, 0);
  assert.equal(health.state, 'suspect', 'counted from the start');
});

test('a verdict is believed for two seconds', () => {
  const health = new Health('a:1', () => 5_000);
  health.failed(refused, 100);
  assert.equal(health.isFresh(2_099), true);
  assert.equal(health.isFresh(2_100), false);
});
