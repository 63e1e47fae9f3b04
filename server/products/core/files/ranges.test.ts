import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rangeOf } from './ranges.ts';

test('a range names its first and last byte, or only one end', () => {
  const cases: readonly (readonly [string | undefined, ReturnType<typeof rangeOf>])[] = [
    ['bytes=0-0', { from: 0, to: 1 }],
    ['bytes=0-9', { from: 0, to: 10 }],
    ['bytes=5-', { from: 5, to: 10 }],
    ['bytes=-3', { from: 7, to: 10 }],
    ['bytes=-99', { from: 0, to: 10 }],
    ['bytes=9-99', { from: 9, to: 10 }],
    ['Bytes= 2-3 ', { from: 2, to: 4 }],
    ['bytes=10-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=0-1,4-5', 'none'],
    [undefined, 'whole'],
    ['bytes=', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=5-2', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=1-2-3', 'whole'],
    ['bytes=0x1-2', 'whole'],
    ['bytes=99999999999999999999-', 'whole'],
    ['lines=0-1', 'whole'],
  ];
  for (const [header, expected] of cases) assert.deepEqual(rangeOf(header, 10), expected, String(header));
});

test('whatever is asked for, what is given lies within the file', () => {
  const end = fc.oneof(fc.nat(), fc.constant(''), fc.string());
  const header = fc.oneof(
    fc.string(),
    fc.tuple(end, end).map(([from, to]) => `bytes=${from}-${to}`),
  );
  fc.assert(
    fc.property(header, fc.nat(), (asked, size) => {
      const range = rangeOf(asked, size);
      if (typeof range === 'string') return;
      assert.ok(range.from >= 0 && range.from < range.to && range.to <= size, JSON.stringify(range));
    }),
    { numRuns: 5000 },
  );
});
