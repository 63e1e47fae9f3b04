import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unavailable } from '../base/errors.ts';
import { readyAnswer } from './readiness.ts';

const CHECKS = { one: () => undefined, two: () => 'Two is missing.', three: () => 'Three is, too.' };

test('whoever asks is told every reason not to be ready; which check each is of, only who may see it', async () => {
  await assert.rejects(readyAnswer(CHECKS, false), (error) => {
    assert.ok(error instanceof Unavailable);
    assert.equal(error.message, 'Two is missing. Three is, too.');
    assert.deepEqual(error.members, {});
    return true;
  });
  await assert.rejects(readyAnswer(CHECKS, true), {
    members: {
      checks: [
        { name: 'one', status: 'ok' },
        { name: 'two', status: 'failed', reason: 'Two is missing.' },
        { name: 'three', status: 'failed', reason: 'Three is, too.' },
      ],
    },
  });
});
