import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerStatus } from '../../memcache/store.ts';
import { silenceCost, visitorsCost } from './silence-cost.ts';

const statuses = (up: number, down: number) =>
  [...Array<boolean>(up).fill(true), ...Array<boolean>(down).fill(false)].map((isUp) => ({ up: isUp }) as ServerStatus);

test('with one copy, as many visitors are without a session as servers are silent', () => {
  assert.deepEqual(
    [statuses(6, 0), statuses(5, 1), statuses(1, 1), statuses(1, 5), statuses(0, 6)].map((all) => visitorsCost(all, 1)),
    [undefined, 'some visitors get 503', 'about half of the visitors get 503', 'most visitors get 503', undefined],
  );
});

test('with more copies, those sessions are lost to visitors whose copies are all silent', () => {
  assert.equal(visitorsCost(statuses(2, 1), 2), 'sessions come from their copies on the others');
  assert.equal(visitorsCost(statuses(2, 2), 2), 'sessions whose 2 copies are all there get 503');
});

test('what is saved with silent servers costs what it says', () => {
  assert.equal(silenceCost(statuses(2, 0), 1), undefined);
  assert.equal(silenceCost(statuses(1, 1), 1), 'sessions whose place is there get 503 until it answers');
  assert.equal(silenceCost(statuses(1, 2), 1), 'sessions whose place is there get 503 until they answer');
  assert.equal(silenceCost(statuses(0, 2), 3), 'whoever needs a session gets 503 until a server answers');
});
