import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiProblem, mayPass } from './request.ts';

test('to try again is offered where no server was reached or it could not just then, and not where it refused', () => {
  const helps = (status: number) => mayPass(new ApiProblem(status, ''));
  assert.deepEqual([0, 401, 408, 429, 500, 502, 503, 504].filter(helps), [0, 401, 408, 429, 500, 502, 503, 504]);
  assert.deepEqual([400, 403, 404, 409, 412, 413, 415, 422].filter(helps), []);
  assert.ok(mayPass(new TypeError('a file of the interface could not be fetched')));
});
