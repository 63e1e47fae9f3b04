import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormerStatus } from '../../memcache/store.ts';
import { formerMessage } from './former-words.ts';

const NOW = Date.UTC(2026, 10, 30, 14, 0);
const MINUTE_MS = 60_000;

test('a server that was taken out says what it costs, and for how long', () => {
  const texts = [
    textOf('silent', 'did not answer within 250 ms'),
    textOf('silent', 'did not answer within 250 ms', 2),
    textOf('answers', null),
    textOf('gone', 'refused'),
  ];
  assert.deepEqual(texts, [
    'It was taken out 3 min ago, and is silent (did not answer within 250 ms): whoever may have a session there is told so (503) for another 17 min.',
    'It was taken out 3 min ago, and is silent (did not answer within 250 ms): whoever may have a session there that no other server surely has is told so (503) for another 17 min.',
    'It was taken out 3 min ago, and answers: what is found nowhere else is asked of it for another 17 min.',
    'It was taken out 3 min ago, and is gone (refused): it holds nothing, and nobody waits for it.',
  ]);
});

function textOf(state: FormerStatus['state'], error: string | null, replicas = 1): string {
  const [removedAt, until] = [NOW - 3 * MINUTE_MS, NOW + 17 * MINUTE_MS];
  return formerMessage({ address: '10.0.0.7:11211', state, error, removedAt, until }, replicas, NOW).text;
}
