import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPreference, writePreference } from './preferences.ts';
import { TestWindow } from './testing.ts';

test('what somebody chose is there the next time', () => {
  using window = new TestWindow();
  assert.equal(readPreference('tree'), undefined);
  writePreference('tree', '300');
  assert.equal(readPreference('tree'), '300');
  assert.deepEqual([...window.storage!], [['trellis.tree', '300']]);
});

test('a browser that refuses to remember is no fault', () => {
  using window = new TestWindow();
  window.storage = undefined;
  writePreference('tree', '300');
  assert.equal(readPreference('tree'), undefined);
});
