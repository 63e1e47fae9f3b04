import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { startChaosProxy } from '../../support/network/chaos-proxy.ts';
import { list, percentile, promised, several, sized, times } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import type { TestServer } from '../../support/server.ts';
import { startSite, startSteppedServer, untilServersAreUp } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor, type Answer } from '../../support/applications/visitor.ts';

const DEADLINE_MS = sized(1_000, 250);
const WRITES = sized(1_500, 10_000);
const SESSIONS = sized(200, 1_000);
const WRITERS = 32;
const P99_MS = 60;
const LONGEST_MS = 400;

interface Writer {
  readonly visitor: Visitor;
  /** The last number that was acknowledged. */
  last: number;
}

const startTwoCopies = (cluster: MemcachedCluster) =>
  startSite({ servers: cluster.addresses, proxy: { replicas: 2, timeout_ms: DEADLINE_MS } });

test('with two copies, a server killed while sessions are written loses none and fails no request', async (t) => {
  await using cluster = await MemcachedCluster.start(3);
  await using site = await startTwoCopies(cluster);
  const writers = await startWriters(site, WRITERS);
  let victim = 0;
  const measure = async () => {
    const calm = await writeWhile(writers, async () => {});
    const took = await writeWhile(writers, () => cluster.kill(victim));
    await verify(writers);
    t.diagnostic(`${WRITES} writes without a fault: ${times(calm)}`);
    t.diagnostic(`${WRITES} writes, server ${victim} killed among them: 0 failed, 0 lost; ${times(took)}`);
    await cluster.bringBack(victim);
    await touchAll(writers);
    victim = (victim + 1) % 3;
    // What the machine takes for the same without a fault is not the fault's.
    const p99 = percentile(took, 0.99) / (P99_MS + percentile(calm, 0.99));
    return 100 * Math.max(p99, Math.max(...took) / (LONGEST_MS + Math.max(...calm)));
  };
  await promised('Percent of the time that a lost server may cost (p99 60 ms, longest 400 ms)', 100, measure);
});

test('with two copies, a server frozen while sessions are written loses none and fails no request', async (t) => {
  await using cluster = await MemcachedCluster.start(3);
  await using site = await startTwoCopies(cluster);
  const writers = await startWriters(site, WRITERS);
  let victim = 0;
  const measure = async () => {
    const took = await writeWhile(writers, () => cluster.freeze(victim));
    await verify(writers);
    t.diagnostic(`${WRITES} writes, server ${victim} frozen among them: 0 failed, 0 lost; ${times(took)}`);
    await cluster.wake(victim);
    await verify(writers);
    victim = (victim + 1) % 3;
    return Math.max(...took);
  };
  await promised('The longest request', 2 * DEADLINE_MS, measure);
});

test('a server that comes back with old data is never believed, and is brought up to date by reading', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  await using site = await startTwoCopies(cluster);
  const writers = await startWriters(site, SESSIONS);
  await cluster.freeze(0);
  await writeAll(writers, 2);
  await cluster.wake(0);
  await untilServersAreUp(site);
  const stale = await countStale(writers);
  await cluster.kill(1);
  const staleAlone = await countStale(writers);
  t.diagnostic(`${SESSIONS} sessions: ${stale} stale after the server woke, ${staleAlone} after the other was killed`);
  assert.deepEqual({ stale, staleAlone }, { stale: 0, staleAlone: 0 });
});

test('sessions survive two servers that die one after the other, if each was used once in between', async (t) => {
  await using cluster = await MemcachedCluster.start(3);
  await using site = await startTwoCopies(cluster);
  const writers = await startWriters(site, SESSIONS);
  await cluster.kill(0);
  const afterOne = await countStale(writers);
  await cluster.kill(1);
  const afterTwo = await countStale(writers);
  t.diagnostic(`${SESSIONS} sessions: ${afterOne} lost after the first, ${afterTwo} after the second`);
  assert.deepEqual({ afterOne, afterTwo }, { afterOne: 0, afterTwo: 0 });
});

test('a server that comes back empty, and another that then dies, never make a session look empty', async (t) => {
  await using cluster = await MemcachedCluster.start(3);
  await using site = await startTwoCopies(cluster);
  const writers = await startWriters(site, SESSIONS);
  await cluster.kill(0);
  await cluster.bringBack(0);
  assert.deepEqual(await cluster.server(0).keys(), []);
  await cluster.kill(1);
  const answers = await read(writers);
  const refused = answers.filter(({ status }) => status === 503).length;
  const right = answers.filter(
    (answer, index) => answer.status === 200 && resultOf(answer) === writers[index]!.last,
  ).length;
  t.diagnostic(`${SESSIONS} sessions: ${right} read, ${refused} refused with 503, 0 empty`);
  assert.equal(right + refused, SESSIONS);
  assert.ok(right >= SESSIONS / 2);
});

test('an ended session stays ended when a server comes back that has not heard of it', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  await using site = await startTwoCopies(cluster);
  const writers = await startWriters(site, SESSIONS);
  await cluster.freeze(0);
  await several(SESSIONS, 16, async (index) => {
    const ended = writers[index]!.visitor.copy();
    assert.equal((await ended.visit('/page', 'invalidate')).status, 200);
  });
  await cluster.wake(0);
  await untilServersAreUp(site);
  const answers = await read(writers);
  const alive = answers.filter((answer) => resultOf(answer) !== null).length;
  await cluster.kill(1);
  const again = await read(writers);
  const aliveAlone = again.filter((answer) => answer.status === 200 && resultOf(answer) !== null).length;
  t.diagnostic(`${SESSIONS} ended sessions: ${alive} alive after the server woke, ${aliveAlone} without the other`);
  assert.deepEqual({ alive, aliveAlone }, { alive: 0, aliveAlone: 0 });
});

