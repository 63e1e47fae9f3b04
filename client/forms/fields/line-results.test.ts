import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldResult } from '../../../schema/endpoints/forms.ts';
import { lineStates, problemsByLine, resultsByLine, troubleIn } from './line-results.ts';

const up: FieldResult = { state: 'ok', text: 'answers in 0.3 ms' };
const down: FieldResult = { state: 'down', text: 'does not answer (refused)' };
const silent: FieldResult = { state: 'off', text: '' };

test('what is known of a line stays when another is put above it, and only the new one is being asked', () => {
  const known = resultsByLine(['a:1', 'b:2'], [up, down]);
  const states = lineStates(['c:3', 'a:1', 'b:2', ''], known, true, undefined);
  assert.deepEqual(
    states.map(({ result, isChecking }) => result?.state ?? (isChecking ? 'checking' : 'nothing')),
    ['checking', 'ok', 'down', 'nothing'],
  );
});

test('a comment has no result, and is not being asked once it was answered', () => {
  const [comment] = lineStates(['# spare'], resultsByLine(['# spare'], [silent]), true, undefined);
  assert.equal(comment?.result, undefined);
  assert.equal(comment?.isChecking, false);
});

test('a refusal marks the lines it names, and each says what is wrong with it in place of its answer', () => {
  const lines = ['a:1', 'x;1', '127.0.0.1:80', 'a:1'];
  const error = [
    "Line 2: 'x;1' is not host:port. Write a server as host:port, [IPv6]:port or /path/to.sock.",
    "Line 3: '127.0.0.1:80' is not an allowed address (TRELLIS_MEMCACHED_ALLOW). Whoever runs this server decides.",
    "Line 4: 'a:1' already stands on line 1.",
  ].join('\n');
  const states = lineStates(lines, resultsByLine(lines, [up, down, down, up]), false, error);
  assert.deepEqual(
    states.map(({ result, isWrong }) => [result?.text, isWrong]),
    [
      ['answers in 0.3 ms', false],
      ['is not host:port', true],
      ['is not an allowed address (TRELLIS_MEMCACHED_ALLOW)', true],
      ['already stands on line 1', true],
    ],
  );
  assert.equal(problemsByLine('Deadline 2: no line').size, 0);
  assert.equal(problemsByLine(undefined).size, 0);
});

test('only lines in trouble are said aloud, and a wrong one is left to its error', () => {
  const states = lineStates(
    ['a:1', 'b', 'c:3'],
    resultsByLine(['a:1', 'b', 'c:3'], [up, down, down]),
    false,
    'Line 2: no.',
  );
  assert.equal(troubleIn(states), 'Line 3 does not answer (refused).');
});
