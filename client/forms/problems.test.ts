import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsByField } from './problems.ts';

test('a problem of one line belongs to the field, and several are said one after the other', () => {
  const problems = problemsByField([
    { pointer: '/id', detail: 'Empty or invalid id specified' },
    { pointer: '/properties/servers/0', detail: 'Line 1: bad.' },
    { pointer: '/properties/servers/2', detail: 'Line 3: bad too.' },
  ]);
  assert.deepEqual(
    [...problems],
    [
      ['id', 'Empty or invalid id specified'],
      ['servers', 'Line 1: bad. Line 3: bad too.'],
    ],
  );
});
