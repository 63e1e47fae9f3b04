import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecentMark, RecentMessage } from '../../../schema/endpoints/recent.ts';
import { healthOf } from './health.ts';
import { lastWords, spanOf, SPANS } from './spans.ts';

const NOW = new Date(2026, 11, 3, 15, 0);
const BEGAN = at(-30 * 24 * 60);

/** So many minutes from now. */
function at(minutes: number): string {
  return new Date(NOW.getTime() + minutes * 60_000).toISOString();
}

type Given = Partial<RecentMessage['totals']> &
  Partial<Pick<RecentMessage, 'marks' | 'unknownS' | 'began' | 'times' | 'from'>>;

function health({ marks = [], unknownS = 0, began = BEGAN, times = [''], from = at(-7 * 24 * 60), ...counted }: Given) {
  const none = { begun: 0, ended: 0, reads: 100, writes: 10, conflicts: 0, refusals: 0, errors: 0, evictions: 0 };
  const recorded = { began, from, times, unknownS, marks, totals: { ...none, ...counted } };
  return healthOf(recorded, spanOf('7d'), NOW);
}

function mark(kind: RecentMark['kind'], from: number, until: number | null = null): RecentMark {
  const about = 'localhost:11211';
  return { kind, at: at(from), until: until === null ? null : at(until), text: '', about, by: null };
}

test('where nothing went wrong, that is said, and over which time', () => {
  const text = 'Sessions were healthy over the last 7 days: no error, no refusal.';
  assert.deepEqual(health({}), { state: 'ok', text });
  assert.equal(health({ from: BEGAN }).text, 'Sessions were healthy since 3 Nov, 15:00: no error, no refusal.');
  const idle = 'No session was used over the last 7 days, and nothing went wrong.';
  assert.deepEqual(health({ reads: 0, writes: 0 }), { state: 'ok', text: idle });
});

test('an outage is told with its server, how long it took and when; several as a sum', () => {
  const tuesday = -2 * 24 * 60 - 58;
  const one = health({ marks: [mark('down', tuesday, tuesday + 2 / 3)] });
  assert.equal(one.state, 'warn');
  assert.match(one.text, /no refusal; localhost:11211 was away for 40 s on Tuesday at 14:02\.$/);
  const two = health({ marks: [mark('down', tuesday, tuesday + 1), mark('down', -10, -9)] });
  assert.match(two.text, /localhost:11211 was away 2 times, 2 min in all, last at 14:50\.$/);
  const now = health({ errors: 12, marks: [mark('down', -58)] });
  assert.deepEqual(now, {
    state: 'down',
    text: 'Sessions were not always healthy over the last 7 days: 12 requests failed; localhost:11211 has not answered since 14:02.',
  });
});

test('what failed, was refused or pushed out is counted, and what nobody knows is said', () => {
  const { state, text } = health({ errors: 1, refusals: 2, evictions: 1_234, unknownS: 190 });
  assert.equal(state, 'warn');
  const words = '1 request failed; 2 changes were refused; 1,234 items were pushed out of memory';
  assert.equal(
    text,
    `Sessions were not always healthy over the last 7 days: ${words}; for 3 min 10 s not everything is known.`,
  );
  assert.doesNotMatch(health({ unknownS: 9 }).text, /known/, 'somebody is always a little late');
});

test('a server that was restarted is told, once where it was away for it; so is a process that was killed', () => {
  assert.match(
    health({ marks: [mark('restarted', -58)] }).text,
    /was restarted at 14:02: what only it kept is gone\.$/,
  );
  assert.doesNotMatch(health({ marks: [mark('down', -59, -58), mark('restarted', -58)] }).text, /restarted/);
  assert.match(health({ marks: [mark('lost', -58)] }).text, /a process ended without a word at 14:02\.$/);
  assert.match(health({ marks: [mark('lost', -90), mark('lost', -58)] }).text, /2 processes .* last at 14:02\.$/);
});

test('before there is a point, it says since when is recorded', () => {
  const text = 'Recording began 20 s ago; the first figures come in 10 s.';
  assert.deepEqual(health({ began: at(-1 / 3), times: [] }), { state: 'off', text });
  assert.match(health({ began: null, times: [] }).text, /^Recording begins now/);
});

test('an address names one of five spans', () => {
  assert.deepEqual(
    SPANS.map(({ id }) => spanOf(id).id),
    ['15m', '1h', '24h', '7d', '30d'],
  );
  assert.deepEqual([spanOf(null).id, spanOf('never').id], ['24h', '24h']);
  assert.deepEqual([lastWords(spanOf('1h')), lastWords(spanOf('7d'))], ['Last hour', 'Last 7 days']);
});
