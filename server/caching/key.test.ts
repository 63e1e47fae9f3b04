import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyOf } from './key.ts';

test('lists of texts that differ have different keys, wherever their borders are', () => {
  const texts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', ':', '1:', '0:', '1:a', '\0')));
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      assert.equal(keyOf(...one) === keyOf(...other), JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2000 },
  );
  assert.notEqual(keyOf('ab', 'c'), keyOf('a', 'bc'));
  assert.notEqual(keyOf('1:a'), keyOf('a'));
  assert.notEqual(keyOf('', ''), keyOf(''));
});
