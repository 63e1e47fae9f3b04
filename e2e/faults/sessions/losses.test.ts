import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServersMessage } from '../../../schema/endpoints/servers.ts';
import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import type { StatisticsMessage } from '../../../schema/endpoints/statistics.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';
import { sized, until } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import type { TestServer } from '../../support/server.ts';
import { startSite, startSteppedServer, untilServersAreUp, warningsAt } from '../../support/sessions-site.ts';

const VISITORS = sized(60, 1_000);

test('of one copy the sessions of a server that was killed are counted as lost, exactly those', async (t) => {
  await using servers = await MemcachedCluster.start(2);
  await using site = await startSite({ servers: servers.addresses });
  const visitors = await visitorsOf(site);
  assert.deepEqual(await lossesAt(site), { lost: 0, known: VISITORS });
  const here = (await servers.server(0).keys()).length;
  assert.ok(here > 0 && here < VISITORS, `${here}`);
  await servers.kill(0);
  await servers.bringBack(0);
  await untilServersAreUp(site);
  await untilLost(site, here);
  assert.deepEqual(await lossesAt(site), { lost: here, known: VISITORS });
  let missing = 0;
  for (const visitor of visitors) if (resultOf(await visitor.visit('/page', 'get n')) !== 1) missing += 1;
  assert.equal(missing, here, 'as many as found nothing');
  assert.equal((await statisticsAt(site)).totals.lost, here, 'each is counted once');
  t.diagnostic(`${here} of ${VISITORS} lost`);
});

test('of two copies none is lost with one server; with the second, before the first has its copies back, all are', async (t) => {
  await using servers = await MemcachedCluster.start(2);
  await using site = await startSite({ servers: servers.addresses, proxy: { replicas: 2 } });
  const visitors = await visitorsOf(site);
  await servers.kill(0);
  for (const visitor of visitors) assert.equal(resultOf(await visitor.visit('/page', 'get n')), 1);
  assert.deepEqual(await lossesAt(site), { lost: 0, known: VISITORS });
  await servers.kill(1);
  const refused = await visitors[0]!.visit('/page', 'get n');
  assert.equal(refused.status, 503, 'out of reach is not lost');
  assert.deepEqual(await lossesAt(site), { lost: 0, known: VISITORS });
  await servers.bringAllBack();
  await untilServersAreUp(site);
  await untilLost(site, VISITORS);
  assert.deepEqual(await lossesAt(site), { lost: VISITORS, known: VISITORS });
  t.diagnostic(`${VISITORS} of ${VISITORS} lost`);
});

test('that a server was restarted is said by every process, on the proxy, its containers and the chain', async () => {
  await using servers = await MemcachedCluster.start(2);
  await using site = await startSite({ servers: servers.addresses });
  await using second = await startSteppedServer({ data: site.data });
  const sites = [site, second];
  for (const each of sites) {
    await untilServersAreUp(each);
    assert.deepEqual(
      (await serversAt(each)).map(({ restarted }) => restarted),
      [null, null],
    );
  }
  const began = Date.now();
  await servers.kill(1);
  await servers.bringBack(1);
  for (const each of sites) {
    await untilServersAreUp(each);
    const [first, other] = await serversAt(each);
    assert.equal(first!.restarted, null);
    assert.ok(Math.abs(Date.parse(other!.restarted!) - began) < 10_000, other!.restarted!);
    const text = new RegExp(`^${other!.address} was restarted \\d+ s ago; the sessions that only it kept are gone\\.$`);
    for (const path of ['/mcproxy', '/mcsdc']) {
      const warnings = await warningsAt(each, path);
      assert.equal(warnings.filter((each) => text.test(each)).length, 1, `${path}: ${warnings.join('; ')}`);
    }
    const { boxes } = await administer<ChainMessage>(each.port, '/api/session_data_manager/@chain');
    const proxy = boxes.find(({ path }) => path === '/mcproxy');
    assert.deepEqual([proxy?.state, proxy?.text], ['warn', 'A server was restarted']);
  }
});

async function visitorsOf(site: TestServer): Promise<readonly Visitor[]> {
  const visitors = Array.from({ length: VISITORS }, () => new Visitor(site));
  for (const visitor of visitors) assert.equal((await visitor.post('/page', 'set n 1')).status, 200);
  return visitors;
}

async function serversAt({ port }: TestServer): Promise<ServersMessage['servers']> {
  return (await administer<ServersMessage>(port, '/api/mcproxy/@servers')).servers;
}

function statisticsAt({ port }: TestServer): Promise<StatisticsMessage> {
  return administer<StatisticsMessage>(port, '/api/mcsdc/@statistics');
}

async function lossesAt(site: TestServer): Promise<StatisticsMessage['losses']> {
  return (await statisticsAt(site)).losses;
}

async function untilLost(site: TestServer, count: number): Promise<void> {
  await until(`${count} are lost`, async () => (await lossesAt(site))!.lost >= count);
}
