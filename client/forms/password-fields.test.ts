import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordProblems } from './password-fields.ts';

test('a password has to be typed twice, the same', () => {
  assert.deepEqual([...passwordProblems('correct horse', 'correct horse')], []);
  assert.deepEqual(
    [...passwordProblems('correct horse', 'Correct horse')],
    [['confirmation', 'Password and confirmation do not match']],
  );
});

test('a password that is too short and not repeated is told both', () => {
  assert.deepEqual([...passwordProblems('short', 'other').keys()], ['password', 'confirmation']);
  assert.deepEqual([...passwordProblems('short', 'short').keys()], ['password']);
});

test('no password is named before its confirmation', () => {
  assert.deepEqual([...passwordProblems('', 'x')], [['password', 'A password must be specified']]);
});
