import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameProblems } from './fields.ts';

test('a name of blanks is none', () => {
  assert.deepEqual([...nameProblems('  ')], [['name', 'A username must be specified']]);
  assert.deepEqual([...nameProblems('anna')], []);
});
