import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareText, endOfPrefix, fold } from './order.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '𐀀', '\u{10ffff}'), maxLength: 4 }),
);

test('text is compared as SQLite compares it: byte by byte of its UTF-8', () => {
  const sign = Math.sign;
  fc.assert(
    fc.property(text, text, (a, b) => sign(compareText(a, b)) === sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))),
    { numRuns: 10_000 },
  );
});

test('the end of a prefix is above everything that begins with it and not above anything else', () => {
  fc.assert(
    fc.property(text, text, (prefix, other) => {
      const end = endOfPrefix(prefix);
      const isInRange = compareText(other, prefix) >= 0 && (end === undefined || compareText(other, end) < 0);
      assert.equal(isInRange, other.startsWith(prefix));
      assert.ok(end === undefined || compareText(`${prefix}\u{10ffff}\u{10ffff}`, end) < 0);
    }),
    { numRuns: 10_000 },
  );
});

test('folding forgets case, also where small letters have several forms', () => {
  for (const [a, b] of [
    ['ΟΔΟΣ', 'οδος'],
    ['Straße', 'STRASSE'],
    ['Ä', 'A\u0308'],
    ['ﬁ', 'FI'],
  ] as const) {
    assert.equal(fold(a), fold(b));
  }
});
