import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Placement } from './placement.ts';

const NAMES = ['10.0.0.1:11211', '10.0.0.2:11211', '10.0.0.3:11211', '10.0.0.4:11211'];
const KEYS = Array.from({ length: 20_000 }, (_, index) => `key:${index}`);

test('a fourth server takes about a quarter of the keys and moves no other', () => {
  const three = new Placement(NAMES.slice(0, 3));
  const four = new Placement(NAMES);
  const moved = KEYS.filter((key) => three.first(key) !== four.first(key));
  assert.ok(moved.every((key) => four.first(key) === 3));
  assert.ok(Math.abs(moved.length / KEYS.length - 0.25) < 0.02, `${(100 * moved.length) / KEYS.length}% moved`);
});

test('each server is first, second and third for about as many keys', () => {
  const three = new Placement(NAMES.slice(0, 3));
  const orders = Map.groupBy(KEYS, (key) => three.order(key).join());
  assert.equal(orders.size, 6);
  for (const [order, keys] of orders) assert.ok(Math.abs(keys.length / KEYS.length - 1 / 6) < 0.02, order);
});

test('places depend on the names, not on the order they are listed in', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(names, fc.string(), (listed, key) => {
      const reversed = listed.toReversed();
      const order = new Placement(listed).order(key).map((index) => listed[index]);
      assert.deepEqual(
        new Placement(reversed).order(key).map((index) => reversed[index]),
        order,
      );
      assert.equal(listed[new Placement(listed).first(key)], order[0]);
    }),
  );
});

test('without one server the others keep their order', () => {
  const all = new Placement(NAMES);
  const without = new Placement(NAMES.slice(0, 3));
  for (const key of KEYS.slice(0, 500)) {
    assert.deepEqual(
      all.order(key).filter((index) => index !== 3),
      without.order(key),
    );
  }
});
