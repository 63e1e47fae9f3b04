import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGone, REASONS, ServerUnreachable, toUnreachable } from './errors.ts';

test('a server is gone where nobody listens or its name is known to be none, and in doubt where it is only silent', () => {
  const codes = ['ECONNREFUSED', 'ENOENT', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET', 'EACCES'];
  const gone = codes.filter((code) => isGone(toUnreachable('a:11211', Object.assign(new Error(code), { code }))));
  assert.deepEqual(gone, ['ECONNREFUSED', 'ENOENT']);
  const lookups = ['ENOTFOUND', 'EAI_AGAIN'].map((code) => {
    const cause = Object.assign(new Error(code), { code });
    return isGone(new ServerUnreachable('a:11211', REASONS.unresolved, { cause }));
  });
  assert.deepEqual(lookups, [true, false]);
});
