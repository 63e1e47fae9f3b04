import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REASONS } from '../../memcache/errors.ts';
import type { ServerStatus } from '../../memcache/store.ts';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { until } from '../../../e2e/support/figures.ts';
import { clusterOf } from '../../memcache/testing.ts';
import { answerFrom, askServers, knownServers, noneWords } from './servers.ts';

test('one missed deadline that is over leaves nothing: once a server answered again, it is known as up', async () => {
  await using memcached = await startMemcached();
  const store = clusterOf([memcached], { timeoutMs: 200 });
  const isUp = async () => (await knownServers(store)).statuses[0]?.up;
  try {
    assert.equal(await isUp(), true);
    await memcached.stop();
    assert.equal((await askServers(store)).statuses[0]?.up, false);
    assert.equal(await isUp(), false);
    memcached.resume();
    await until('it answers', () => answers(store.get('key')));
    assert.equal(await isUp(), true);
    await memcached.stop();
    await assert.rejects(store.get('key'));
    assert.equal(await isUp(), false, 'and the same the other way');
  } finally {
    memcached.resume();
    await store.close();
  }
});

test('a server that was killed since the last look is known as down at once, though nobody used it', async () => {
  const memcached = await startMemcached();
  const store = clusterOf([memcached]);
  try {
    assert.equal((await askServers(store)).statuses[0]?.up, true);
    await memcached.kill();
    await until('its connections broke', async () => store.suspects.length > 0);
    assert.equal((await knownServers(store)).statuses[0]?.up, false);
  } finally {
    await store.close();
  }
});

test('a line that is no server is told so; comments and blank lines are told nothing', () => {
  const { results } = answerFrom(['localhost;11211', '# a comment', ''], [], 1);
  assert.deepEqual(results, [
    { state: 'down', text: 'is not host:port' },
    { state: 'off', text: '' },
    { state: 'off', text: '' },
  ]);
});

test('servers that are not allowed are not said to be silent', () => {
  const status = (error: string) => ({ error }) as ServerStatus;
  const notAllowed = status(REASONS.notAllowed.short);
  assert.match(noneWords([notAllowed, notAllowed]), /^TRELLIS_MEMCACHED_ALLOW does not allow/);
  assert.equal(noneWords([notAllowed, status('refused')]), 'No server answers');
});

function answers(asked: Promise<unknown>): Promise<boolean> {
  return asked.then(
    () => true,
    () => false,
  );
}
