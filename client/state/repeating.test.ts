import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasEnded } from './ended.ts';
import { Repeating, Ticking } from './repeating.ts';
import { TestHost, TestWindow } from './testing.ts';

test('it is done every so often while its element is on the page', (t) => {
  using _window = new TestWindow();
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const host = new TestHost();
  const times: number[] = [];
  const repeating = new Repeating(host, 1000, () => times.push(Date.now()));
  t.mock.timers.tick(5000);
  host.connect();
  for (let ms = 0; ms < 2500; ms += 100) t.mock.timers.tick(100);
  assert.deepEqual([times, repeating.due], [[6000, 7000], 8000]);
  repeating.restart();
  t.mock.timers.tick(999);
  assert.equal(times.length, 2);
  host.disconnect();
  t.mock.timers.tick(5000);
  assert.equal(times.length, 2);
});

test('a page that nobody looks at rests, and catches up when it is shown', (t) => {
  using window = new TestWindow();
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const host = new TestHost();
  new Ticking(host);
  host.connect();
  window.document.visibilityState = 'hidden';
  window.document.dispatchEvent(new Event('visibilitychange'));
  t.mock.timers.tick(60_000);
  assert.equal(host.updates, 0);
  window.document.visibilityState = 'visible';
  window.document.dispatchEvent(new Event('visibilitychange'));
  t.mock.timers.tick(1);
  assert.equal(host.updates, 1);
  host.disconnect();
});

test('once a session ended nothing is looked at until somebody signs in, but figures count on', (t) => {
  using _window = new TestWindow();
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const host = new TestHost();
  let looks = 0;
  new Repeating(host, 1000, () => (looks += 1));
  new Ticking(host);
  host.connect();
  hasEnded.set(true);
  for (let ms = 0; ms < 2500; ms += 100) t.mock.timers.tick(100);
  assert.deepEqual([looks, host.updates], [0, 2]);
  hasEnded.set(false);
  for (let ms = 0; ms < 1000; ms += 100) t.mock.timers.tick(100);
  assert.equal(looks, 1);
  host.disconnect();
});
