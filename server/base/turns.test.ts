import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('turns are given in the order they were asked for, one at a time', async () => {
  const turns = new Turns(1_000, 100);
  const order: number[] = [];
  let holders = 0;
  const work = async (_: unknown, index: number) => {
    const release = await turns.take('a');
    assert.equal(++holders, 1);
    await new Promise(setImmediate);
    order.push(index);
    holders--;
    release?.();
  };
  await Promise.all(Array.from({ length: 20 }, work));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.notEqual(turns.tryTake('a'), undefined);
});

test('keys do not wait for each other, and too many waiting are refused', async () => {
  const turns = new Turns(1_000, 1);
  const release = turns.tryTake('a')!;
  assert.notEqual(turns.tryTake('b'), undefined);
  assert.equal(turns.tryTake('a'), undefined);
  const waiting = turns.take('a');
  assert.equal(await turns.take('a'), undefined);
  release();
  release();
  (await waiting)!();
  assert.notEqual(turns.tryTake('a'), undefined);
});

test('who keeps others waiting too long loses the turn', async () => {
  const turns = new Turns(5, 10);
  const late = turns.tryTake('a')!;
  const second = (await turns.take('a'))!;
  late();
  assert.equal(turns.tryTake('a'), undefined);
  second();
  assert.notEqual(turns.tryTake('a'), undefined);
});
