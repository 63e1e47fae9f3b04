import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNTED, type Counted, type StatisticsMessage } from '../../../schema/endpoints/statistics.ts';
import { countedRows, hasCounted, statisticsCharts } from './counted.ts';

test('everything that is counted has its row, with what it means, its rate a minute and its sum', () => {
  const rows = countedRows(
    message({ reads: { total: 30, rates: [null, 0.5] }, errors: { total: 2, rates: [null, 0] } }),
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    COUNTED,
  );
  assert.ok(rows.every(({ label, meaning }) => label !== '' && meaning.endsWith('.')));
  const [reads, errors] = ['reads', 'errors'].map((name) => rows.find((row) => row.name === name));
  assert.deepEqual([reads?.total, reads?.aMinute, reads?.isTrouble], [30, 30, false]);
  assert.deepEqual([errors?.total, errors?.aMinute, errors?.isTrouble], [2, 0, true]);
});

test('nothing counted is told from something', () => {
  assert.equal(hasCounted(message({})), false);
  assert.equal(hasCounted(message({ merged: { total: 1, rates: [] } })), true);
});

test('conflicts of one key are drawn as one line, whatever rule settled them', () => {
  const charts = statisticsCharts(
    message({
      sameKeyRerun: { total: 1, rates: [null, 1] },
      sameKeyNewest: { total: 1, rates: [null, 2] },
      sameKeyFailed: { total: 1, rates: [null, 3] },
    }),
  );
  const line = charts.flatMap(({ lines }) => lines).find(({ label }) => label === 'Same key');
  assert.deepEqual([line?.unit, line?.values, line?.top], ['a minute', [null, 360], 400]);
});

type Given = Partial<Record<Counted, { readonly total: number; readonly rates: readonly (number | null)[] }>>;

function message(given: Given): StatisticsMessage {
  const of = <Value>(pick: (name: Counted) => Value) => Object.fromEntries(COUNTED.map((name) => [name, pick(name)]));
  return {
    totals: of((name) => given[name]?.total ?? 0),
    rates: of((name) => given[name]?.rates ?? [null, 0]),
  } as unknown as StatisticsMessage;
}
