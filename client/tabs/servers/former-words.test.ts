import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormerServerMessage } from '../../../schema/endpoints/servers.ts';
import { lossOf } from './former-words.ts';

const former = (state: FormerServerMessage['state']): FormerServerMessage => ({
  address: '10.0.0.7:11211',
  state,
  error: null,
  removed: '',
  until: '',
  text: '',
});

test('the question before forgetting a server that was taken out says what may be lost', () => {
  assert.match(lossOf(former('silent'), 1), /Every session that is still there is lost/);
  assert.match(lossOf(former('silent'), 2), /Every session that is on no other server is lost/);
  assert.match(lossOf(former('gone'), 1), /nothing is lost that is not lost already/);
});
