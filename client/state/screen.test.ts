import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestWindow, mediaQuery } from './testing.ts';

test('whether the screen is a phone’s is known as its window changes', async () => {
  using _window = new TestWindow();
  const { isPhone, isWide } = await import('./screen.ts');
  mediaQuery('(width < 640px)').become(true);
  assert.deepEqual([isPhone.get(), isWide.get()], [true, false]);
  mediaQuery('(width < 640px)').become(false);
  mediaQuery('(width >= 1200px)').become(true);
  assert.deepEqual([isPhone.get(), isWide.get()], [false, true]);
});
