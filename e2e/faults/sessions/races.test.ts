import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { several, sized, times } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, resultsOf, Visitor, type Answer } from '../../support/applications/visitor.ts';

// Two processes on one data folder, and two copies of each session.
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

test('of 50 increments at once, in two processes, none is lost and none refused', async (t) => {
  const rounds = sized(12, 100);
  const visitor = await visitorWith('set n 0');
  const took: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const answers = await fifty(visitor, (each) => each.post('/page', 'add n 1'));
    assert.deepEqual(countsOf(answers), { 200: 50 });
    took.push(...answers.map(({ tookMs }) => tookMs));
    assert.equal(resultOf(await visitor.visit('/page', 'get n')), round * 50);
  }
  t.diagnostic(`${rounds} rounds of 50: exactly ${rounds * 50}; ${times(took)}`);
});

test('of 50 requests at once that read a number and set the next one, every acknowledged one counts', async (t) => {
  const rounds = sized(6, 50);
  const visitor = await visitorWith('set n 0');
  let acknowledged = 0;
  let refused = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const answers = await fifty(visitor, (each) => each.post('/page', 'raise n'));
    const counts = countsOf(answers);
    acknowledged += counts[200] ?? 0;
    refused += counts[409] ?? 0;
    for (const { status, text } of answers) assert.ok([200, 409].includes(status), text);
    assert.equal(resultOf(await visitor.visit('/page', 'get n')), acknowledged);
  }
  t.diagnostic(`two processes: ${acknowledged} acknowledged and in the session, ${refused} refused with 409`);
  assert.ok(acknowledged > 0);
});

test('in one process, 200 requests at once that read a number and set the next one are all done', async () => {
  const visitor = await visitorWith('set n 0');
  const answers = await Promise.all(Array.from({ length: 200 }, () => visitor.copy(one).post('/page', 'raise n')));
  assert.deepEqual(countsOf(answers), { 200: 200 });
  assert.equal(resultOf(await visitor.visit('/page', 'get n')), 200);
});

test('changes to different keys at once are all kept', async () => {
  const visitor = await visitorWith('set n 0');
  const answers = await fifty(visitor, (each, index) => each.post('/page', `set key${index} ${index}`));
  assert.deepEqual(countsOf(answers), { 200: 50 });
  const all = resultOf(await visitor.visit('/page', 'all')) as Record<string, number>;
  for (let index = 0; index < 50; index += 1) assert.equal(all[`key${index}`], index);
});

test('what was answered to a POST is there for a GET at the other process', async (t) => {
  const count = sized(200, 1_000);
  let stale = 0;
  await several(count, 8, async (index) => {
    const visitor = new Visitor(sites[index % 2]!);
    const values = [0, 1, 2];
    for (const value of values) {
      assert.equal((await visitor.post('/page', `set n ${index + value}`)).status, 200);
      const seen = resultOf(await visitor.copy(sites[(index + value) % 2]!).visit('/page', 'get n'));
      if (seen !== index + value) stale += 1;
    }
  });
  t.diagnostic(`${count * 3} times POST and then GET: ${stale} stale`);
  assert.equal(stale, 0);
});

test('a request that throws, or is answered with a conflict, stores nothing and sets no cookie', async (t) => {
  const count = sized(200, 500);
  const visitor = await visitorWith('set n 1');
  const title = async () => (await administer<ObjectMessage>(one.port, '/api/page')).title;
  const before = await title();
  await several(count, 10, async (index) => {
    const known = visitor.copy(sites[index % 2]!);
    const stranger = new Visitor(sites[index % 2]!);
    const answers = [
      await known.post('/page', 'set n 2', 'titles changed', 'throw'),
      await known.visit('/page', 'set n 2', 'rotate', 'throw'),
      await known.visit('/page', 'invalidate', 'throw'),
      await stranger.visit('/page', 'set n 2', 'throw'),
    ];
    for (const { status, headers } of answers) {
      assert.equal(status, 500);
      assert.equal(headers['set-cookie'], undefined);
    }
  });
  assert.deepEqual(resultsOf(await visitor.visit('/page', 'all', 'new')), [{ n: 1 }, false]);
  assert.equal(await title(), before);
  t.diagnostic(`${count * 4} requests that set and then throw: 0 changes stored, 0 cookies`);
});

