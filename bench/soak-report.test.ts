import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, type Sample } from './soak-report.ts';

const stretch = { requests: 6_000, failures: 0, p50Ms: 1, p99Ms: 5 };
const calm: Sample = {
  fault: 'memcached 1 killed, back empty',
  disturbed: stretch,
  calm: stretch,
  heapMb: 20,
  residentMb: 200,
  files: 30,
  resources: 10,
  connections: 9,
};
const samples = Array.from({ length: 6 }, () => calm);
const holds = (changed: readonly Sample[], lost = 0) =>
  boundsOf({ samples: changed, lost, reasons: new Map() }, 6).hold;

test('a soak in which nothing is lost and nothing grows holds its bounds', () => {
  assert.ok(holds(samples));
});

test('one lost increment breaks a bound', () => {
  assert.equal(holds(samples, 1), false);
});

test('a heap that grows by a megabyte in every cycle breaks a bound, one that grew while it warmed up does not', () => {
  assert.equal(holds(samples.map((sample, cycle) => ({ ...sample, heapMb: 20 + cycle }))), false);
  assert.ok(holds([{ ...calm, heapMb: 10 }, ...samples]));
});

test('answers that became slower break a bound, a single slow minute does not', () => {
  const slow = { ...calm, calm: { ...stretch, p99Ms: 100 } };
  assert.ok(holds([...samples, slow]));
  assert.equal(holds([...samples, slow, slow, slow, slow, slow]), false);
});

for (const [what, changed] of [
  ['open files', { files: 50 }],
  ['timers and sockets', { resources: 60 }],
  ['connections to memcached', { connections: 12 }],
  ['failed requests', { calm: { ...stretch, failures: 100 } }],
] as const) {
  test(`${what} at the end break a bound`, () => {
    assert.equal(holds([...samples, { ...calm, ...changed }]), false);
  });
}
