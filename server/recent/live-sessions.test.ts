import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { SessionMeter } from './session-meter.ts';
import { RecordingWorld, type TestedProcess } from './testing.ts';

const PREFIX = 's-abcdefghijkl';
const TIMEOUT_MINUTES = 20;
const MINUTE_SLOTS = 6;

function keyOf(number: number, prefix = PREFIX): string {
  return `${prefix}:${hash('sha256', String(number), 'base64url')}`;
}

/** Processes with a container that all of them use. */
function started(count: number) {
  const world = new RecordingWorld();
  world.containers = [{ subject: '9', prefix: PREFIX, timeoutMinutes: TIMEOUT_MINUTES }];
  const all = Array.from({ length: count }, (_, index) => {
    const process = world.start(`p${index}`);
    const meter = new SessionMeter('9', () => []);
    meter.timeoutMinutes = TIMEOUT_MINUTES;
    process.recording.follow(meter);
    return { process, meter };
  });
  const processes = all.map(({ process }) => process);
  return {
    world,
    processes,
    meters: all.map(({ meter }) => meter),
    pass: (minutes: number) => world.pass(minutes * MINUTE_SLOTS, ...processes),
    live: () => liveIn(world, processes[0]!),
  };
}

async function liveIn(world: RecordingWorld, { recording }: TestedProcess): Promise<number | undefined> {
  const { figures } = await recording.past.span(world.now - 30, world.now, world.now);
  return [...figures.values()].at(-1)?.sessions['9'];
}

test('100,000 sessions that three processes use are counted with an error of at most 5 %', async () => {
  const { meters, pass, live } = started(3);
  const spread = 100_000 / TIMEOUT_MINUTES;
  // Each minute others come, and a tenth of them is used by two processes.
  for (let minute = 0; minute < TIMEOUT_MINUTES; minute++) {
    for (let number = minute * spread; number < (minute + 1) * spread; number++) {
      meters[number % 3]!.used(keyOf(number));
      if (number % 10 === 0) meters[(number + 1) % 3]!.used(keyOf(number));
    }
    await pass(1);
  }
  const count = (await live())!;
  assert.ok(Math.abs(count / 100_000 - 1) <= 0.05, `${count}`);
});

test('none, one, ten and a thousand sessions are counted exactly, or nearly so', async () => {
  for (const [count, off] of [
    [0, 0],
    [1, 0],
    [10, 0],
    [1_000, 30],
  ] as const) {
    const { meters, pass, live } = started(2);
    for (let number = 0; number < count; number++) meters[number % 2]!.used(keyOf(number));
    await pass(1);
    assert.ok(Math.abs((await live())! - count) <= off, `${count}: ${await live()}`);
  }
});

test('a session counts for its idle timeout after it was used, and no longer once it ended', async () => {
  const { meters, pass, live } = started(2);
  for (let number = 0; number < 10; number++) meters[0]!.used(keyOf(number));
  await pass(15);
  assert.equal(await live(), 10);
  for (let number = 0; number < 4; number++) meters[1]!.used(keyOf(number));
  meters[1]!.left(keyOf(0));
  await pass(1);
  assert.equal(await live(), 9);
  await pass(8);
  assert.equal(await live(), 3, 'those that were used again');
  await pass(20);
  assert.equal(await live(), 0);
});

test('who ended is taken from those that are there for no longer than it would have counted', async () => {
  const { meters, pass, live } = started(2);
  for (let number = 0; number < 10; number++) meters[0]!.used(keyOf(number));
  await pass(15);
  for (let number = 0; number < 4; number++) meters[1]!.left(keyOf(number));
  for (let number = 10; number < 20; number++) meters[0]!.used(keyOf(number));
  await pass(1);
  assert.equal(await live(), 16);
  await pass(8);
  assert.equal(await live(), 10);
});

test('after another idle timeout was set nobody knows the count, until those used before cannot live any more', async () => {
  const { world, processes, meters, pass, live } = started(2);
  const set = (timeoutMinutes: number) => {
    world.containers = [{ ...world.containers[0]!, timeoutMinutes }];
    for (const meter of meters) meter.timeoutMinutes = timeoutMinutes;
  };
  for (let number = 0; number < 10; number++) meters[0]!.used(keyOf(number));
  await pass(1);
  set(2 * TIMEOUT_MINUTES);
  await pass(1);
  assert.equal(await live(), undefined);
  for (let number = 0; number < 3; number++) meters[1]!.used(keyOf(number));
  await pass(19);
  await processes.shift()!.end();
  await pass(1);
  assert.equal(await liveIn(world, processes[0]!), undefined, 'another recorder knows that, too');
  await pass(4);
  assert.equal(await liveIn(world, processes[0]!), 3);
});

test('once all sessions were ended, their count begins anew', async () => {
  const { world, meters, pass, live } = started(2);
  for (let number = 0; number < 10; number++) meters[0]!.used(keyOf(number));
  await pass(1);
  assert.equal(await live(), 10);
  world.containers = [{ ...world.containers[0]!, prefix: 's-others' }];
  meters[0]!.used(keyOf(1, 's-others'));
  meters[1]!.used(keyOf(2));
  meters[1]!.used(keyOf(3, 's-others'));
  await pass(1);
  assert.equal(await live(), 2);
});

test('what a process that was killed had written still counts', async () => {
  const { world, processes, meters, live } = started(2);
  for (let number = 0; number < 10; number++) meters[1]!.used(keyOf(number));
  await world.pass(2, ...processes);
  processes[1]!.isForgotten();
  await world.pass(4, processes[0]!);
  assert.equal(await live(), 10);
});
