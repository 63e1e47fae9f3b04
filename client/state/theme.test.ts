import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestWindow, mediaQuery } from './testing.ts';

test('the page is as the system has it, until somebody chooses otherwise', async () => {
  using window = new TestWindow();
  const { applyTheme, isDark, setTheme } = await import('./theme.ts');
  const system = mediaQuery('(prefers-color-scheme: dark)');
  const drawn = () => [isDark.get(), ...window.classes];
  applyTheme();
  assert.deepEqual(drawn(), [false, 'wa-light']);
  system.become(true);
  assert.deepEqual(drawn(), [true, 'wa-dark']);
  setTheme('light');
  assert.deepEqual(drawn(), [false, 'wa-light']);
  assert.equal(window.storage?.get('trellis.theme'), 'light');
  setTheme('system');
  assert.deepEqual(drawn(), [true, 'wa-dark']);
});
