import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startMemcached, type Memcached } from '../../e2e/support/memcached/memcached.ts';
import { Unavailable } from '../base/errors.ts';
import { clusterOf, several } from '../memcache/testing.ts';
import { sessionContract } from './contract.ts';
import { SessionWorld } from './testing.ts';

const servers = await several(3);
const server = servers.all[0]!;
const cluster = clusterOf([server]);
const copies = clusterOf(servers.all, { replicas: 2 });
after(async () => {
  await Promise.all([cluster.close(), copies.close()]);
  await servers[Symbol.asyncDispose]();
});

sessionContract('in one memcached', async () => cluster);
sessionContract('in two copies on three memcached', async () => copies);

test('a request costs memcached nothing, one command to read, two to change, one to begin', async () => {
  const world = new SessionWorld(cluster);
  const browser = world.browser();
  const cost = async (act: () => Promise<unknown>) => {
    const before = await commands(server);
    await act();
    const now = await commands(server);
    return [now.get - before.get, now.set - before.set];
  };
  assert.deepEqual(await cost(() => world.browser().transaction().commit()), [0, 0]);
  assert.deepEqual(await cost(() => world.browser().request((session) => session.get('n'))), [0, 0]);
  assert.deepEqual(await cost(() => browser.request((session) => session.set('n', [1]))), [0, 1]);
  assert.deepEqual(await cost(() => browser.request((session) => session.get('n'))), [1, 0]);
  assert.deepEqual(await cost(() => browser.request((session) => session.set('n', [1]))), [1, 0]);
  assert.deepEqual(await cost(() => browser.request((session) => session.set('n', [2]))), [1, 1]);
  world.now += world.settings.resolutionSeconds * 1_000;
  assert.deepEqual(await cost(() => browser.request((session) => session.get('n'))), [1, 1]);
  assert.deepEqual(await cost(() => browser.request((session) => session.get('n'))), [1, 0]);
});

test('no key and no value gives away a browser id, and nothing can be read without the key ring', async () => {
  await using own = await startMemcached();
  const store = clusterOf([own]);
  const browser = new SessionWorld(store).browser();
  await browser.request((session) => session.set('name', 'recognisable'));
  const [key] = await own.keys();
  assert.match(key!, /^s-[\w-]{12}:[\w-]{43}$/);
  const raw = (await store.get(key!))!.value.toString('latin1');
  for (const secret of [browser.browserId!, 'recognisable', 'name', '127.0.0.1'])
    assert.ok(!(key! + raw).includes(secret));
  await store.close();
});

test('while memcached is down or frozen who needs a session is told so, and it works again afterwards', async () => {
  await using first = await startMemcached();
  const store = clusterOf([first]);
  const world = new SessionWorld(store);
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  const late = browser.transaction();
  (await late.open(world.container)).set('n', 2);
  await first.stop();
  await refused(() => browser.request((session) => session.get('n')));
  await refused(() => late.commit());
  assert.equal(late.setCookies[0], undefined);
  const newcomer = world.browser();
  await refused(() => newcomer.request((session) => session.set('n', 1)));
  assert.equal(newcomer.cookieHeader, undefined);
  assert.equal(await newcomer.request((session) => session.get('n')), undefined);
  first.resume();
  await eventually(() => browser.request((session) => session.get('n')));
  await first.kill();
  await refused(() => browser.request((session) => session.get('n')));
  await using second = await startMemcached({ port: first.port });
  await eventually(() => browser.request((session) => session.set('n', 3)));
  assert.equal(await eventually(() => browser.request((session) => session.get('n'))), 3);
  assert.equal((await second.keys()).length, 1);
  await store.close();
});

test('a session that only cannot be touched is still read', async () => {
  await using own = await startMemcached();
  const store = clusterOf([own]);
  const world = new SessionWorld(store);
  const browser = world.browser();
  await browser.request((session) => session.set('n', 1));
  world.now += world.settings.resolutionSeconds * 1_000;
  const transaction = browser.transaction();
  assert.equal((await transaction.open(world.container)).get('n'), 1);
  await own.stop();
  await transaction.commit();
  own.resume();
  await store.close();
});

async function refused(act: () => Promise<unknown>): Promise<void> {
  await assert.rejects(act(), Unavailable);
}

async function eventually<Result>(act: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Unavailable) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function commands(from: Memcached): Promise<{ get: number; set: number }> {
  const stats = new Map((await from.ask('stats')).map((line) => line.split(' ').slice(1) as [string, string]));
  return { get: Number(stats.get('cmd_get')), set: Number(stats.get('cmd_set')) };
}
