import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsByField } from './problems.ts';

test('a problem of one line belongs to the field, and several have a line each, in their order', () => {
  const problems = problemsByField([
    { pointer: '/id', detail: 'Empty or invalid id specified' },
    { pointer: '/properties/servers/2', detail: 'Line 3: bad.' },
    { pointer: '/properties/servers/10', detail: 'Line 11: bad.' },
    { pointer: '/properties/servers/0', detail: 'Line 1: bad too.' },
  ]);
  assert.deepEqual(
    [...problems],
    [
      ['id', 'Empty or invalid id specified'],
      ['servers', 'Line 1: bad too.\nLine 3: bad.\nLine 11: bad.'],
    ],
  );
});
