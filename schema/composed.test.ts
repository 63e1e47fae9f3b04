import { test } from 'node:test';
import assert from 'node:assert/strict';
import { composed } from './composed.ts';

test('an accented letter is one character, however it was typed', () => {
  assert.equal(composed('e\u0301'), 'é');
});

test('a text of marks without end takes no time', () => {
  const marks = `a${'\u0315\u0300'.repeat(200_000)}`;
  const started = performance.now();
  assert.equal(composed(marks), marks);
  assert.ok(performance.now() - started < 100);
});
