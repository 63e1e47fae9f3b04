import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsThatFit, type Column } from './table-columns.ts';

const columns = [column('id', 200, 0), column('title', 150, 3), column('type', 200, 1), column('modified', 120, 2)];

test('a table that is too narrow drops the columns with the highest rank first', () => {
  assert.deepEqual(idsAt(670), ['id', 'title', 'type', 'modified']);
  assert.deepEqual(idsAt(669), ['id', 'type', 'modified']);
  assert.deepEqual(idsAt(519), ['id', 'type']);
});

test('a column of rank 0 stays however narrow the table is', () => {
  assert.deepEqual(idsAt(10), ['id']);
});

test('a column with a short form shrinks instead of going', () => {
  const shrinking = { ...column('modified', 230, 2), short: { width: 120, cell: () => '12 Nov' } };
  const fitting = columnsThatFit([column('id', 200, 0), shrinking], 320);
  assert.deepEqual(
    fitting.map(({ id, width }) => [id, width]),
    [
      ['id', 200],
      ['modified', 120],
    ],
  );
});

function idsAt(width: number): readonly string[] {
  return columnsThatFit(columns, width).map(({ id }) => id);
}

function column(id: string, width: number, rank: number): Column<never> {
  return { id, label: id, cell: () => id, width, rank };
}
