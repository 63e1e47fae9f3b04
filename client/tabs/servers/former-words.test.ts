import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormerServerMessage } from '../../../schema/messages/servers.ts';
import { costOf, lossOf, stateOf } from './former-words.ts';

const now = new Date(2026, 10, 30, 14, 0);

function former(state: FormerServerMessage['state'], error: string | null): FormerServerMessage {
  const until = new Date(2026, 10, 30, 14, 20).toISOString();
  return { address: '10.0.0.7:11211', state, error, removed: now.toISOString(), until, text: '' };
}

test('a server that was taken out says what it costs, and until when', () => {
  const silent = former('silent', 'did not answer within 250 ms');
  assert.equal(stateOf(silent), 'Silent, did not answer within 250 ms');
  assert.equal(costOf(silent, 1, now), 'Whoever may have a session there is told so (503) until 14:20.');
  assert.match(costOf(silent, 2, now), /surely on no other server, is told so \(503\) until 14:20/);
  assert.equal(costOf(former('answers', null), 1, now), 'What it holds is found until 14:20.');
  assert.match(costOf(former('gone', 'refused'), 1, now), /holds nothing/);
});

test('the question before forgetting it says what may be lost', () => {
  assert.match(lossOf(former('silent', 'timeout'), 1), /Every session that is still there is lost/);
  assert.match(lossOf(former('silent', 'timeout'), 2), /Every session that is on no other server is lost/);
  assert.match(lossOf(former('gone', 'refused'), 1), /nothing is lost that is not lost already/);
});
