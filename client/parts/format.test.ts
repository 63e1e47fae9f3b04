import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge, formatBytes, formatDuration, formatMoment, formatTime, plural } from './format.ts';

test('bytes carry the unit that keeps them short', () => {
  assert.deepEqual([214, 1024, 2150, 1_447_034].map(formatBytes), ['214 B', '1 KiB', '2.1 KiB', '1.38 MiB']);
});

test('durations name their two largest units', () => {
  assert.deepEqual([0, 4, 1196, 3600, 3_564_000].map(formatDuration), ['0 s', '4 s', '19 min 56 s', '1 h', '41 d 6 h']);
});

test('ages are relative for a day and dates after it', () => {
  const now = new Date(2026, 10, 22, 14, 41, 0);
  const ages = [
    new Date(2026, 10, 22, 14, 40, 58),
    new Date(2026, 10, 22, 14, 40, 52),
    new Date(2026, 10, 22, 14, 39, 0),
    new Date(2026, 10, 22, 11, 41, 0),
    new Date(2026, 10, 21, 23, 59, 0),
    new Date(2026, 10, 12, 9, 14, 0),
    new Date(2025, 10, 12, 9, 14, 0),
  ];
  assert.deepEqual(
    ages.map((time) => formatAge(time, now)),
    ['just now', '8 s ago', '2 min ago', '3 h ago', 'yesterday', '12 Nov', '12 Nov 2025'],
  );
});

test('a time of another day carries its day', () => {
  const now = new Date(2026, 10, 22, 14, 41, 0);
  const times = [new Date(2026, 10, 22, 9, 5, 51), new Date(2026, 10, 21, 23, 59, 0)];
  assert.deepEqual(
    times.map((time) => formatTime(time, now)),
    ['09:05:51', '21 Nov, 23:59:00'],
  );
});

test('counts agree with their word', () => {
  assert.deepEqual([plural(1, 'item'), plural(1204, 'entry', 'entries')], ['1 item', '1,204 entries']);
});

test('a moment says the day only where it is another', () => {
  const now = new Date(2026, 10, 22, 14, 39);
  assert.equal(formatMoment(new Date(2026, 10, 22, 9, 5), now), '09:05');
  assert.equal(formatMoment(new Date(2026, 10, 19, 16, 2), now), '19 Nov, 16:02');
  assert.equal(formatMoment(new Date(2025, 10, 12, 9, 14), now), '12 Nov 2025, 09:14');
});
