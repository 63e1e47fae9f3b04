import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figures } from './figures.ts';
import { MINUTES, stepFor } from './levels.ts';
import { RecordingWorld, SLOT_S, statusOf } from './testing.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

/** What is known of the container 7, stretch by stretch: how often it was asked, `null` where nobody knows. */
async function asked({ recording }: { recording: RecordingWorldProcess }, from: number, to: number, now = to) {
  const { figures, everyS } = await recording.past.span(from, to, now);
  const known: (number | null)[] = [];
  for (let at = Math.floor(from / everyS) * everyS; at < to; at += everyS) known.push(countIn(figures.get(at)));
  return known;
}
type RecordingWorldProcess = ReturnType<RecordingWorld['start']>['recording'];

function countIn(figures: Figures | undefined): number | null {
  return figures === undefined || figures.knownS === 0 ? null : (figures.counts['7']?.[1] ?? 0);
}

test('what processes and applications count is added up, and nothing counted is zero', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const [one, application] = [world.start('one'), world.start('app', false)];
  await world.pass(2, one, application);
  one.counts.requests += 3;
  application.counts.requests += 4;
  await world.pass(2, one, application);
  assert.deepEqual(await asked(one, from, world.now), [0, 0, 7, 0]);
  assert.deepEqual(await asked(application, from, world.now), [0, 0, 7, 0], 'whoever asks');
});

test('who counts and has not reported makes a gap, until it counts as gone', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const [one, other] = [world.start('one'), world.start('other')];
  await world.pass(2, one, other);
  one.counts.requests += 3;
  await world.pass(4, one);
  other.isForgotten();
  await world.pass(2, one);
  assert.deepEqual(await asked(one, from, world.now), [0, 0, null, null, null, null, null, 0]);
  const { events } = await one.recording.past.span(from, world.now, world.now);
  const lost = events.find((event) => event.kind === 'process' && event.isLost === true);
  assert.equal(lost?.until, from + 20, 'when it signed last');
});

test('a process that begins or ends in good order leaves no gap', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const one = world.start('one');
  await world.pass(2, one);
  world.now += 3;
  const other = world.start('other');
  other.counts.requests += 5;
  world.now -= 3;
  await world.pass(2, one, other);
  other.counts.requests += 2;
  world.now += 3;
  await other.end();
  world.now -= 3;
  await world.pass(2, one);
  assert.deepEqual(await asked(one, from, world.now), [0, 0, 5, 0, 2, 0]);
});

test('there is one recorder; while it is away there is a gap, and another takes its place', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const [one, other] = [world.start('one'), world.start('other')];
  world.servers.set('4', [statusOf('a:1')]);
  await world.pass(2, one, other);
  assert.deepEqual([one.recording.isRecorder, other.recording.isRecorder], [true, false]);
  await world.pass(2, other);
  assert.equal(other.recording.isRecorder, false, 'the recorder still counts as there');
  one.isForgotten();
  await world.pass(2, other);
  assert.equal(other.recording.isRecorder, true);
  assert.deepEqual(await asked(other, from, world.now), [0, 0, null, null, null, 0]);
  const { figures } = await other.recording.past.span(from, world.now, world.now);
  assert.deepEqual(
    Array.from(figures.values(), ({ servers }) => Object.keys(servers).length),
    [1, 1, 0, 0, 1, 1],
  );
});

test('a recorder that ends hands over at once', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const [one, other] = [world.start('one'), world.start('other')];
  await world.pass(2, one, other);
  await one.end();
  await world.pass(2, other);
  assert.deepEqual(await asked(other, from, world.now), [0, 0, 0, 0]);
});

test('what was recorded is there after a restart, with the time between as a gap', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const one = world.start('one');
  one.counts.requests += 3;
  await world.pass(3, one);
  await one.end();
  world.now += 3 * SLOT_S;
  const again = world.start('again');
  await world.pass(1, again);
  assert.deepEqual(await asked(again, from, world.now), [3, 0, 0, 0, null, null, 0]);
});

test('what was not written when a process was killed is lost: less than a heartbeat and a point', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const one = world.start('one');
  await world.pass(2, one);
  one.counts.requests += 1;
  await world.pass(1, one);
  one.isForgotten();
  const again = world.start('again');
  assert.deepEqual(await asked(again, from, world.now), [0, 0, null]);
  await world.pass(2, again);
  const after = await asked(again, from, world.now);
  assert.deepEqual(after, [0, 0, null, null, 0], 'nobody knows what it did in its last ten seconds');
});

test('the past is kept more and more coarsely: seconds for an hour, minutes for a day, ten minutes for 90 days', async () => {
  const world = new RecordingWorld();
  const one = world.start('one');
  const slots = (DAY_S + 2 * HOUR_S) / SLOT_S;
  for (let slot = 0; slot < slots; slot += 6) {
    one.counts.requests += 6;
    await world.pass(6, one);
  }
  const { past } = one.recording;
  const spans = [15 * 60, HOUR_S, DAY_S, 7 * DAY_S].map(async (span) => {
    const { everyS, figures } = await past.span(world.now - span, world.now, world.now);
    const counts = Array.from(figures.values(), countIn);
    const rates = new Set(counts.map((count) => count! / everyS));
    return [everyS, counts.length, ...rates];
  });
  assert.deepEqual(await Promise.all(spans), [
    [10, 90, 0.6, 0],
    [10, 360, 0.6, 0],
    [120, 720, 0.1],
    [600, 156, 0.1],
  ]);
  const rows = await Promise.all(
    ['recent 10 s', 'recent minutes', 'recent ten minutes'].map(
      async (name) => (await world.tables.keyed(name).entries()).length,
    ),
  );
  assert.deepEqual(rows, [359, 1498, 155], 'what is older is forgotten');
});

