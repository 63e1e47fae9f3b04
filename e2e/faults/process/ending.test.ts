import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { EndedSessions, SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { several, sized } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { basic } from '../../support/server.ts';
import { startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, ask, resultOf, resultsOf, Visitor } from '../../support/applications/visitor.ts';

const folder = await temporaryFolder();
const data = folder.path;
const cluster = await MemcachedCluster.start(2);
const one = await startSite({ servers: cluster.addresses, proxy: { replicas: 2 } }, { data });
const other = await startSteppedServer({ data });
const sites = [one, other] as const;
after(async () => {
  await Promise.all([one.stop(), other.stop(), cluster[Symbol.asyncDispose]()]);
  await folder[Symbol.asyncDispose]();
});

const SESSIONS = sized(30, 100);
/** By then slow requests have read their session. */
const READING_MS = 1_000;
const PASSWORD = 'a password of theirs';
const END = '/api/mcsdc/@sessions/@end';

test('ending all sessions of a user ends them at the next request, at every process, and nobody else’s', async (t) => {
  const [hers, his] = [await sessionsOf('ada'), await sessionsOf('bob')];
  const slow = startSlowWriters(hers);
  await pause(READING_MS);
  const { known } = await administer<EndedSessions>(one.port, END, { body: { user: 'ada' } });
  const [alive, spared] = [await countAlive(hers), await countAlive(his)];
  await slow;
  const revived = await countAlive(hers);
  t.diagnostic(`${SESSIONS} sessions of a user, ${known} known: ${alive} alive, ${revived} after slow requests`);
  assert.deepEqual({ alive, revived, spared }, { alive: 0, revived: 0, spared: 2 * SESSIONS });
  assert.equal(known, SESSIONS);
});

test('ending all sessions leaves none alive, and nothing is flushed', async (t) => {
  const everybody = [...(await sessionsOf('cyd')), ...(await sessionsOf(undefined))];
  const slow = startSlowWriters(everybody);
  await pause(READING_MS);
  await administer(other.port, END, { body: {} });
  const alive = await countAlive(everybody);
  await slow;
  const revived = await countAlive(everybody);
  t.diagnostic(`${everybody.length} sessions: ${alive} alive, ${revived} after slow requests`);
  assert.deepEqual({ alive, revived }, { alive: 0, revived: 0 });
  for (const server of cluster.all) assert.ok((await server.ask('stats')).includes('STAT cmd_flush 0'));
});

test('ending one session ends it alone, while it is used', async (t) => {
  const hers = await sessionsOf('dora');
  const listed = () => administer<SessionsMessage>(one.port, '/api/mcsdc/@sessions?filter=dora&limit=1000');
  const { sessions } = await listed();
  assert.equal(sessions.length, SESSIONS);
  const slow = startSlowWriters(hers);
  await pause(READING_MS);
  await administer(one.port, `/api/mcsdc/@sessions/${sessions[0]!.key}`, { method: 'DELETE' });
  await slow;
  const alive = await countAlive(hers);
  t.diagnostic(`1 of ${SESSIONS} sessions ended while all are written to: ${alive / 2} alive`);
  assert.equal(alive, 2 * (SESSIONS - 1));
  assert.equal((await listed()).sessions.length, SESSIONS - 1);
});

test('sessions can be ended while no server answers, and are ended when the servers come back with them', async (t) => {
  const hers = await sessionsOf('eve');
  for (const index of cluster.all.keys()) await cluster.freeze(index);
  const listing = await ask(one.port, '/api/mcsdc/@sessions', { headers: { authorization: basic() } });
  assert.equal(listing.status, 503, listing.text);
  const { known } = await administer<EndedSessions>(one.port, END, { body: { user: 'eve' } });
  assert.equal(known, null);
  for (const index of cluster.all.keys()) await cluster.wake(index);
  await untilAnswered(hers[0]!);
  const alive = await countAlive(hers);
  t.diagnostic(`${SESSIONS} sessions ended while every server was frozen: ${alive} alive afterwards`);
  assert.equal(alive, 0);
});

/** As many browsers, all signed in as one user, each with a session of its own. */
async function sessionsOf(name: string | undefined): Promise<readonly Visitor[]> {
  const signedIn = new Visitor(one);
  if (name !== undefined) {
    const body = { name, password: PASSWORD, roles: ['Manager'] };
    await administer(one.port, '/api/acl_users/@users', { body });
    assert.equal((await signedIn.signIn(name, PASSWORD)).status, 200);
  }
  const visitors = Array.from({ length: SESSIONS }, (_, index) => signedIn.copy(sites[index % 2]));
  await several(SESSIONS, 8, async (index) => {
    const answer = await visitors[index]!.visit('/page', 'set n 1');
    assert.equal(answer.status, 200, answer.text);
    assert.ok(visitors[index]!.browserId !== '');
  });
  return visitors;
}

/** Requests that have read their session before it ends, and write to it afterwards. */
async function startSlowWriters(visitors: readonly Visitor[]): Promise<void> {
  const steps = ['get n', `wait ${2 * READING_MS}`, 'set n 2'];
  const answers = await Promise.all(visitors.map((visitor) => visitor.copy().visit('/page', ...steps)));
  for (const { status, text } of answers) assert.ok([200, 409].includes(status), text);
  const late = answers.filter((answer) => answer.status === 200 && resultOf(answer) !== 1).length;
  assert.ok(late < visitors.length / 2, `${late} of ${visitors.length} slow requests came too late to matter`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** How often a session is still there, asked at each process. */
async function countAlive(visitors: readonly Visitor[]): Promise<number> {
  let alive = 0;
  await several(visitors.length, 8, async (index) => {
    for (const site of sites) {
      const answer = await visitors[index]!.copy(site).visit('/page', 'get n', 'new');
      if (resultsOf(answer)[0] !== null || resultsOf(answer)[1] !== true) alive += 1;
    }
  });
  return alive;
}

async function untilAnswered(visitor: Visitor): Promise<void> {
  for (const site of sites) {
    let answer = await visitor.copy(site).visit('/page', 'get n');
    while (answer.status === 503) answer = await visitor.copy(site).visit('/page', 'get n');
    resultOf(answer);
  }
}
