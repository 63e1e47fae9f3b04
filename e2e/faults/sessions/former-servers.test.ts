import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSessions } from '../../../server/adapters/open-sessions.ts';
import { ServerUnreachable } from '../../../server/memcache/errors.ts';
import type { FormerServerMessage, ServersMessage } from '../../../schema/endpoints/servers.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { basic, type TestServer } from '../../support/server.ts';
import { changeProperties, startSite, startSteppedServer, warningsAt } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, ask, resultOf, Visitor } from '../../support/applications/visitor.ts';

const MINUTE_MS = 60_000;
const QUICK = { timeout_ms: 250 };
const FORGOTTEN = { status: 200, found: null };

test('a silent former server is shown with what it costs, and asked until the longest timeout has passed, restarts included', async () => {
  await using cluster = await MemcachedCluster.start(2);
  await using folder = await temporaryFolder();
  const data = folder.path;
  const { visitor, former } = await silentFormer(cluster, data);
  await using site = await startSteppedServer({ data });
  assert.equal((await visitor.copy(site).visit('/page', 'get n')).status, 503);
  const shown = await formerOf(site);
  assert.deepEqual([shown.address, shown.state], [former, 'silent']);
  assert.match(
    shown.text,
    /^It was taken out \d+ s ago, and is silent \(.*\): .* told so \(503\) for another 2\d min\.$/,
  );
  const lasts = Date.parse(shown.until) - Date.parse(shown.removed);
  assert.ok(lasts > 20 * MINUTE_MS && lasts < 23 * MINUTE_MS, `${lasts} ms`);
  for (const path of ['/mcproxy', '/mcsdc']) {
    assert.match((await warningsAt(site, path)).join(), /was taken out .* told so \(503\)/);
  }

  await putClock(site, 19);
  assert.equal((await visitor.copy(site).visit('/page', 'get n')).status, 503, 'the session may still be there');
  await changeProperties(site, '/mcsdc', { timeout_minutes: 5 });
  assert.deepEqual(await seenBy(visitor, site), FORGOTTEN, 'the settings of now say how long sessions live');
  await changeProperties(site, '/mcsdc', { timeout_minutes: 20 });
  assert.equal((await visitor.copy(site).visit('/page', 'get n')).status, 503, 'and say it again');
  await putClock(site, 4);
  assert.deepEqual(await seenBy(visitor, site), FORGOTTEN, 'no session is as old');
  assert.deepEqual((await serversOf(site)).former, []);
  assert.doesNotMatch((await warningsAt(site, '/mcproxy')).join(), /taken out/);
});

test('a former server that is forgotten is asked no more: by this process, another, and an application', async () => {
  await using cluster = await MemcachedCluster.start(2);
  await using folder = await temporaryFolder();
  const data = folder.path;
  const { visitor, former } = await silentFormer(cluster, data);
  await using one = await startSteppedServer({ data });
  await using other = await startSteppedServer({ data });
  const application = await openSessions({ data, manager: '/session_data_manager', environment: {} });
  const browserId = visitor.browserId.split('.')[0]!;
  const load = async () => (await application.container()).load(browserId);
  try {
    for (const site of [one, other]) assert.equal((await visitor.copy(site).visit('/page', 'get n')).status, 503);
    await assert.rejects(load(), ServerUnreachable);

    await refusesToForget(one, cluster.addresses[0]!, former);
    assert.equal((await visitor.copy(one).visit('/page', 'get n')).status, 503, 'nothing was forgotten yet');
    await administer(one.port, '/api/mcproxy/@forget', { body: { address: former } });

    for (const site of [one, other]) {
      assert.deepEqual(await seenBy(visitor, site), FORGOTTEN);
      assert.deepEqual((await serversOf(site)).former, []);
    }
    assert.equal((await load())?.isNew, true);
    await changeProperties(one, '/mcproxy', { servers: cluster.addresses });
    await changeProperties(one, '/mcproxy', { servers: cluster.addresses.slice(0, 1) });
    assert.equal((await visitor.copy(other).visit('/page', 'get n')).status, 503, 'taken out again, it counts again');
  } finally {
    await application.close();
  }
});