test('what one server missed while it was frozen is refused, not read as it was, while the other is frozen', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  await using folder = await temporaryFolder();
  const data = folder.path;
  await using site = await startSite(
    { servers: cluster.addresses, proxy: { replicas: 2, timeout_ms: DEADLINE_MS } },
    { data },
  );
  await using other = await startSteppedServer({ data });
  const writers = await startWriters(site, SESSIONS);
  await cluster.freeze(0);
  await writeAll(writers, 2);
  await cluster.wake(0);
  await untilServersAreUp(site);
  await cluster.freeze(1);
  const counts = { refused: 0, older: 0 };
  for (const place of [site, other]) {
    for (const answer of await read(writers, place)) {
      if (answer.status === 503) counts.refused += 1;
      else if (resultOf(answer) !== 2) counts.older += 1;
    }
  }
  await cluster.wake(1);
  await untilServersAreUp(site);
  const stale = await countStale(writers);
  t.diagnostic(
    `${SESSIONS} sessions at 2 processes: ${counts.refused} reads refused, ${counts.older} older; ${stale} stale afterwards`,
  );
  assert.ok(counts.refused > 0, 'no session was in danger');
  assert.deepEqual({ older: counts.older, stale }, { older: 0, stale: 0 });
});

test('sessions that are in doubt hide no other from the list', async (t) => {
  await using cluster = await MemcachedCluster.start(2);
  await using site = await startTwoCopies(cluster);
  const writers = await startWriters(site, 20);
  await cluster.freeze(0);
  await writeAll(writers, 2);
  await cluster.wake(0);
  await untilServersAreUp(site);
  const used = writers.slice(0, 10);
  assert.equal(await countStale(used), 0);
  await cluster.freeze(1);
  const { total, sessions } = await administer<SessionsMessage>(site.port, '/api/mcsdc/@sessions?sort=started');
  const refused = (await read(writers)).filter(({ status }) => status === 503).length;
  t.diagnostic(`${writers.length} sessions, ${refused} in doubt: ${sessions.length} of ${total} listed`);
  assert.ok(refused > 0, 'no session was in doubt');
  assert.ok(sessions.length >= used.length);
});

for (const how of ['is frozen', 'answers a second late']) {
  test(`a server that ${how} is soon waited for no more`, async (t) => {
    await using cluster = await MemcachedCluster.start(3);
    await using proxy = await startChaosProxy(cluster.server(2).port);
    const servers = [...cluster.addresses.slice(0, 2), proxy.address];
    await using site = await startSite({ servers, proxy: { replicas: 2, timeout_ms: 100 } });
    const writers = await startWriters(site, WRITERS);
    let late = 0;
    if (how === 'is frozen') await cluster.freeze(2);
    else proxy.onAnswer = () => (late++, { delayMs: 1_000 });
    await writeAll(writers, 2);
    assert.ok(how === 'is frozen' || late > 0, 'nothing was late');
    const measure = async () => {
      const took: number[] = [];
      await several(WRITES / 4, 8, async (index) => {
        const { visitor } = writers[index % WRITERS]!;
        const answer = await visitor.visit('/page', 'get n');
        assert.equal(answer.status, 200, answer.text);
        took.push(answer.tookMs);
      });
      return percentile(took, 0.99);
    };
    const figures = await promised(`Requests while one server ${how}, p99`, 150, measure);
    t.diagnostic(`requests while one server ${how}: p99 ${list(figures)}`);
  });
}

/** Sessions with the number 1 in them. */
async function startWriters(site: TestServer, count: number): Promise<readonly Writer[]> {
  const writers = Array.from({ length: count }, () => ({ visitor: new Visitor(site), last: 0 }));
  await writeAll(writers, 1);
  return writers;
}

async function writeAll(writers: readonly Writer[], number: number): Promise<void> {
  await several(writers.length, 16, async (index) => {
    const writer = writers[index]!;
    const answer = await writer.visitor.post('/page', `set n ${number}`);
    assert.equal(answer.status, 200, answer.text);
    writer.last = number;
  });
}

/** Each writer counts up; a third of the way, the fault is made. Gives how long each request took. */
async function writeWhile(writers: readonly Writer[], fault: () => Promise<void>): Promise<readonly number[]> {
  const took: number[] = [];
  let made: Promise<void> | undefined;
  let before = 0;
  const make = async () => {
    await fault();
    before = took.length;
  };
  const each = async (writer: Writer) => {
    for (let turn = 0; turn < WRITES / writers.length; turn += 1) {
      if (took.length > WRITES / 3) made ??= make();
      const answer = await writer.visitor.post('/page', `set n ${writer.last + 1}`);
      assert.equal(answer.status, 200, answer.text);
      writer.last += 1;
      took.push(answer.tookMs);
    }
  };
  await Promise.all(writers.map(each));
  await made;
  assert.ok(before > 0 && before < took.length, `the fault was there after ${before} of ${took.length} requests`);
  return took;
}

async function verify(writers: readonly Writer[]): Promise<void> {
  assert.equal(await countStale(writers), 0);
}

/** Reads every session, which repairs its copies. */
async function touchAll(writers: readonly Writer[]): Promise<void> {
  await read(writers);
}

/** Sessions that are refused, empty, or older than what was acknowledged. */
async function countStale(writers: readonly Writer[]): Promise<number> {
  const answers = await read(writers);
  return answers.filter((answer, index) => answer.status !== 200 || resultOf(answer) !== writers[index]!.last).length;
}

async function read(writers: readonly Writer[], place?: TestServer): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  await several(writers.length, 16, async (index) => {
    answers[index] = await writers[index]!.visitor.copy(place).visit('/page', 'get n');
  });
  return answers;
}
