import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerStatus } from '../../memcache/store.ts';
import { restartWords } from './restarts.ts';

const NOW = 1_700_000_000_000;
const IT = { up: true, isSeveral: false, restartedAt: null };
const AGO = 8_000;

function words(replicas: number, ...servers: readonly Partial<ServerStatus>[]) {
  const statuses = servers.map((each, index) => ({ ...IT, address: `10.0.0.${index + 1}:11211`, ...each }));
  return restartWords(statuses as ServerStatus[], replicas, NOW).map(({ severity, text }) => `${severity} ${text}`);
}

test('a restart is told with what it means for sessions, by how many copies there are of each', () => {
  const restarted = { restartedAt: NOW - AGO };
  const only = 'warning 10.0.0.1:11211 was restarted 8 s ago; the sessions that only it kept are gone.';
  assert.deepEqual(words(1, restarted, {}), [only]);
  assert.deepEqual(words(2, restarted), [only], 'of one server there is one copy');
  assert.deepEqual(words(2, restarted, {}), [
    'info 10.0.0.1:11211 was restarted 8 s ago; its sessions come from their copies on the other servers, and are copied to it again as they are used.',
  ]);
  const both = 'sessions that had no copy on another server by then are gone.';
  assert.deepEqual(words(2, restarted, restarted, {}), [
    `warning 10.0.0.1:11211 was restarted 8 s ago; ${both}`,
    `warning 10.0.0.2:11211 was restarted 8 s ago; ${both}`,
  ]);
});

test('it is told for ten minutes, of a server that answers, and of none that is one of several at its address', () => {
  assert.deepEqual(words(1, {}), []);
  assert.equal(words(1, { restartedAt: NOW - 10 * 60_000 + 1 }).length, 1);
  assert.deepEqual(words(1, { restartedAt: NOW - 10 * 60_000 }), []);
  assert.deepEqual(words(1, { restartedAt: NOW, up: false }), []);
  assert.deepEqual(words(1, { restartedAt: NOW, isSeveral: true }), []);
});
