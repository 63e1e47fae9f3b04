import assert from 'node:assert/strict';
import { beforeEach, suite, test } from 'node:test';
import { closeFlash, flash, flashFailure, flashes } from './flash.ts';

const texts = () => flashes.get().map(({ text }) => text);

suite('messages', () => {
  beforeEach(() => flashes.set([]));

  test('three of them are there at once, the newest last', () => {
    for (const text of ['a', 'b', 'c', 'd']) flash(text);
    assert.deepEqual(texts(), ['b', 'c', 'd']);
  });

  test('a sentence that is said again is not there twice', () => {
    flash('a');
    flash('b');
    flash('a');
    assert.deepEqual(texts(), ['b', 'a']);
    flashFailure('a');
    flash('a', 'with trouble');
    assert.deepEqual(texts(), ['a', 'a', 'a']);
  });

  test('one is closed and the others stay', () => {
    flash('a');
    flashFailure('b');
    closeFlash(flashes.get()[0]!);
    assert.deepEqual(flashes.get(), [{ text: 'b', kind: 'failed' }]);
  });
});
