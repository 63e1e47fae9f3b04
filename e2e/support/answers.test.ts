import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAnswer } from './answers.ts';

const LIST = '/api/shop/mcsdc/@reveals?key=x';
const reveal = {
  by: 'admin',
  time: '2026-01-02T03:04:05.006Z',
  address: '127.0.0.1',
  key: 'abc',
  owner: null,
  item: 'cart',
};

const told = (change: object, path = LIST) => {
  const answer = { total: 1, reveals: [{ ...reveal, ...change }] };
  return () => checkAnswer('GET', path, { status: 200, text: JSON.stringify(answer) });
};

test('an answer that differs from what its endpoint declares fails the test that asked', () => {
  assert.doesNotThrow(told({}));
  assert.throws(told({ further: 1 }), /otherwise than schema\/endpoints\/ declares/);
  assert.throws(told({ owner: 7 }), /\/reveals\/0\/owner/);
  assert.throws(told({ item: undefined }), /item/);
  assert.throws(told({ time: 'yesterday' }), /date-time/);
  assert.throws(() => checkAnswer('GET', LIST, { status: 204, text: '' }), /no body/);
  assert.throws(
    () => checkAnswer('DELETE', '/api/mcsdc/@sessions/abc', { status: 200, text: '{}' }),
    /none is declared/,
  );
  assert.throws(() => checkAnswer('POST', '/api/mcsdc/@sessions/@end', { status: 200, text: '{}' }), /known/);
});

test('what no endpoint declares, and what is refused, may say what it likes', () => {
  assert.doesNotThrow(told({ further: 1 }, '/api/countdown/@left'));
  assert.doesNotThrow(told({ further: 1 }, '/reveals'));
  assert.doesNotThrow(() => checkAnswer('GET', LIST, { status: 503, text: '{}' }));
});