test('a slow request does not bring back a session that was ended meanwhile', async (t) => {
  const rounds = sized(10, 100);
  const writers = 20;
  let [alive, early] = [0, 0];
  await several(rounds, 4, async () => {
    const visitor = await visitorWith('set n 1');
    const slow = Array.from({ length: writers }, (_, index) =>
      visitor.copy(sites[index % 2]!).visit('/page', 'get n', `wait ${100 + index * 5}`, `set k${index} 1`, 'set n 2'),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const ended = visitor.copy();
    assert.equal((await ended.visit('/page', 'invalidate')).status, 200);
    assert.equal(ended.browserId, '');
    for (const answer of await Promise.all(slow)) {
      assert.ok([200, 409].includes(answer.status), answer.text);
      if (answer.status === 200 && resultOf(answer) === 1) early += 1;
    }
    for (const site of sites) {
      const [all, isNew] = resultsOf(await visitor.copy(site).visit('/page', 'all', 'new'));
      if (isNew !== true || Object.keys(all as object).length > 0) alive += 1;
    }
  });
  t.diagnostic(`${early} slow writers had read at ${rounds} logouts: ${alive} sessions alive afterwards`);
  assert.ok(early > rounds, 'most slow writers came too late to matter');
  assert.equal(alive, 0);
});

test('requests in flight while the browser id changes are answered from the session, and their changes are kept', async (t) => {
  const rounds = sized(10, 100);
  let anonymous = 0;
  for (let round = 0; round < rounds; round += 1) {
    const visitor = await visitorWith(`set who ${round}`);
    const before = visitor.copy();
    const [rotated, ...answers] = await Promise.all([
      visitor.visit('/page', 'rotate'),
      ...Array.from({ length: 50 }, (_, index) =>
        before.copy(sites[index % 2]!).visit('/page', `wait ${index}`, 'get who', `add n 1`),
      ),
    ]);
    assert.equal(rotated?.status, 200);
    assert.notEqual(visitor.browserId, before.browserId);
    for (const answer of answers) if (resultsOf(answer)[1] !== round) anonymous += 1;
    assert.deepEqual(resultsOf(await visitor.visit('/page', 'get who', 'get n')), [round, 50]);
  }
  t.diagnostic(`${rounds} changes of the browser id with 50 requests in flight: ${anonymous} anonymous answers`);
  assert.equal(anonymous, 0);
});

test('nobody sees what another request has not committed, or what another user has', async (t) => {
  const users = sized(60, 200);
  const requests = sized(2_400, 20_000);
  const people = await Promise.all(
    Array.from({ length: users }, async (_, me) => ({ me, last: 0, visitor: await visitorWith(`set me ${me}`) })),
  );
  let aborted = 0;
  let wrong = 0;
  await Promise.all(
    people.map(async (person) => {
      for (let turn = 1; turn <= requests / users; turn += 1) {
        person.visitor.port = sites[Math.floor(Math.random() * 2)]!.port;
        const pause = `wait ${Math.floor(Math.random() * 5)}`;
        const isAborted = Math.random() < 0.1;
        const steps = ['get me', 'get last', `set last ${turn}`, `fill junk ${turn}`, pause];
        const answer = await person.visitor.visit('/page', ...steps, ...(isAborted ? ['throw'] : ['get last']));
        if (isAborted) {
          assert.equal(answer.status, 500);
          aborted += 1;
          continue;
        }
        const [me, last] = resultsOf(answer);
        if (me !== person.me || (last ?? 0) !== person.last) wrong += 1;
        person.last = turn;
      }
    }),
  );
  t.diagnostic(`${users} users, ${requests} requests, ${aborted} of them aborted: ${wrong} foreign or aborted values`);
  assert.ok(aborted > 0);
  assert.equal(wrong, 0);
});

async function visitorWith(step: string): Promise<Visitor> {
  const visitor = new Visitor(one);
  assert.equal((await visitor.visit('/page', step)).status, 200);
  return visitor;
}

/** The same browser fifty times at once, half of them at each process. */
function fifty(visitor: Visitor, work: (each: Visitor, index: number) => Promise<Answer>): Promise<readonly Answer[]> {
  return Promise.all(Array.from({ length: 50 }, (_, index) => work(visitor.copy(sites[index % 2]!), index)));
}

function countsOf(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
