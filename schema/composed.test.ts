import { test } from 'node:test';
import assert from 'node:assert/strict';
import { composed } from './composed.ts';

test('an accented letter is one character, however it was typed', () => {
  assert.equal(composed('e\u0301'), 'é');
});

test('a text of marks without end is not composed, which would take for ever', () => {
  const marks = `a${'\u0315\u0300'.repeat(200_000)}`;
  assert.equal(composed(marks), marks);
});
