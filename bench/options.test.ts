import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CannotBench, readOptions } from './options.ts';

const PARTS = ['sessions', 'client'];

test('without arguments every part is measured in five rounds of three seconds', () => {
  const { parts, rounds, seconds, asMarkdown } = readOptions([], PARTS);
  assert.deepEqual({ parts, rounds, seconds, asMarkdown }, { parts: PARTS, rounds: 5, seconds: 3, asMarkdown: false });
});

test('a quick run is one round of one second, unless more is asked for', () => {
  const { parts, rounds, seconds } = readOptions(['client', '--quick', '--rounds=2'], PARTS);
  assert.deepEqual({ parts, rounds, seconds }, { parts: ['client'], rounds: 2, seconds: 1 });
});

for (const [args, says] of [
  [['speed'], /no part "speed".*sessions, client/],
  [['--rounds=0'], /--rounds is "0".*whole number/],
  [['--seconds=soon'], /--seconds is "soon".*whole number/],
  [['--fast'], /'--fast'.*--quick/],
] as const) {
  test(`${args.join()} is refused with a sentence that says what would be right`, () => {
    assert.throws(
      () => readOptions(args, PARTS),
      (error: Error) => error instanceof CannotBench && says.test(error.message),
    );
  });
}