test('what is more than an hour ago is told in minutes, and in ten minutes after a day, however short the span', () => {
  const now = 1_800_000_000;
  const everyS = (ago: number) => stepFor(now - ago, now - ago + 600, now).everyS;
  assert.deepEqual([HOUR_S + 60, HOUR_S + 61, DAY_S + 60, DAY_S + 61].map(everyS), [10, 60, 60, 600]);
});

test('what others committed after a recorder ended is in the coarser levels, too', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const [one, other] = [world.start('one'), world.start('other')];
  await world.pass(16, one, other);
  other.counts.requests += 5;
  // Until the next minute, so that the newest stretch is not the one that is missing something.
  for (let slot = 0; slot < 3; slot++) {
    world.now += SLOT_S;
    await one.recording.tick();
    await other.recording.tick();
  }
  await one.end();
  await world.pass(60, other);
  const minutes = await other.recording.past.folded(MINUTES, MINUTES, from, from + 300);
  assert.deepEqual(Array.from(minutes.values(), countIn), [0, 0, 5, 0, 0]);
});

test('what was counted over a longer time than ten seconds is a gap', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const one = world.start('one');
  await world.pass(2, one);
  one.counts.requests += 600;
  world.now += 5 * SLOT_S;
  await one.recording.tick();
  one.counts.requests += 1;
  await world.pass(1, one);
  assert.deepEqual(await asked(one, from, world.now), [0, 0, null, null, null, null, null, 1]);
});

test('a process that was taken for lost and signs again goes on, and ends in good order', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const [one, other] = [world.start('one'), world.start('other')];
  await world.pass(2, one, other);
  const held = world.there.pop()!;
  await world.pass(2, one);
  const told = async () => {
    const { events } = await one.recording.past.span(from, world.now, world.now);
    return events.findLast((event) => event.kind === 'process');
  };
  const started = { kind: 'process', at: from, pid: process.pid, isServing: true };
  assert.deepEqual(await told(), { ...started, until: from, isLost: true }, 'when it signed last');
  world.there.push(held);
  await world.pass(2, one, other);
  assert.deepEqual(await told(), started);
  await other.end();
  assert.deepEqual(await told(), { ...started, until: world.now });
});

test('servers are told as rates between two looks, and neither across a restart nor of several behind one address', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const one = world.start('one');
  const restartedAt = (from + 27) * 1000;
  for (const figures of [
    { hits: 10, restartedAt: null },
    { hits: 30, restartedAt: null },
    { hits: 35, restartedAt },
    { hits: 38, restartedAt },
    { hits: 90, restartedAt, isSeveral: true },
  ]) {
    world.servers.set('4', [statusOf('a:1', { misses: 1, ...figures })]);
    await world.pass(1, one);
  }
  const { figures, events } = await one.recording.past.span(from, world.now, world.now);
  const gets = Array.from(figures.values(), ({ servers }) => servers['4 a:1']?.slice(2, 4));
  assert.deepEqual(gets, [
    [0, 0],
    [1, 20],
    [0, 0],
    [1, 3],
    [0, 0],
  ]);
  const restarts = events.filter(({ kind }) => kind === 'restarted');
  assert.deepEqual(
    restarts.map(({ at }) => at),
    [from + 27],
  );
});

test('an outage is one event from its beginning to its end, also where another recorder saw the end', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const [one, other] = [world.start('one'), world.start('other')];
  world.servers.set('4', [statusOf('a:1')]);
  await world.pass(2, one, other);
  world.servers.set('4', [statusOf('a:1', { up: false, downSince: (world.now + 4) * 1000 })]);
  await world.pass(2, one, other);
  await one.end();
  await world.pass(2, other);
  world.servers.set('4', [statusOf('a:1')]);
  await world.pass(2, other);
  const { events } = await other.recording.past.span(from, world.now, world.now);
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'down'),
    [{ kind: 'down', at: from + 24, until: from + 70, server: '4 a:1' }],
  );
});

test('an outage is over once the server, or its store, is taken out; where the store could not be asked it goes on', async () => {
  const world = new RecordingWorld();
  const from = world.now;
  const one = world.start('one');
  const down = statusOf('a:1', { up: false, downSince: from * 1000 });
  world.servers
    .set('4', [down, statusOf('b:1')])
    .set('5', [down])
    .set('6', [down]);
  await world.pass(2, one);
  world.servers
    .set('4', [statusOf('b:1')])
    .set('6', undefined)
    .delete('5');
  await world.pass(2, one);
  const { events } = await one.recording.past.span(from, world.now, world.now);
  const outages = events.flatMap((event) => (event.kind === 'down' ? [[event.server, event.until]] : []));
  assert.deepEqual(outages, [
    ['4 a:1', from + 30],
    ['5 a:1', from + 30],
    ['6 a:1', undefined],
  ]);
});

test('nothing older is asked for than there is, and a span has at most some thousand points', async () => {
  const world = new RecordingWorld();
  const one = world.start('one');
  await world.pass(2, one);
  const { past } = one.recording;
  for (const days of [0.01, 0.5, 1, 7, 30, 90, 1_000]) {
    const span = await past.span(world.now - days * DAY_S, world.now, world.now);
    assert.equal(span.from, world.now - 20, 'when it began');
    assert.ok((span.to - span.from) / span.everyS <= 1_010);
  }
});
