import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { RoundTripMessage } from '../../../schema/endpoints/round-trip.ts';
import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import type { StatisticsMessage } from '../../../schema/endpoints/statistics.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { until } from '../../support/figures.ts';
import { changeProperties, startSite, startSteppedServer, untilServersAreUp } from '../../support/sessions-site.ts';
import { administer, Visitor } from '../../support/applications/visitor.ts';

let memcached = await startMemcached();
const site = await startSite({ servers: [memcached.address] });
after(() => Promise.all([site[Symbol.asyncDispose](), memcached[Symbol.asyncDispose]()]));

function statistics(server: { readonly port: number } = site): Promise<StatisticsMessage> {
  return administer<StatisticsMessage>(server.port, '/api/mcsdc/@statistics');
}

/** What was counted meanwhile, as far as it was anything. */
async function countedDuring(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const { totals: before } = await statistics();
  await act();
  const { totals } = await statistics();
  const names = Object.keys(totals) as (keyof typeof totals)[];
  return Object.fromEntries(
    names.map((name) => [name, totals[name] - before[name]]).filter(([, count]) => count !== 0),
  );
}

test('what requests do to sessions is counted, and requests without a session are not', async () => {
  const visitor = new Visitor(site);
  assert.deepEqual(await countedDuring(() => visitor.visit('/plain')), {});
  assert.deepEqual(await countedDuring(() => visitor.post('/page', 'set n 1')), { writes: 1, begun: 1 });
  assert.deepEqual(await countedDuring(() => visitor.visit('/page', 'get n')), { reads: 1 });
  assert.deepEqual(await countedDuring(() => visitor.post('/page', 'set n 2')), { reads: 1, writes: 1 });
});

test('the chain tells what flows just now on each of its ways: from the second look on, and nothing once it is quiet', async () => {
  const look = () => administer<ChainMessage>(site.port, '/api/session_data_manager/@chain');
  const flowsOf = ({ boxes, servers }: ChainMessage) => [...boxes, ...servers].flatMap(({ flow }) => flow ?? []);
  const first = flowsOf(await look());
  assert.deepEqual(
    first.map(({ of }) => of),
    ['requests', 'reads and writes', 'operations'],
  );
  const visitor = new Visitor(site);
  await visitor.post('/page', 'set n 1');
  await until('all is known', async () => {
    await visitor.visit('/page', 'get n');
    return flowsOf(await look()).every(({ perSecond }) => (perSecond ?? 0) > 0);
  });
  for (const { errors, latencyMs } of flowsOf(await look())) assert.ok(errors === 0 && latencyMs! > 0);
  await until('it is quiet', async () => flowsOf(await look()).every(({ perSecond }) => perSecond === 0));
});

test('requests that change one key at once are counted as conflicts, and as run again', async () => {
  const visitor = new Visitor(site);
  await visitor.post('/page', 'set n 0');
  const counted = await countedDuring(async () => {
    const both = [visitor.post('/page', 'raise n', 'wait 500'), visitor.post('/page', 'raise n', 'wait 500')];
    for (const { status } of await Promise.all(both)) assert.equal(status, 200);
  });
  assert.deepEqual(counted, { reads: 3, writes: 2, sameKeyRerun: 1, reruns: 1 });
});

test('a change that is too large is refused, a store out of reach is an error, and each is counted', async () => {
  const visitor = new Visitor(site);
  assert.deepEqual(await countedDuring(() => visitor.post('/page', 'fill junk 300000')), { refused: 1 });
  await visitor.post('/page', 'set n 1');
  await memcached.kill();
  const counted = await countedDuring(() => visitor.visit('/page', 'get n'));
  assert.deepEqual(counted, { reads: 1, errors: 1 });
  const trip = await administer<RoundTripMessage>(site.port, '/api/mcsdc/@round-trip', { method: 'POST' });
  assert.deepEqual([trip.state, trip.steps.map(({ isDone }) => isDone)], ['down', [false]]);
  memcached = await startMemcached({ port: memcached.port });
  await untilServersAreUp(site);
  await until('all that it kept is counted as lost', async () => {
    const { losses } = await statistics();
    return losses !== null && losses.known > 0 && losses.lost === losses.known;
  });
});

test('what was kept behind another store is not lost where the container leads now', async () => {
  await using other = await startMemcached();
  const properties = { servers: [other.address], timeout_ms: 2_000 };
  await administer(site.port, '/api/', { body: { type: 'MemCache Proxy', id: 'other', properties } });
  const visitor = new Visitor(site);
  await visitor.post('/page', 'set n 1');
  const { totals } = await statistics();
  await changeProperties(site, '/mcsdc', { proxy_path: '/other' });
  await visitor.visit('/page', 'get n');
  const now = await statistics();
  assert.equal(now.totals.reads, totals.reads + 1, 'it was looked for there');
  assert.deepEqual(now.losses, { lost: 0, known: 0 });
  assert.equal(now.totals.lost, totals.lost);
  await changeProperties(site, '/mcsdc', { proxy_path: '/mcproxy' });
});

test('every process sums up for itself, and says so', async () => {
  await using second = await startSteppedServer({ data: site.data });
  const visitor = new Visitor(second);
  const here = await countedDuring(() => visitor.post('/page', 'set n 1'));
  assert.deepEqual(here, {});
  const { totals, unseen, since } = await statistics(second);
  assert.deepEqual([totals.writes, totals.begun], [1, 1]);
  assert.match(
    unseen,
    /^Another process serves this tree: what it did is in charts and rates, and not in these sums\./,
  );
  assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000);
});
