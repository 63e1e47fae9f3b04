import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ChildItem } from '../../../schema/endpoints/objects.ts';
import type { RecentMessage, SessionMeasure } from '../../../schema/endpoints/recent.ts';
import { until } from '../../support/figures.ts';
import { startKoaApplication } from '../../support/applications/koa-application.ts';
import { administer, ask, Visitor } from '../../support/applications/visitor.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { basic } from '../../support/server.ts';
import { changeProperties, startSite, startSteppedServer } from '../../support/sessions-site.ts';

// Points are ten seconds apart. With every heartbeat they are told, and a process that is killed is missed three later.
const environment = { TRELLIS_HEARTBEAT_SECONDS: '1' };
const memcached = await startMemcached();
const site = await startSite({ servers: [memcached.address] }, { environment });
const { data } = site;
const second = await startSteppedServer({ data, environment });
const application = await startKoaApplication(data, environment);
after(() => Promise.all([site, second, application, memcached].map((each) => each[Symbol.asyncDispose]())));

type Server = { readonly port: number };

function recent(server: Server, path = '/mcsdc', query = ''): Promise<RecentMessage> {
  return administer<RecentMessage>(server.port, `/api${path}/@recent${query}`);
}

function known(message: RecentMessage, measure: SessionMeasure): readonly (number | null)[] {
  return message.sessions[measure];
}

async function sizeInList(server: Server, id: string): Promise<string | undefined> {
  const { items } = await administer<{ readonly items: readonly ChildItem[] }>(server.port, '/api/@children');
  return items.find((item) => item.id === id)?.sizeLabel;
}

const STRETCH_MS = 10_000;

/** Of what happened in the stretch of a kill, or later, not everything is known; and after it, everything is. */
function untilRecordedAgain(server: Server, killedMs: number): Promise<void> {
  return until('a gap, and points after it', async () => {
    const { times, sessions } = await recent(server);
    const isGap = (time: string, index: number) =>
      sessions.reads[index] === null && Date.parse(time) + STRETCH_MS > killedMs;
    const gap = times.findIndex(isGap);
    return gap >= 0 && gap < times.length - 1 && sessions.reads.at(-1) === 0;
  });
}

test('what every process and application does to sessions is recorded as one, whoever is asked', async () => {
  await new Visitor(site).post('/page', 'set n 1');
  assert.equal(await sizeInList(site, 'mcsdc'), 'about 1 session', 'whoever has seen one does not wait for the record');
  await new Visitor(second).post('/page', 'set n 2');
  assert.equal((await ask(application.port, '/set?key=n&value=3')).status, 200);
  await until('three writes', async () => (await recent(site)).totals.writes === 3);
  await until('three writes at the other process', async () => (await recent(second)).totals.writes === 3);
  await until('three sessions', async () => known(await recent(site), 'sessions').at(-1) === 3);
  for (const process of [site, second]) assert.equal(await sizeInList(process, 'mcsdc'), 'about 3 sessions');
  for (const path of ['/mcsdc', '/mcproxy', '']) {
    const { totals, servers, sessions } = await recent(second, path);
    assert.deepEqual([totals.writes, totals.begun, totals.errors], [3, 3, 0], path);
    assert.deepEqual(
      servers.map(({ address, path: proxy }) => [address, proxy]),
      [[memcached.address, '/mcproxy']],
      path,
    );
    assert.ok(sessions.meanMs.some((mean) => mean !== null && mean > 0));
    const waits = sessions.p95Ms.map((p95, index) => [p95 ?? 0, sessions.slowestMs[index] ?? 0] as const);
    assert.ok(waits.some(([p95]) => p95 > 0));
    assert.ok(waits.every(([p95, slowest]) => p95 <= slowest));
  }
});

test('an application that was killed is a gap and not a zero', async () => {
  const killedMs = Date.now();
  await application.kill();
  await assert.rejects(ask(application.port, '/plain'));
  await untilRecordedAgain(site, killedMs);
  const { marks } = await recent(site);
  assert.ok(marks.some(({ kind, about }) => kind === 'lost' && about === String(application.pid)));
});

test('once the recorder was killed, the other process goes on, and its time away is a gap', async () => {
  const killedMs = Date.now();
  await site.kill();
  await assert.rejects(ask(site.port, '/plain'));
  await untilRecordedAgain(second, killedMs);
  const { servers, totals } = await recent(second);
  assert.equal(servers[0]?.up.at(-1), 1, 'it asks the servers now');
  assert.equal(totals.writes, 3);
});

test('what was recorded is still there after a restart', async () => {
  await new Visitor(second).post('/page', 'set n 4');
  await second.stop();
  await using third = await startSteppedServer({ data, environment });
  // A span ends with the second before this one: what was just before the end is told in the next.
  await until('all writes, and how the process ended', async () => {
    const { totals, marks } = await recent(third);
    const kinds = marks.filter(({ about }) => about === String(second.pid)).map(({ kind }) => kind);
    return totals.writes === 4 && kinds.join() === 'started,ended';
  });
  await asksClearly(third);
  // Until all who were there under the former timeout would be over, nobody knows how many there are.
  await changeProperties(third, '/mcsdc', { timeout_minutes: 33 });
  await until('an unknown number beside a known one', async () => {
    const [unknown, known] = await Promise.all(
      ['/mcsdc', '/temp_folder/session_data'].map((path) => lastOf(third, path)),
    );
    return unknown === null && known === 0;
  });
  assert.equal(await lastOf(third, ''), null, 'together they are no zero');
});

async function lastOf(server: Server, path: string): Promise<number | null | undefined> {
  return known(await recent(server, path), 'sessions').at(-1);
}

async function asksClearly(server: Server): Promise<void> {
  const now = Date.now();
  const at = (ms: number) => new Date(now + ms).toISOString();
  const all = await recent(server, '', `?from=${at(-30 * 86_400_000)}&to=${at(0)}`);
  assert.equal(all.from, all.began, 'nothing is older');
  for (const [query, detail] of [
    ['from=yesterday', /^from=yesterday is no time\. Write it as 2026-12-01T14:00:00Z\.$/],
    [`to=${at(3_600_000)}`, /is in the future/],
    [`from=${at(-1_000)}&to=${at(-2_000)}`, /is not before to=/],
  ] as const) {
    const { status, text } = await ask(server.port, `/api/@recent?${query}`, { headers: { authorization: basic() } });
    assert.equal(status, 400, query);
    assert.match((JSON.parse(text) as { detail: string }).detail, detail);
  }
  assert.equal((await ask(server.port, '/api/mcsdc/@recent')).status, 401);
}
