import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasSomebodyDone, noticeDeeds } from './presence.ts';
import { TestWindow } from './testing.ts';

test('for five seconds after a deed what is asked may follow from it; a script does no deeds', (t) => {
  using window = new TestWindow();
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 });
  noticeDeeds();
  assert.equal(hasSomebodyDone(), false);
  window.press('a');
  assert.equal(hasSomebodyDone(), false, 'not trusted');
  const shown = () => window.document.dispatchEvent(new Event('visibilitychange'));
  window.document.visibilityState = 'hidden';
  shown();
  assert.equal(hasSomebodyDone(), false);
  window.document.visibilityState = 'visible';
  shown();
  assert.equal(hasSomebodyDone(), true);
  t.mock.timers.tick(4_999);
  assert.equal(hasSomebodyDone(), true);
  t.mock.timers.tick(1);
  assert.equal(hasSomebodyDone(), false);
});
