import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LocalStore } from '../../memcache/local-store.ts';
import { SessionRecords } from './records.ts';

const nasty = fc.oneof(
  fc.constantFrom('', ' ', '\0', '\r\nflush_all\r\n', '__proto__', '../..', '%2f', '\ud800', 'ä', 'k'.repeat(300)),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);

test('10,000 nasty browser ids, containers and installations: every key is safe, and no two are alike', () => {
  const keys = new Map<string, string>();
  const store = new LocalStore();
  fc.assert(
    fc.property(nasty, nasty, nasty, fc.nat({ max: 3 }), (installation, container, browserId, generation) => {
      const scope = { installation, container, generation: () => generation };
      const records = new SessionRecords({ store, keyRing: null, scope, onFault: assert.fail });
      const key = records.keyOf(browserId);
      const meant = JSON.stringify([installation, container, browserId, generation]);
      assert.match(key, /^[A-Za-z0-9:_-]{1,200}$/);
      assert.ok(key.startsWith(`${records.prefix}:`));
      assert.equal(keys.get(key) ?? meant, meant);
      keys.set(key, meant);
    }),
    { numRuns: 10_000 },
  );
  assert.equal(new Set(keys.values()).size, keys.size);
});
