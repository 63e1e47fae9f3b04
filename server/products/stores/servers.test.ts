import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REASONS } from '../../memcache/errors.ts';
import type { ServerStatus } from '../../memcache/store.ts';
import { answerFrom, noneWords } from './servers.ts';

test('a line that is no server is told so; comments and blank lines are told nothing', () => {
  const { results } = answerFrom(['localhost;11211', '# a comment', ''], [], 1);
  assert.deepEqual(results, [
    { state: 'down', text: 'is not host:port' },
    { state: 'off', text: '' },
    { state: 'off', text: '' },
  ]);
});

test('servers that are not allowed are not said to be silent', () => {
  const status = (error: string) => ({ error }) as ServerStatus;
  const notAllowed = status(REASONS.notAllowed.short);
  assert.match(noneWords([notAllowed, notAllowed]), /^TRELLIS_MEMCACHED_ALLOW does not allow/);
  assert.equal(noneWords([notAllowed, status('refused')]), 'No server answers');
});
