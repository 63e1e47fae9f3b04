import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Observable, Watch } from './observable.ts';
import { TestHost } from './testing.ts';

test('whoever follows a value hears of each other one, and of nothing after they stopped', () => {
  const value = new Observable(1);
  const heard: number[] = [];
  const stop = value.follow((now) => heard.push(now));
  for (const now of [1, 2, 2, 3]) value.set(now);
  stop();
  value.set(4);
  assert.deepEqual([heard, value.get()], [[2, 3], 4]);
});

test('an element is drawn again when a value that it watches changes, as long as it is on the page', () => {
  const [one, other] = [new Observable('a'), new Observable(0)];
  const host = new TestHost();
  new Watch(host, one, other);
  one.set('not yet');
  host.connect();
  one.set('b');
  other.set(1);
  host.disconnect();
  one.set('no more');
  assert.equal(host.updates, 2);
});