test('a mistyped server that is silent, put right before anything was stored there, refuses nobody', async () => {
  await using cluster = await MemcachedCluster.start(2);
  const { addresses } = cluster;
  await using site = await startSite({ servers: addresses.slice(0, 1), proxy: QUICK });
  const visitor = await whoseSessionIsOver(site);
  await cluster.freeze(1);
  await changeProperties(site, '/mcproxy', { servers: addresses });
  await isSilent(site, addresses[1]!);
  await changeProperties(site, '/mcproxy', { servers: addresses.slice(0, 1) });
  assert.deepEqual(await seenBy(visitor, site), FORGOTTEN);
  assert.deepEqual((await serversOf(site)).former, []);
});

test('another spelling of a server that is named is no former server', async () => {
  await using cluster = await MemcachedCluster.start(1);
  const { port, address } = cluster.server(0);
  await using site = await startSite({ servers: [`localhost:${port}`], proxy: QUICK });
  const visitor = new Visitor(site);
  assert.equal((await visitor.post('/page', 'set n 1')).status, 200);
  await changeProperties(site, '/mcproxy', { servers: [address] });
  assert.deepEqual((await serversOf(site)).former, []);
  assert.deepEqual(await seenBy(visitor, site), { status: 200, found: 1 });
});

/** A site with one of two servers taken out and frozen, ended again, and a visitor whose session was on that server. */
async function silentFormer(cluster: MemcachedCluster, data: string) {
  const [kept, former] = cluster.addresses as [string, string];
  await using site = await startSite({ servers: [kept, former], proxy: QUICK }, { data });
  let visitor = new Visitor(site);
  for (;;) {
    assert.equal((await visitor.post('/page', 'set n 1')).status, 200);
    const keys = await cluster.server(1).keys();
    if (keys.some((key) => key.includes(':s-'))) break;
    visitor = new Visitor(site);
  }
  await changeProperties(site, '/mcproxy', { servers: [kept] });
  await cluster.freeze(1);
  return { visitor, former };
}

/** A browser with an id, and no session anywhere. */
async function whoseSessionIsOver(site: TestServer): Promise<Visitor> {
  const visitor = new Visitor(site);
  assert.equal((await visitor.post('/page', 'set n 1')).status, 200);
  await administer(site.port, '/api/mcsdc/@sessions/@end', { body: {} });
  return visitor;
}

async function refusesToForget(site: TestServer, listed: string, former: string): Promise<void> {
  const forget = (address: string, headers: Record<string, string>) =>
    ask(site.port, '/api/mcproxy/@forget', { body: { address }, headers });
  const authorization = basic();
  assert.equal((await forget(listed, { authorization })).status, 422);
  assert.equal((await forget(former, { origin: site.url })).status, 401);
  assert.equal((await forget(former, { authorization, 'sec-fetch-site': 'cross-site' })).status, 403);
}

async function seenBy(visitor: Visitor, site: TestServer) {
  const answer = await visitor.copy(site).visit('/page', 'get n');
  return { status: answer.status, found: answer.status === 200 ? resultOf(answer) : answer.text };
}

/** Puts the clock of the server's process forward. */
async function putClock(site: TestServer, minutes: number): Promise<void> {
  resultOf(await new Visitor(site).visit('/page', `clock ${minutes * MINUTE_MS}`));
}

async function isSilent(site: TestServer, address: string): Promise<void> {
  const { servers } = await serversOf(site);
  assert.equal(servers.find((server) => server.address === address)?.up, false, 'the fault happened');
}

function serversOf({ port }: TestServer): Promise<ServersMessage> {
  return administer<ServersMessage>(port, '/api/mcproxy/@servers');
}

async function formerOf(site: TestServer): Promise<FormerServerMessage> {
  const { former } = await serversOf(site);
  assert.equal(former.length, 1);
  return former[0]!;
}
