import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overLimit } from './sizes.ts';

test('a size over its limit is told with it, by the byte where they look alike', () => {
  assert.equal(overLimit(70 * 1024 ** 2, 64 * 1024 ** 2), '70 MiB; at most 64 MiB');
  assert.equal(overLimit(64 * 1024 ** 2 + 1, 64 * 1024 ** 2), '67108865 B; at most 67108864 B');
});
