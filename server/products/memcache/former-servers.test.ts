import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseServers } from '../../memcache/server/addresses.ts';
import { openTestInstallation } from '../../testing.ts';
import { ServerUnreachable } from '../../memcache/errors.ts';
import { formerServers, longestLifetimeS, scopeOf } from './former-servers.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

const installation = await openTestInstallation();
after(() => installation[Symbol.asyncDispose]());
const DAY_S = 24 * 60 * 60;

await installation.ask('POST', '/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });

const proxy = async () => (await (await installation.database.open(null)).find('/mcproxy'))!;

async function change(properties: object): Promise<void> {
  const { status, text } = await installation.ask('PATCH', '/api/mcproxy', { body: { properties } });
  assert.equal(status, 200, text);
}

test('every server that was ever named is known with the time it was removed, however many changes came since', async () => {
  const times: number[] = [];
  for (const servers of [['127.0.0.11', '127.0.0.12'], ['127.0.0.12'], ['127.0.0.12', '127.0.0.13'], ['127.0.0.13']]) {
    await change({ servers });
    const object = await proxy();
    const [newest] = await object.tree.revisions(object, 1);
    times.push(newest!.time);
  }
  await change({ timeout_ms: 300 });
  const { former, changedAt } = await formerServers(await proxy(), parseServers(['127.0.0.13']).addresses);
  assert.deepEqual(
    former?.map(({ address, removedAt }) => [address.text, removedAt]),
    [
      ['127.0.0.12:11211', times[3]],
      ['127.0.0.11:11211', times[1]],
    ],
  );
  assert.equal(changedAt, times[3]);
});

test('how many servers keep a copy is a change of the places, too', async () => {
  const changedAt = async () => (await formerServers(await proxy(), parseServers(['127.0.0.13']).addresses)).changedAt!;
  const before = await changedAt();
  await change({ replicas: 2 });
  assert.ok((await changedAt()) > before);
  await change({ replicas: 1 });
  const object = await proxy();
  assert.equal(await changedAt(), (await object.tree.revisions(object, 1))[0]!.time);
});

test('of the servers that were taken out, those where something was stored are asked until they are forgotten', async () => {
  const { serverNotes } = installation.site;
  const asked = async () => {
    const { former } = await formerServers(await proxy(), parseServers(['127.0.0.13']).addresses);
    return former!.filter(({ mayHold }) => mayHold!()).map(({ address }) => address.text);
  };
  assert.deepEqual(await asked(), [], 'nothing was stored anywhere');
  const scope = scopeOf(await proxy());
  for (const address of ['127.0.0.11:11211', '127.0.0.12:11211']) serverNotes.stored(scope, address);
  assert.deepEqual(await asked(), ['127.0.0.12:11211', '127.0.0.11:11211']);
  await serverNotes.forget(scope, '127.0.0.12:11211');
  assert.deepEqual(await asked(), ['127.0.0.11:11211']);
  await change({ servers: ['127.0.0.12', '127.0.0.13'] });
  await change({ servers: ['127.0.0.13'] });
  assert.deepEqual(await asked(), ['127.0.0.12:11211', '127.0.0.11:11211'], 'it was named again since');
});

test('what was stored under another key prefix is not asked for, until the prefix is that one again', async () => {
  const named = async () => {
    const { former } = await formerServers(await proxy(), parseServers(['127.0.0.13']).addresses);
    return former?.map(({ address }) => address.text);
  };
  await change({ prefix: 'other' });
  assert.equal(await named(), undefined);
  const own = installation.site.installation.slice(0, 8);
  await change({ prefix: own });
  assert.deepEqual(await named(), ['127.0.0.12:11211', '127.0.0.11:11211'], 'the default, written out');
  await change({ prefix: '' });
});

test('where notes began only after a server was named, it counts as if something was stored there', async () => {
  const { storage } = installation.database.main;
  const table = await storage.tables.small<number>('memcached servers');
  await table.update((notes) => notes.entries().forEach(([key]) => notes.delete(key)));
  const { former } = await formerServers(await proxy(), parseServers(['127.0.0.13']).addresses);
  assert.deepEqual(
    former?.map(({ mayHold }) => mayHold!()),
    [true, true],
  );
  const { tid } = await storage.refresh();
  await table.update((notes) => notes.set('since', tid));
  assert.equal(former?.[0]?.mayHold!(), true);
  await change({ servers: ['127.0.0.14', '127.0.0.13'] });
  await change({ servers: ['127.0.0.13'] });
  const [newest, ...others] = (await formerServers(await proxy(), parseServers(['127.0.0.13']).addresses)).former!;
  assert.deepEqual([newest?.address.text, newest?.mayHold!()], ['127.0.0.14:11211', false]);
  assert.ok(others.every(({ mayHold }) => mayHold!()));
});

test('a proxy that is just being given its first servers is not said to keep values in the process', async () => {
  const { text } = await installation.ask('POST', '/api/', { body: { type: 'MemCache Proxy', id: 'bare' } });
  assert.match(text, /kept in this process only/);
  const body = { properties: { servers: ['127.0.0.1:1025'] } };
  const changed = await installation.ask('PATCH', '/api/bare', { body });
  assert.doesNotMatch(changed.text, /kept in this process only/);
});

test('something may live as long as the longest timeout of today, or as long as an application or a product said', async () => {
  const add = (type: string, id: string, properties: object) =>
    installation.ask('POST', '/api/', { body: { type, id, properties: { proxy_path: '/mcproxy', ...properties } } });
  assert.equal(await longestLifetimeS(await proxy()), 0, 'nobody keeps anything there');
  await add('MemCache Cache Manager', 'mccache', { max_age_seconds: 7 * DAY_S });
  assert.equal(await longestLifetimeS(await proxy()), 0, 'a page that is kept and gone is made anew');
  await add('MemCache Session Data Container', 'short', { timeout_minutes: 20 });
  await add('MemCache Session Data Container', 'long', { timeout_minutes: 30 * 24 * 60 });
  const longestS = await longestLifetimeS(await proxy());
  assert.ok(longestS > 30 * DAY_S && longestS < 31 * DAY_S, `${longestS}`);
  await installation.ask('PATCH', '/api/long', { body: { properties: { timeout_minutes: 20 } } });
  assert.equal(await longestLifetimeS(await proxy()), 20 * 60 + 20 + 20 + 60);

  const short = (await (await installation.database.open(null)).find('/short'))!;
  const container = (await short.provide(SESSION_CONTAINER)).withTimeoutsIn(() => 24 * 60);
  const session = container.begin('of an application');
  session.set('n', 1);
  await assert.rejects(container.save(session), ServerUnreachable);
  const keptS = await longestLifetimeS(await proxy());
  assert.ok(keptS > DAY_S && keptS < 1.1 * DAY_S, `${keptS}`);

  installation.site.serverNotes.keeps(short.oid, Infinity);
  assert.equal(await longestLifetimeS(await proxy()), 2 ** 32, 'for good, which is noted once');
});
