import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFrom } from './servers.ts';

test('a line that is no server is told so; comments and blank lines are told nothing', () => {
  const { results } = answerFrom(['localhost;11211', '# a comment', ''], [], 1);
  assert.deepEqual(results, [
    { state: 'down', text: 'is not host:port' },
    { state: 'off', text: '' },
    { state: 'off', text: '' },
  ]);
});
