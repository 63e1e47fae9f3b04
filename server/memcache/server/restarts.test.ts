import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDealer } from '../../../e2e/support/network/connection-dealer.ts';
import { until } from '../../../e2e/support/figures.ts';
import { MemcachedCluster } from '../../../e2e/support/memcached/memcached-cluster.ts';
import { clusterOf } from '../testing.ts';
import { Restarts } from './restarts.ts';

const NOW = 1_700_000_000_000;

function stats(pid: number | undefined, uptime: number): ReadonlyMap<string, string> {
  return new Map([['uptime', String(uptime)], ...(pid === undefined ? [] : [['pid', String(pid)] as const])]);
}

test('a process that was not there before is a restart, and when it began is known', () => {
  const restarts = new Restarts();
  assert.equal(restarts.note(stats(10, 500), NOW), false, 'the first look knows of none before');
  assert.equal(restarts.note(stats(10, 500), NOW), false);
  assert.equal(restarts.note(stats(11, 2), NOW), true);
  assert.equal(restarts.lastAt, NOW - 2_000);
  assert.equal(restarts.note(stats(11, 2), NOW), false, 'said once');
});

test('in a container every process has the same number, and its uptime falls', () => {
  const restarts = new Restarts();
  restarts.note(stats(1, 500), NOW);
  assert.equal(restarts.note(stats(1, 0), NOW), true);
});

test('in a container it is a restart, too, when the new process has come as far as the old one had when it was asked', () => {
  const restarts = new Restarts();
  restarts.note(stats(1, 2), NOW, 0);
  assert.equal(restarts.note(stats(1, 60), NOW, 58_000), false, 'it goes on');
  assert.equal(restarts.note(stats(1, 61), NOW, 600_000), true);
  assert.equal(restarts.lastAt, NOW - 61_000);
});

test('another process that has been up for longer is another of several servers, and none was restarted', () => {
  const restarts = new Restarts();
  restarts.note(stats(10, 500), NOW);
  assert.equal(restarts.note(stats(11, 300), NOW), false);
  assert.equal(restarts.note(new Map(), NOW), false, 'nor what says nothing');
  assert.equal(restarts.lastAt, null);
});

test('a store knows by its own connections that a server was restarted, though nobody asked before', async () => {
  await using servers = await MemcachedCluster.start(2);
  const warnings: unknown[] = [];
  const log = { info: () => undefined, warn: (...all: readonly unknown[]) => void warnings.push(all) };
  const store = clusterOf(servers.all, { watches: true, log });
  await Promise.all(Array.from({ length: 20 }, (_, index) => store.get(`key${index}`)));
  await servers.kill(1);
  await servers.bringBack(1);
  await until('it is told', async () => {
    const [first, second] = await store.servers();
    assert.equal(first?.restartedAt, null);
    return typeof second?.restartedAt === 'number';
  });
  const told = JSON.stringify(warnings);
  assert.match(told, new RegExp(`${servers.server(1).address}.*A memcached server was restarted`));
  await store.close();
});

test('of an address that leads to several servers, as is known, no restart is told', async () => {
  await using servers = await MemcachedCluster.start(2);
  await using dealer = await startDealer(() => servers.all.map(({ port }) => port));
  const warnings: unknown[] = [];
  const log = { info: () => undefined, warn: (...all: readonly unknown[]) => void warnings.push(all) };
  const store = clusterOf([dealer], { watches: true, log });
  const status = async () => (await store.servers())[0];
  await until('it is known', async () => (await status())?.isSeveral === true);
  await servers.killAll();
  await until('the store knows', async () => (await status())?.up === false);
  await servers.bringAllBack();
  await until('a restart is seen', async () => typeof (await status())?.restartedAt === 'number');
  assert.doesNotMatch(JSON.stringify(warnings), /was restarted/);
  await store.close();
});
