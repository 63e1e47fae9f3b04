import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unavailable } from '../base/errors.ts';
import { BodyRoom } from './body-room.ts';

test('there is room until it is taken, and again once it is given back', () => {
  const room = new BodyRoom(100);
  room.take(60, false);
  room.take(40, false);
  assert.throws(() => room.take(1, false), Unavailable);
  room.give(40);
  room.take(40, false);
});

test('what is small is taken in any case, and counts', () => {
  const room = new BodyRoom(10);
  room.take(20, true);
  room.give(15);
  assert.throws(() => room.take(6, false), Unavailable);
  room.take(5, false);
});

test('whoever finds no room is told when to come back, and so is everybody', () => {
  const full = new BodyRoom(0);
  assert.throws(() => full.take(1, false), { status: 503, retryAfterS: 1, audience: 'anybody' });
});
