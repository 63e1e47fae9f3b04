import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listQueryOf } from './list-query.ts';

const FIRST = { column: 'id', order: 'asc' } as const;

function read(search: string) {
  const { filter, sort, order, offset } = listQueryOf(new URLSearchParams(search), FIRST);
  return [filter, sort, order, offset];
}

test('a list whose address says nothing is shown from its beginning, as it is sorted at first', () => {
  assert.deepEqual(read(''), ['', 'id', 'asc', 0]);
});

test('filter, order and page are those of the address', () => {
  assert.deepEqual(read('filter=shop&sort=bytes&order=desc&from=101'), ['shop', 'bytes', 'desc', 100]);
});

test('what cannot be an order or a page is as if it were not there', () => {
  for (const from of ['0', '-5', 'x', '']) assert.deepEqual(read(`order=up&from=${from}`), ['', 'id', 'asc', 0]);
});
