import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { startChaosProxy } from '../../e2e/support/network/chaos-proxy.ts';
import { withClockAhead } from '../../e2e/support/clock-ahead.ts';
import { startDealer } from '../../e2e/support/network/connection-dealer.ts';
import { startMemcached } from '../../e2e/support/memcached/memcached.ts';
import type { Cluster } from '../memcache/cluster/cluster.ts';
import { LocalStore } from '../memcache/local-store.ts';
import { clusterOf, several } from '../memcache/testing.ts';
import { roundTrip, type RoundTrip } from './round-trip.ts';

const DAY_S = 24 * 60 * 60;

function done({ steps }: RoundTrip): readonly string[] {
  return steps.filter(({ isDone }) => isDone).map(({ what, detail }) => `${what}: ${detail}`);
}

test('a probe is written, read back over another connection, and gone afterwards', async () => {
  await using server = await startMemcached();
  const store = clusterOf([server], { prefix: 'here:' });
  const connections = async () => (await server.ask('stats')).find((line) => /total_connections/.test(line));
  await store.get('x');
  const before = Number((await connections())?.split(' ')[2]);
  const trip = await roundTrip(store, 1_280);
  assert.deepEqual(done(trip), [
    `Wrote a probe: to ${server.address}`,
    `Read it back: on another connection, from ${server.address}`,
    'Time to live: 1,280 s, as set',
    'Deleted it: ',
  ]);
  assert.deepEqual([trip.state, trip.text], ['ok', 'Works.']);
  assert.ok(Number((await connections())?.split(' ')[2]) >= before + 2, 'one for the check, one for these figures');
  assert.deepEqual(await server.keys(), []);
  await store.close();
});

test('a lifetime beyond memcached’s 30 days is kept, too', async () => {
  await using server = await startMemcached();
  const store = clusterOf([server]);
  const trip = await roundTrip(store, 400 * DAY_S);
  assert.equal(trip.steps[2]?.detail, '34,560,000 s, as set');
  await store.close();
});

test('with two copies both servers are named; with one of them dead the check says what is missing', async () => {
  await using servers = await several(2);
  const [first, second] = servers.all;
  const store = clusterOf(servers.all, { replicas: 2 });
  const both = await roundTrip(store, 60);
  assert.equal(both.state, 'ok');
  for (const { address } of servers.all) assert.match(both.steps[1]?.detail ?? '', new RegExp(address));
  await second?.kill();
  const one = await roundTrip(store, 60);
  assert.equal(one.state, 'warn');
  assert.equal(one.text, `Works, with 1 of 2 copies: ${second?.address} refused the connection.`);
  assert.match(one.steps[1]?.detail ?? '', new RegExp(`from ${first?.address}$`));
  await store.close();
});

test('a server that is dead is one sentence, with what to do', async () => {
  await using server = await startMemcached();
  await server.kill();
  const store = clusterOf([server]);
  const { state, text, steps } = await roundTrip(store, 60);
  assert.equal(state, 'down');
  assert.match(text, /refused the connection\. Start it, or mend the servers of the proxy\.$/);
  assert.deepEqual(
    steps.map(({ what, isDone }) => [what, isDone]),
    [['Wrote a probe', false]],
  );
  await store.close();
});

test('a server that is full and refuses values is told from one that is dead', async () => {
  await using server = await startMemcached({ args: ['-M', '-m', '2'] });
  const store = clusterOf([server]);
  await fill(store);
  const { state, text } = await roundTrip(store, 60);
  assert.equal(state, 'down');
  assert.match(text, /is full and refuses new values\. Give it more memory \(-m\)\.$/);
  await store.close();
});

/** Until the server says that it is. What it is filled with is as large as a probe: it keeps memory for each size apart. */
async function fill(store: Cluster): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const writes = Array.from({ length: 200 }, () => store.add(`probe-${randomUUID()}`, Buffer.alloc(144), 60));
    const ends = await Promise.allSettled(writes);
    if (ends.some((end) => end.status === 'rejected' && /is full/.test(String(end.reason)))) return;
  }
  assert.fail('the server is not full');
}

test('what is kept in this process is said to be', async () => {
  const store = new LocalStore();
  const trip = await roundTrip(store, 60);
  assert.deepEqual(done(trip), ['Wrote a probe: in this process', 'Read it back: ', 'Deleted it: ']);
  assert.match(trip.text, /^Works\. Sessions are in this process/);
  assert.deepEqual([...store.entries()], []);
});

test('an address behind which several servers stand is named, and not their memory', async () => {
  await using servers = await several(2);
  await using dealer = await startDealer(() => servers.all.map(({ port }) => port));
  const store = clusterOf([dealer]);
  const trip = await roundTrip(store, 60);
  assert.equal(trip.state, 'down');
  assert.match(trip.text, new RegExp(`^${dealer.address} leads to several memcached servers, .* Name each of them`));
  await store.close();
  const inspecting = clusterOf([dealer], { watches: true });
  assert.match((await roundTrip(inspecting, 60)).text, /leads to several/);
  await inspecting.close();
});

test('a memcached whose clock is off is named, with both times', async () => {
  await using server = await startMemcached();
  await using proxy = await startChaosProxy(server.port);
  proxy.onAnswer = withClockAhead(3_600);
  const store = clusterOf([proxy]);
  const { state, text } = await roundTrip(store, 60);
  assert.equal(state, 'warn');
  const [, there = '', here = ''] = /says (\d\d:\d\d:\d\d), this server (\d\d:\d\d:\d\d): /.exec(text) ?? [];
  const secondsOf = (time: string) => time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const differenceS = (secondsOf(there) - secondsOf(here) + 86_400) % 86_400;
  assert.ok(Math.abs(differenceS - 3_600) <= 2, text);
  await store.close();
});
