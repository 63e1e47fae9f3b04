import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from './bounded-map.ts';

test('a bounded map keeps what is asked for and forgets the rest', () => {
  const map = new BoundedMap<number, string>(100);
  map.set(-1, 'kept');
  for (let i = 0; i < 10_000; i++) {
    map.set(i, 'x');
    assert.equal(map.get(-1), 'kept');
  }
  assert.ok(map.keys().length <= 200);
  assert.equal(map.get(0), undefined);
  map.delete(-1);
  assert.equal(map.get(-1), undefined);
});
