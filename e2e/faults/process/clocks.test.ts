import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoundTripMessage } from '../../../schema/endpoints/round-trip.ts';
import type { ServersMessage } from '../../../schema/endpoints/servers.ts';
import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import { startChaosProxy } from '../../support/network/chaos-proxy.ts';
import { withClockAhead } from '../../support/clock-ahead.ts';
import { startDealer } from '../../support/network/connection-dealer.ts';
import { until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { startSite, startSteppedServer, warningsAt } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';

const HOUR_MS = 60 * 60_000;
const QUICK = { TRELLIS_HEARTBEAT_SECONDS: '1' };
const TIME = String.raw`(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d`;

test('a process whose clock is off is a warning in each process, wherever sessions are concerned, with both times', async () => {
  await using cluster = await MemcachedCluster.start(1);
  await using folder = await temporaryFolder();
  const data = folder.path;
  await using one = await startSite({ servers: cluster.addresses }, { data, environment: QUICK });
  await using other = await startSteppedServer({ data, environment: QUICK });
  assert.doesNotMatch((await warningsAt(one, '/mcsdc')).join(), /says/);
  for (const hours of [1, -2]) {
    resultOf(await new Visitor(other).visit('/page', `clock ${hours * HOUR_MS}`));
    for (const [site, far] of [
      [one, other],
      [other, one],
    ] as const) {
      const words = new RegExp(`^Process ${far.pid} says ${TIME}, process ${site.pid} ${TIME}: `);
      for (const path of ['/mcproxy', '/mcsdc', '/session_data_manager']) {
        await until(`a warning at ${path}`, async () =>
          (await warningsAt(site, path)).some((text) => words.test(text)),
        );
      }
      await until('a line in the log', async () =>
        new RegExp(`Process ${far.pid} says ${TIME}, this one`).test(site.log()),
      );
    }
  }
  resultOf(await new Visitor(other).visit('/page', `clock ${HOUR_MS}`));
  await until('no warning any more', async () => !(await warningsAt(one, '/mcsdc')).join().includes('says'));
});

test('a memcached whose clock is off is a warning wherever sessions are concerned, though nobody looks at its servers', async () => {
  await using memcached = await startMemcached();
  await using proxy = await startChaosProxy(memcached.port);
  proxy.onAnswer = withClockAhead(-3_600);
  await using site = await startSite({ servers: [proxy.address] });
  const words = new RegExp(`${proxy.address} says ${TIME}, this server ${TIME}`);
  const visitor = new Visitor(site);
  assert.equal((await visitor.post('/page', 'set n 1')).status, 200);
  await until('a line in the log', async () => words.test(site.log()));
  for (const path of ['/mcproxy', '/mcsdc']) {
    await until(`a warning at ${path}`, async () => words.test((await warningsAt(site, path)).join()));
  }
  const { state, text } = await administer<RoundTripMessage>(site.port, '/api/mcsdc/@round-trip', { method: 'POST' });
  assert.equal(state, 'warn');
  assert.match(text, words);
  const chain = await administer<ChainMessage>(site.port, '/api/session_data_manager/@chain');
  assert.deepEqual(chain.boxes.filter(({ text: each }) => each === 'A clock is off').length, 2);
  assert.deepEqual([chain.servers[0]?.state, chain.servers[0]?.text], ['warn', 'its clock is off']);
});

test('an address behind which several memcacheds stand is named where it is typed, saved and used', async () => {
  await using cluster = await MemcachedCluster.start(2);
  await using dealer = await startDealer(() => cluster.all.map(({ port }) => port));
  await using site = await startSite({ servers: [dealer.address] });
  assert.equal((await new Visitor(site).post('/page', 'set n 1')).status, 200);
  const words = new RegExp(`${dealer.address} leads to several memcached servers, .* Name each of them`);
  await until('a line in the log', async () => words.test(site.log()));
  for (const path of ['/mcproxy', '/mcsdc']) assert.match((await warningsAt(site, path)).join(), words);
  const { servers } = await administer<ServersMessage>(site.port, '/api/mcproxy/@servers');
  assert.equal(servers[0]?.isSeveral, true);
  const body = { properties: { servers: [dealer.address, cluster.addresses[0]] } };
  const answer = await administer<Record<string, unknown>>(site.port, '/api/mcproxy/@check', { body });
  assert.match(JSON.stringify(answer), /"warn","text":"leads to several servers: name each of them"/);
  assert.match(JSON.stringify(answer), /"ok","text":"answers in/);
  const trip = await administer<RoundTripMessage>(site.port, '/api/mcsdc/@round-trip', { method: 'POST' });
  assert.notEqual(trip.state, 'ok');
  assert.match(trip.text, words);
});

test('one memcached under two names is a warning where it is typed, saved and used: both copies would go with it', async () => {
  await using cluster = await MemcachedCluster.start(2);
  const [once = '', other = ''] = cluster.addresses;
  const again = once.replace('127.0.0.1', 'localhost');
  assert.notEqual(again, once);
  await using site = await startSite({ servers: [once, other, again], proxy: { replicas: 2 } });
  assert.equal((await new Visitor(site).post('/page', 'set n 1')).status, 200);
  const words = new RegExp(`${once} and ${again} are one memcached server: .* Name it once`);
  await until('a line in the log', async () => words.test(site.log()));
  for (const path of ['/mcproxy', '/mcsdc']) assert.match((await warningsAt(site, path)).join(), words);
  const { servers } = await administer<ServersMessage>(site.port, '/api/mcproxy/@servers');
  assert.deepEqual(
    servers.map(({ sameAs }) => sameAs),
    [null, null, once],
  );
  const body = { properties: { servers: [once, other, again] } };
  const answer = JSON.stringify(await administer(site.port, '/api/mcproxy/@check', { body }));
  assert.ok(answer.includes(`"warn","text":"is the same as ${once}"`), answer);
  assert.equal(answer.split('"ok","text":"answers in').length, 3, answer);
  const trip = await administer<RoundTripMessage>(site.port, '/api/mcsdc/@round-trip', { method: 'POST' });
  assert.equal(trip.state, 'warn');
  assert.match(trip.text, words);
});
