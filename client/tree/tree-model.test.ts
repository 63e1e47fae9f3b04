import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildItem } from '../../schema/endpoints/objects.ts';
import { partsOf } from './tree-model.ts';

const page = (number: number, count = 200): [number, readonly ChildItem[]] => [
  number,
  Array.from({ length: count }, (_, index) => ({ id: `item${number * 200 + index}` }) as ChildItem),
];

const shown = (pages: readonly [number, readonly ChildItem[]][], total: number) =>
  partsOf(new Map(pages), total).flatMap((part) => ('id' in part ? [] : [part]));

test('what is left out of a folder is counted where it is left out, and a page of it is next', () => {
  assert.deepEqual(shown([page(0)], 10_000), [{ count: 9_800, next: 200, page: 1 }]);
  assert.deepEqual(shown([page(0), page(49)], 10_000), [{ count: 9_600, next: 200, page: 1 }]);
  assert.deepEqual(shown([page(0), page(1), page(30)], 10_050), [
    { count: 5_600, next: 200, page: 2 },
    { count: 3_850, next: 200, page: 31 },
  ]);
  assert.deepEqual(shown([page(1)], 250), [{ count: 200, next: 200, page: 0 }]);
});

test('of a folder that is shown whole, nothing is left out', () => {
  assert.deepEqual(shown([page(0, 3)], 3), []);
  assert.deepEqual(shown([page(0, 0)], 0), []);
});
