import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, ratesOf } from './history.ts';

const DEADLINE_MS = 10_000;

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, `${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('nothing is sampled before somebody looks, and no more a while after the last look', async () => {
  let taken = 0;
  const history = new History({ take: () => ++taken, everyMs: 2, spanMs: 60_000, restMs: 200 });
  assert.equal(taken, 0);
  assert.deepEqual(
    (await history.look()).map(({ value }) => value),
    [1],
  );
  await until('a second sample', () => taken > 1);
  await until('rest', () => !history.isAwake);
  const atRest = taken;
  const samples = await history.look();
  assert.equal(samples.at(-1)?.value, atRest + 1, 'what was seen before it rested is still there');
  assert.ok(samples.length > 1);
  history.end();
  assert.equal(history.isAwake, false);
});

test('samples that are older than the span are forgotten', async () => {
  let taken = 0;
  const history = new History({ take: () => ++taken, everyMs: 1, spanMs: 30, restMs: 60_000 });
  await history.look();
  await until('many samples', () => taken > 200);
  const samples = await history.look();
  history.end();
  const [first, last] = [samples[0], samples.at(-1)];
  assert.ok(first && last && last.at - first.at <= 30);
});

test('a sample that cannot be taken is a gap, and the next one is taken all the same', async () => {
  let tries = 0;
  const take = () => {
    tries += 1;
    if (tries < 3) throw new Error('nothing to see');
    return tries;
  };
  const history = new History({ take, everyMs: 1, spanMs: 60_000, restMs: 60_000 });
  assert.deepEqual(await history.look(), []);
  await until('a sample', () => tries > 4);
  history.end();
  assert.equal((await history.look())[0]?.value, 3);
  history.end();
});

test('a sample that takes longer than the time between two is waited for, and none is taken beside it', async () => {
  let running = 0;
  let most = 0;
  let taken = 0;
  const take = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running -= 1;
    return ++taken;
  };
  const history = new History({ take, everyMs: 1, spanMs: 60_000, restMs: 60_000 });
  await history.look();
  await until('three samples', () => taken >= 3);
  history.end();
  assert.equal(most, 1);
});

test('a counter becomes rates; where it is not known how it rose, there is none', () => {
  const counter = [
    { at: 0, value: 100 },
    { at: 1_000, value: 150 },
    { at: 2_000, value: 150 },
    { at: 2_500, value: 160 },
    { at: 3_500, value: null },
    { at: 4_500, value: 170 },
    { at: 5_500, value: 4 },
    { at: 6_500, value: 14 },
    { at: 60_000, value: 5_000 },
  ];
  assert.deepEqual(ratesOf(counter, 1_000), [null, 50, 0, 20, null, null, null, 10, null]);
});
