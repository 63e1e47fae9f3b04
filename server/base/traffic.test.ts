import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Traffic } from './traffic.ts';

test('a flow is what went between two looks: how much a second, how long it took, and what failed', () => {
  const traffic = new Traffic();
  traffic.note(5);
  assert.equal(traffic.look(0), undefined, 'of what was before the first look nobody knows when');
  for (let count = 0; count < 30; count += 1) traffic.note(count % 2 === 0 ? 1 : 3, count < 2);
  assert.deepEqual(traffic.look(3_000), { perSecond: 10, errors: 2, answers: 28, latencyMs: 2 });
  assert.deepEqual(traffic.look(9_000), { perSecond: 30 / 9, errors: 2, answers: 28, latencyMs: 2 });
  assert.deepEqual(
    traffic.look(10_600),
    { perSecond: 0, errors: 0, answers: 0, latencyMs: null },
    'what is older is forgotten',
  );
});

test('however often somebody looks, all see the same seconds', () => {
  const traffic = new Traffic();
  traffic.look(0);
  traffic.note(1);
  assert.equal(traffic.look(500), undefined, 'too short to tell');
  for (let now = 1_000; now <= 10_000; now += 100) traffic.look(now);
  assert.deepEqual(traffic.look(10_000), { perSecond: 0.1, errors: 0, answers: 1, latencyMs: 1 });
});

test('after nobody looked for a while it begins anew', () => {
  const traffic = new Traffic();
  traffic.look(0);
  for (let count = 0; count < 1_000; count += 1) traffic.note(1);
  assert.equal(traffic.look(60_000), undefined);
  traffic.note(1);
  assert.deepEqual(traffic.look(62_000), { perSecond: 0.5, errors: 0, answers: 1, latencyMs: 1 });
});
