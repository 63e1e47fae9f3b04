import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { Sketch } from './sketch.ts';

function keyOf(number: number): string {
  return `s-abcdefghijkl:${hash('sha256', String(number), 'base64url')}`;
}

/** Keys from one number up to another, which is left out. */
function sketchOf(from: number, to: number): Sketch {
  const sketch = new Sketch();
  for (let number = from; number < to; number++) sketch.add(keyOf(number));
  return sketch;
}

test('few keys are counted exactly, or nearly so, and however often each comes', () => {
  for (const count of [0, 1, 2, 10, 30]) assert.equal(Math.round(sketchOf(0, count).estimate), count);
  assert.equal(Math.round(sketchOf(0, 10).unite(sketchOf(0, 10)).estimate), 10);
  for (const count of [100, 1_000]) {
    const error = Math.abs(sketchOf(0, count).estimate / count - 1);
    assert.ok(error < 0.03, `${count}: ${error}`);
  }
});

test('100,000 keys that three processes saw, some of them several, are counted with an error of at most 5 %', () => {
  const [one, two, three] = [sketchOf(0, 50_000), sketchOf(30_000, 80_000), sketchOf(60_000, 100_000)];
  const estimate = one.unite(two).unite(three).estimate;
  const error = Math.abs(estimate / 100_000 - 1);
  assert.ok(error <= 0.05, `${estimate}: ${error}`);
});

test('the error stays small at every size up to 300,000', () => {
  const sketch = new Sketch();
  let largest = 0;
  for (let count = 1; count <= 300_000; count++) {
    sketch.add(keyOf(count));
    if (count % 5_000 === 0) largest = Math.max(largest, Math.abs(sketch.estimate / count - 1));
  }
  assert.ok(largest <= 0.05, `${largest}`);
});

test('as text it is short while few keys are in it, at most 4 KiB, and says the same', () => {
  for (const [count, most] of [
    [0, 1],
    [10, 31],
    [1_000, 3_001],
    [100_000, 4_097],
  ] as const) {
    const sketch = sketchOf(0, count);
    const text = sketch.toText();
    assert.ok(text.length <= most, `${count}: ${text.length}`);
    assert.equal(Sketch.fromText(text).estimate, sketch.estimate);
  }
});

test('what is no key with a hash is not counted', () => {
  const sketch = new Sketch();
  assert.equal(sketch.add('short'), false);
  assert.equal(sketch.estimate, 0);
});
