import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aMinute, byStretch, lastOf, rateText, sumOf, topFor } from './series.ts';

test('a scale ends at a round number above everything on it', () => {
  const tops = [[[0, null]], [[128, 90], [119]], [[7.1]], [[0.03]], [[1000]], [[1001]], [[]]].map((all) =>
    topFor(...all),
  );
  assert.deepEqual(tops, [1, 200, 8, 0.04, 1000, 2000, 1]);
});

test('what is not known stays so: the newest value, a rate a minute, a sum of which nothing is known', () => {
  assert.deepEqual([lastOf([1, 2]), lastOf([1, null]), lastOf([])], [2, undefined, undefined]);
  assert.deepEqual(aMinute([0.5, null]), [30, null]);
  assert.deepEqual(sumOf([1, null, null], [2, 3, null]), [3, 3, null]);
});

test('rates are told to what can be read at a glance', () => {
  assert.deepEqual([0, 0.0333, 2.84, 12, 119.6, 1234.5].map(rateText), ['0', '0.03', '2.8', '12', '120', '1,235']);
});

test('minutes are the mean of a rate and the last of a level, the newest first', () => {
  const times = ['10:00:40', '10:00:50', '10:01:00', '10:01:10'].map((time) => `2026-11-24T${time}.000Z`);
  const minutes = byStretch({ times, everyS: 10 }, [
    { values: [null, 4, 10, 20], gathering: 'mean' },
    { values: [5, 6, null, null], gathering: 'last' },
  ]);
  assert.deepEqual(
    minutes.map(({ at, values }) => [new Date(at).toISOString().slice(11, 16), ...values]),
    [
      ['10:01', 15, null],
      ['10:00', 4, 6],
    ],
  );
});
