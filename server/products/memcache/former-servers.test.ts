import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseServers } from '../../memcache/addresses.ts';
import { openTestInstallation } from '../../testing.ts';
import { formerServers, longestLifetimeS } from './former-servers.ts';

const installation = await openTestInstallation();
after(() => installation[Symbol.asyncDispose]());
const DAY_S = 24 * 60 * 60;

await installation.ask('POST', '/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });

const proxy = async () => (await installation.database.open(null).find('/mcproxy'))!;

async function change(properties: object): Promise<void> {
  const { status, text } = await installation.ask('PATCH', '/api/mcproxy', { body: { properties } });
  assert.equal(status, 200, text);
}

test('every server that was ever named is known with the time it was removed, however many changes came since', async () => {
  const times: number[] = [];
  for (const servers of [['a.invalid', 'b.invalid'], ['b.invalid'], ['b.invalid', 'c.invalid'], ['c.invalid']]) {
    await change({ servers });
    times.push((await proxy()).state.modified);
  }
  await change({ timeout_ms: 300 });
  const { former, changedAt } = await formerServers(await proxy(), parseServers(['c.invalid']).addresses);
  assert.deepEqual(
    former?.map(({ address, removedAt }) => [address.text, removedAt]),
    [
      ['b.invalid:11211', times[3]],
      ['a.invalid:11211', times[1]],
    ],
  );
  assert.equal(changedAt, times[3]);
});

test('the longest lifetime of sessions is that of the container with the longest timeout, and a day at least', async () => {
  assert.equal(await longestLifetimeS(await proxy()), DAY_S);
  for (const [id, timeout_minutes] of [
    ['short', 20],
    ['long', 30 * 24 * 60],
  ] as const) {
    const properties = { proxy_path: '/mcproxy', timeout_minutes };
    await installation.ask('POST', '/api/', { body: { type: 'MemCache Session Data Container', id, properties } });
  }
  const longestS = await longestLifetimeS(await proxy());
  assert.ok(longestS > 30 * DAY_S && longestS < 31 * DAY_S, `${longestS}`);
});
