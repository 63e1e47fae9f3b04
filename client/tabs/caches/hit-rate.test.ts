import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CacheRow } from '../../../schema/endpoints/caches.ts';
import { rateText, recentColumns, sorted } from './hit-rate.ts';

function row(path: string, hits: number, misses: number): CacheRow {
  return { path, icon: 'file', hits, recentHits: misses, misses, entries: 1, bytes: 10, views: [path] };
}

test('a hit rate is in per cent with one digit, and nothing where nobody has asked', () => {
  assert.deepEqual([row('/', 0, 0), row('/', 2, 1), row('/', 1, 0), row('/', 0, 5)].map(rateText), [
    '–',
    '66.7 %',
    '100 %',
    '0 %',
  ]);
});

test('rows are sorted by any figure either way, and by path where that is the same', () => {
  const rows = [row('/a', 1, 9), row('/b', 5, 5), row('/c', 5, 0), row('/d', 0, 0)];
  const paths = (sort: string, order: 'asc' | 'desc') => sorted(rows, { sort, order }).map(({ path }) => path);
  assert.deepEqual(paths('hits', 'desc'), ['/b', '/c', '/a', '/d']);
  assert.deepEqual(paths('rate', 'asc'), ['/d', '/a', '/b', '/c']);
  assert.deepEqual(paths('path', 'desc'), ['/d', '/c', '/b', '/a']);
});

test('the hit rate over time is a gap where nobody asked', () => {
  const times = { from: '', to: '', began: null, everyS: 10, times: ['', '', ''] };
  const rest = { since: '', trouble: null, rows: [] };
  const columns = recentColumns({ ...times, ...rest, hits: [null, 3, 0], misses: [null, 1, 0] });
  assert.deepEqual(
    columns.map(({ lines }) => lines.map(({ label, values, top }) => [label, values, top])),
    [[['Hits', [null, 3, 0], 4]], [['Misses', [null, 1, 0], 1]], [['Hit rate', [null, 75, null], 100]]],
  );
});
