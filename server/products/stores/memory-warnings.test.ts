import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerStatus } from '../../memcache/store.ts';
import { memoryOf, memoryWarning } from './memory-warnings.ts';

const MIB = 1024 ** 2;

test('a server that pushed items out is evicting, however much room it has now', () => {
  const status = server({ evictions: 1_032, bytes: 1 * MIB });
  assert.equal(memoryOf(status), 'evicting');
  assert.match(memoryWarning(status)?.text ?? '', /1,032 items were pushed out .* Sessions may end early/);
});

test('a server that refused values dropped none, and says who is told so', () => {
  const status = server({ evicts: false, refusals: 40 });
  assert.equal(memoryOf(status), 'refusing');
  assert.match(memoryWarning(status)?.text ?? '', /refused 40 values .* dropped none\. .* \(503\)/);
});

test('from nine tenths on a server is filling, and what comes then depends on -M', () => {
  const states = [57, 58].map((mib) => memoryOf(server({ bytes: mib * MIB })));
  assert.deepEqual(states, ['ok', 'filling']);
  const texts = [true, false].map((evicts) => memoryWarning(server({ bytes: 60 * MIB, evicts }))?.text ?? '');
  assert.match(texts[0] ?? '', /pushes out items/);
  assert.match(texts[1] ?? '', /refuses new sessions \(503\)/);
});

test('of a server that is down, or has no limit, nothing is said', () => {
  const silent = server({ up: false, evictions: null, refusals: null, evicts: null, bytes: null, limitBytes: null });
  assert.deepEqual([silent, server({ bytes: MIB, limitBytes: 0 })].map(memoryWarning), [undefined, undefined]);
});

function server(values: Partial<ServerStatus>): ServerStatus {
  return {
    address: '10.0.0.7:11211',
    up: true,
    latencyMs: 0.3,
    version: '1.6.32',
    uptimeS: 60,
    items: 0,
    bytes: 0,
    limitBytes: 64 * MIB,
    hits: 0,
    misses: 0,
    evictions: 0,
    refusals: 0,
    evicts: true,
    connections: 1,
    clockDifferenceS: 0,
    error: null,
    downSince: null,
    ...values,
  };
}
