import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import type { TestMessage } from '../../../schema/endpoints/session-test.ts';
import { several, sized, times } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { basic, type TestServer } from '../../support/server.ts';
import { changeProperties, startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';

const SESSIONS = sized(200, 1_000);
const PER_SECOND = 200;
const CALM_MS = sized(400, 3_000);
/** A fourth server should get a quarter; this many sessions are spread by chance. */
const MOST_MOVED = 0.25 + sized(0.15, 0.06);

interface Person {
  readonly visitor: Visitor;
  last: number;
}

for (const replicas of [1, 2]) {
  test(`servers added and removed under load lose no session (${replicas === 1 ? 'one copy' : 'two copies'})`, async (t) => {
    await using cluster = await MemcachedCluster.start(4);
    const { addresses } = cluster;
    await using folder = await temporaryFolder();
    const data = folder.path;
    await using one = await startSite({ servers: addresses.slice(0, 3), proxy: { replicas } }, { data });
    await using other = await startSteppedServer({ data });
    const people = await newPeople(one);
    const idle = await newPeople(one);

    const before = await firstPlaces(idle);
    const load = startLoad(people, [one, other]);
    await pause(CALM_MS);
    await changeProperties(one, '/mcproxy', { servers: addresses });
    await pause(CALM_MS);
    const moved = differences(before, await firstPlaces(idle));
    const lostByAdding = await countLost(idle, [one, other]);

    await changeProperties(other, '/mcproxy', { servers: addresses.slice(1) });
    await pause(CALM_MS);
    const lostByRemoving = await countLost(idle, [other, one]);
    const { took, failures, lost } = await load.stop();

    t.diagnostic(`${((100 * moved) / SESSIONS).toFixed(1)} % of first places moved when a fourth server was added`);
    t.diagnostic(`${SESSIONS} idle sessions: ${lostByAdding} lost by adding, ${lostByRemoving} by removing a server`);
    t.diagnostic(`${took.length} requests meanwhile: ${failures} failed, ${lost} saw a lost session; ${times(took)}`);
    assert.ok(moved / SESSIONS <= MOST_MOVED, `${moved} of ${SESSIONS} moved`);
    assert.deepEqual({ lostByAdding, lostByRemoving, failures, lost }, ZERO);
  });
}

const ZERO = { lostByAdding: 0, lostByRemoving: 0, failures: 0, lost: 0 };

test('a server that was removed and holds what others have changed since is not believed when it is added again', async (t) => {
  await using cluster = await MemcachedCluster.start(3);
  const { addresses } = cluster;
  await using site = await startSite({ servers: addresses });
  const people = await newPeople(site);
  await changeProperties(site, '/mcproxy', { servers: addresses.slice(0, 2) });
  for (const person of people) await write(person);
  await changeProperties(site, '/mcproxy', { servers: addresses });
  const stale = await countLost(people, [site]);
  t.diagnostic(`${SESSIONS} sessions: ${stale} stale`);
  assert.equal(stale, 0);
});

/** Which servers a proxy names one after the other, and how many copies; sessions are changed and ended in the second. */
const COURSES: readonly (readonly (readonly [copies: number, servers: string])[])[] = [
  [
    [2, 'AB'],
    [1, 'B'],
    [1, 'A'],
  ],
  [
    [2, 'AB'],
    [1, 'AB'],
    [1, 'A'],
  ],
  [
    [2, 'AB'],
    [1, 'B'],
    [2, 'AB'],
    [1, 'A'],
  ],
  [
    [2, 'AB'],
    [2, 'BC'],
    [2, 'AD'],
  ],
];

for (const course of COURSES) {
  const words = course.map(([copies, servers]) => `${copies} on ${servers}`).join(', then ');
  test(`a copy that was left behind is not believed where only its server stays (copies: ${words})`, async (t) => {
    await using cluster = await MemcachedCluster.start(4);
    const propertiesOf = ([replicas, servers]: readonly [number, string]) => ({
      servers: Array.from(servers, (name) => cluster.addresses['ABCD'.indexOf(name)]!),
      replicas,
    });
    const [first, second, ...further] = course.map(propertiesOf);
    const { servers, ...proxy } = first!;
    await using site = await startSite({ servers, proxy });
    const [users, leavers] = [await newPeople(site), await newPeople(site)];
    await changeProperties(site, '/mcproxy', second!);
    for (const person of users) assert.equal(await write(person), true);
    for (const { visitor } of leavers) assert.equal((await visitor.copy().post('/page', 'invalidate')).status, 200);
    for (const properties of further) await changeProperties(site, '/mcproxy', properties);
    const lost = await countLost(users, [site]);
    const revived = SESSIONS - (await countLost(leavers, [site]));
    t.diagnostic(`${SESSIONS} changed sessions: ${lost} lost; ${SESSIONS} ended ones: ${revived} are back`);
    assert.deepEqual({ lost, revived }, { lost: 0, revived: 0 });
  });
}

test('a server that was frozen when it was taken out, and is back, is not believed with what others have changed since', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  const [one, other] = cluster.addresses as [string, string];
  await using site = await startSite({ servers: [one, other], proxy: { replicas: 2, timeout_ms: 500 } });
  const people = await newPeople(site);
  await cluster.freeze(0);
  await changeProperties(site, '/mcproxy', { servers: [other], replicas: 1 });
  for (const person of people) assert.equal(await write(person), true);
  await cluster.wake(0);
  // The first change finds that it is back, the next one clears what it has.
  for (let time = 0; time < 2; time += 1) for (const person of people) assert.equal(await write(person), true);
  await changeProperties(site, '/mcproxy', { servers: [one] });
  const lost = await countLost(people, [site]);
  t.diagnostic(`${SESSIONS} sessions: ${lost} lost`);
  assert.equal(lost, 0);
});

