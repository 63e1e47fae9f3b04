import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowMessage } from '../../../schema/endpoints/session-chain.ts';
import { flowWords } from './flow-words.ts';

function words(flow: Partial<FlowMessage>): string {
  const { rate, quality } = flowWords({ ...FLOW, ...flow });
  return [rate, ...quality].join(' · ');
}

const FLOW = { of: 'requests', perSecond: 12, errors: 0, answers: 120, latencyMs: 0.42 } as const;

test('a flow is told as how much a second, with errors and how long one takes', () => {
  assert.equal(words({}), '12 req/s · 0 errors · 0.4 ms');
  assert.equal(words({ perSecond: 1_204.4, errors: 1, latencyMs: 250.6 }), '1,204 req/s · 1 error · 251 ms');
  assert.equal(words({ perSecond: 3.44, of: 'operations' }), '3.4 ops/s · 0 errors · 0.4 ms');
  assert.equal(words({ perSecond: 0.02, of: 'reads and writes' }), '0.1 ops/s · 0 errors · 0.4 ms');
});

test('errors warn, and errors alone mean that it is down', () => {
  const states = [{}, { errors: 1 }, { errors: 7, answers: 0 }].map((flow) => flowWords({ ...FLOW, ...flow }).state);
  assert.deepEqual(states, ['ok', 'warn', 'down']);
});

test('while nothing flows that is said, and what is not known yet is no zero', () => {
  assert.equal(words({ perSecond: 0, latencyMs: null }), 'no requests');
  assert.equal(words({ perSecond: null, latencyMs: null }), '– req/s · counting…');
});
