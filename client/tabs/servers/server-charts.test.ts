import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecentMark, RecentServer } from '../../../schema/endpoints/recent.ts';
import { marksOf, serverCharts } from './server-charts.ts';

const MIB = 1024 ** 2;
const MOST = 4;

test('each server has its column, all on the same scales, and memory ends at its limit', () => {
  const histories = [history('a:1', { gets: [null, 90] }), history('b:1', { gets: [null, 128] })];
  const columns = serverCharts(histories, MOST);
  assert.deepEqual(
    columns.map(({ name, lines }) => [name, ...lines.map(({ label, top }) => `${label} ${top}`)]),
    [
      ['a:1', 'Gets 200', 'Misses 1', 'Evictions 1', `Memory ${64 * MIB}`],
      ['b:1', 'Gets 200', 'Misses 1', 'Evictions 1', `Memory ${64 * MIB}`],
    ],
  );
});

test('refusals are drawn once there was one, a minute like evictions', () => {
  const [column] = serverCharts([history('a:1', { evictions: [null, 0.5], refusals: [0, 2] })], MOST);
  const figures = column?.lines.map(({ label, values }) => [label, values.at(-1)]);
  assert.deepEqual(figures?.slice(2, 4), [
    ['Evictions', 30],
    ['Refusals', 120],
  ]);
});

test('more servers than fit side by side are drawn together', () => {
  const names = ['a:1', 'b:1', 'c:1', 'd:1', 'e:1'];
  const columns = serverCharts(
    names.map((name) => history(name, { gets: [null, 10] })),
    MOST,
  );
  assert.deepEqual(
    columns.map(({ name }) => name),
    ['All 5 servers'],
  );
  assert.deepEqual(columns[0]?.lines[0]?.values, [null, 50]);
  assert.equal(columns[0]?.lines.at(-1)?.top, 5 * 64 * MIB);
});

test('what went wrong is marked as trouble, and other happenings are marked as well', () => {
  const mark = (kind: RecentMark['kind']) =>
    ({ kind, at: '2026-11-24T10:10:00.000Z', until: null, text: kind, about: 'a:1', by: null }) as const;
  const marks = marksOf({ marks: (['down', 'restarted', 'changed'] as const).map(mark) });
  const at = Date.parse('2026-11-24T10:10:00.000Z');
  assert.deepEqual(marks, [
    { at, text: 'down', isTrouble: true },
    { at, text: 'restarted', isTrouble: true },
    { at, text: 'changed', isTrouble: false },
  ]);
});

function history(address: string, values: Partial<RecentServer>): RecentServer {
  const none = [0, 0];
  return {
    address,
    path: '/mcproxy',
    up: [1, 1],
    gets: none,
    misses: none,
    evictions: none,
    refusals: none,
    bytes: none,
    limitBytes: [64 * MIB, null],
    ...values,
  };
}