test('a server that is gone since it was taken out, or never was there, keeps nobody from a new session', async () => {
  await using cluster = await MemcachedCluster.start(2);
  const { addresses } = cluster;
  await using site = await startSite({ servers: addresses });
  const visitor = new Visitor(site);
  assert.equal((await visitor.post('/page', 'set n 1')).status, 200);
  await administer(site.port, '/api/mcsdc/@sessions/@end', { body: {} });
  await changeProperties(site, '/mcproxy', { servers: addresses.slice(0, 1) });
  await cluster.kill(1);
  const answer = await visitor.visit('/page', 'get n');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(resultOf(answer), null);
  const { unreachable } = await administer<SessionsMessage>(site.port, '/api/mcsdc/@sessions');
  assert.deepEqual(unreachable, []);
});

for (const replicas of [1, 2]) {
  test(`servers replaced one after the other lose no session that nobody used meanwhile (copies: ${replicas})`, async (t) => {
    await using cluster = await MemcachedCluster.start(4);
    const { addresses } = cluster;
    await using site = await startSite({ servers: addresses.slice(0, 2), proxy: { replicas } });
    const people = await newPeople(site);
    for (const servers of [addresses.slice(1, 2), addresses.slice(1, 3), addresses.slice(2, 3), addresses.slice(2)]) {
      await changeProperties(site, '/mcproxy', { servers });
    }
    const lost = await countLost(people, [site]);
    t.diagnostic(`${SESSIONS} idle sessions, both of their servers replaced: ${lost} lost`);
    assert.equal(lost, 0);
  });
}

async function newPeople(site: TestServer): Promise<readonly Person[]> {
  const people = Array.from({ length: SESSIONS }, () => ({ visitor: new Visitor(site), last: 0 }));
  await several(SESSIONS, 16, async (index) => {
    assert.equal(await write(people[index]!), true);
  });
  return people;
}

async function write(person: Person): Promise<boolean> {
  const { status } = await person.visitor.post('/page', `set n ${person.last + 1}`);
  if (status === 200) person.last += 1;
  return status === 200;
}

/** Sessions that are read and written, so many a second, at one server or the other. */
function startLoad(people: readonly Person[], sites: readonly TestServer[]) {
  const took: number[] = [];
  const running = new Set<Promise<void>>();
  const free = [...people];
  let failures = 0;
  let lost = 0;
  const turn = async (person: Person) => {
    person.visitor.port = sites[Math.floor(Math.random() * sites.length)]!.port;
    const answer = await person.visitor.post('/page', 'get n', `set n ${person.last + 1}`);
    took.push(answer.tookMs);
    if (answer.status !== 200) failures += 1;
    else if (resultOf(answer) !== person.last) lost += 1;
    if (answer.status === 200) person.last += 1;
    free.push(person);
  };
  const timer = setInterval(() => {
    const person = free.shift();
    if (person === undefined) return;
    const work = turn(person).finally(() => running.delete(work));
    running.add(work);
  }, 1000 / PER_SECOND).unref();
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return { took, failures, lost };
    },
  };
}

async function countLost(people: readonly Person[], sites: readonly TestServer[]): Promise<number> {
  let lost = 0;
  await several(people.length, 8, async (index) => {
    const { visitor, last } = people[index]!;
    for (const site of sites) {
      const answer = await visitor.copy(site).visit('/page', 'get n');
      if (answer.status !== 200 || resultOf(answer) !== last) lost += 1;
    }
  });
  return lost;
}

/** The server that holds the first copy of each session, as the Test tab says. */
async function firstPlaces(people: readonly Person[]): Promise<readonly string[]> {
  const places: string[] = [];
  await several(people.length, 8, async (index) => {
    const answer = await people[index]!.visitor.copy().ask('/api/mcsdc/@test', { headers: { authorization: basic() } });
    const { about } = JSON.parse(answer.text) as TestMessage;
    places[index] = about?.places[0] ?? '';
    assert.notEqual(places[index], '', answer.text);
  });
  return places;
}

function differences(before: readonly string[], after: readonly string[]): number {
  return before.filter((place, index) => place !== after[index]).length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
