import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Statistics } from './statistics.ts';

test('what was found and what was made is counted by object, with the paths by which it was asked for', () => {
  const statistics = new Statistics(() => 5);
  statistics.miss(7, 0, '/a');
  statistics.hit(7, 0, '/a');
  statistics.hit(7, 0, '/b');
  statistics.miss(8, 0, '/c');
  const { hits, misses, paths, recentHits } = statistics.find(7, 0)!;
  assert.deepEqual([hits, misses, [...paths], recentHits.at(5)], [2, 1, ['/a', '/b'], 2]);
  assert.deepEqual([statistics.totals, statistics.oids(), statistics.since], [{ hits: 2, misses: 2 }, [7, 8], 5]);
});

test('an object that was invalidated is counted from the beginning, and all together go on', () => {
  const statistics = new Statistics(() => 0);
  statistics.hit(7, 0, '/a');
  assert.equal(statistics.find(7, 1), undefined);
  statistics.miss(7, 1, '/a');
  const { hits, misses } = statistics.find(7, 1)!;
  assert.deepEqual([hits, misses, statistics.totals], [0, 1, { hits: 1, misses: 1 }]);
  assert.equal(statistics.find(7, 0), undefined);
});
