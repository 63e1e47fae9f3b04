import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOfWait, WAITS, waitOf } from './waits.ts';

function waitsOf(all: readonly number[]): number[] {
  const waits = Array.from({ length: WAITS }, () => 0);
  for (const ms of all) waits[placeOfWait(ms)]! += 1;
  return waits;
}

test('of answers from a twentieth of a millisecond to 200 ms, 95 % are told with an error of at most a fifth', () => {
  for (const scale of [0.2, 1, 5, 20, 100, 200]) {
    // Few that are slow, as it is.
    const all = Array.from({ length: 2_000 }, (_, index) => scale * (0.3 + 0.7 * (index / 2_000) ** 6));
    const told = waitOf(0.95, waitsOf(all), Math.max(...all))!;
    const error = Math.abs(told / all.toSorted((one, other) => one - other)[1_900]! - 1);
    assert.ok(error <= 0.2, `${scale}: ${error}`);
  }
});

test('each time is counted where it belongs, however short or long', () => {
  const places = [0, 0.01, 0.0624, 0.0625, 0.09, 0.094, 0.125, 1, 100, 127, 128, 5_000, 1e12].map(placeOfWait);
  assert.deepEqual(places, [0, 0, 0, 1, 1, 2, 3, 9, 22, 22, 23, 23, 23]);
});

test('nobody waited longer than the slowest, and without an answer there is nothing to tell', () => {
  assert.equal(waitOf(0.95, waitsOf([0.02]), 0.02), 0.02);
  assert.equal(waitOf(0.95, waitsOf([900]), 900)! <= 900, true);
  assert.equal(waitOf(0.95, waitsOf([]), 0), undefined);
});
