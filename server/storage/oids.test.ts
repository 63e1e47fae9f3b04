import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OidSource } from './oids.ts';

test('oids are different and rise by the millisecond, however many are wanted and wherever the clock goes', () => {
  let now = Date.UTC(2026, 10, 22);
  const source = new OidSource(() => now);
  const seen = new Set<number>();
  let lastMs = 0;
  for (const step of [0, 1, 0, -3_600_000, 5, 1e10]) {
    now += step;
    for (let count = 0; count < 10_000; count++) {
      const oid = source.next();
      assert.ok(Number.isSafeInteger(oid) && Math.floor(oid / 4096) >= lastMs);
      lastMs = Math.floor(oid / 4096);
      seen.add(oid);
    }
  }
  assert.equal(seen.size, 60_000);
});

test('an oid is never that of an object which every tree has, whatever the clock says', () => {
  assert.ok(new OidSource(() => 0).next() >= 4096);
});

test('oids last for another sixty years', () => {
  assert.ok(Number.isSafeInteger(new OidSource(() => Date.UTC(2090, 0, 1)).next()));
});
