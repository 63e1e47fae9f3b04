import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { TestHost, TestWindow } from './testing.ts';

/** An element with two keys, on the page of the window that is there. */
async function keys() {
  const module = await import('./shortcuts.ts');
  const done: string[] = [];
  const host = new TestHost();
  new module.Shortcuts(host, [
    { key: 'n', label: 'Add', run: () => done.push('n') },
    { key: 'Ctrl+S', label: 'Save', run: () => done.push('save') },
    { key: 'Ctrl+C', label: 'Copy', run: () => done.push('copy') },
  ]);
  host.connect();
  return { ...module, host, done };
}

suite('shortcuts', () => {
  test('a key does what it says while its element is on the page', async () => {
    using window = new TestWindow();
    const { host, done, activeShortcuts } = await keys();
    assert.deepEqual([window.press('n'), window.press('x')], [true, false]);
    assert.deepEqual(window.press('s', undefined, { metaKey: true }), true);
    assert.deepEqual(
      activeShortcuts().map(({ label }) => label),
      ['Add', 'Save', 'Copy'],
    );
    host.disconnect();
    window.press('n');
    assert.deepEqual([done, activeShortcuts()], [['n', 'save'], []]);
  });

  test('what is typed into a field or a dialog, and what the browser copies itself, is left alone', async () => {
    using window = new TestWindow();
    const { host, done } = await keys();
    window.press('n', window.field());
    window.press('n', window.dialog());
    window.press('c', window.field(), { ctrlKey: true });
    window.press('n', undefined, { altKey: true });
    assert.deepEqual(done, []);
    window.press('n', window.field('checkbox'));
    window.press('s', window.field(), { ctrlKey: true });
    assert.deepEqual(done, ['n', 'save']);
    host.disconnect();
  });

  test('keys of one letter can be switched off, and stay so', async () => {
    using window = new TestWindow();
    const { host, done, setSingleKeys } = await keys();
    setSingleKeys(false);
    window.press('n');
    window.press('c', undefined, { ctrlKey: true });
    assert.deepEqual([done, window.storage?.get('trellis.single-keys')], [['copy'], 'off']);
    setSingleKeys(true);
    host.disconnect();
  });
});
