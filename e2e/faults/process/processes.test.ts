import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildrenMessage, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { several, sized, times, until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import type { TestServer } from '../../support/server.ts';
import { startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';

const PROCESSES = sized(2, 7);
const STEPS = sized(400, 5_000);
const CLIENTS = 7;
const PAGES = 3;

test('processes on one data folder change the same objects at once: nothing is busy, lost, torn or stale', async (t) => {
  await using folder = await temporaryFolder();
  await using stack = new AsyncDisposableStack();
  const sites = await startProcesses(folder.path, stack);
  await addPages(sites[0]!);
  const counts: Record<number, number> = {};
  const took: number[] = [];
  let stale = 0;
  let torn = 0;
  await several(STEPS, CLIENTS, async (step) => {
    const site = sites[step % PROCESSES]!;
    const reader = sites[(step + 1) % PROCESSES]!;
    const before = await revisionAt(reader);
    const answer = await new Visitor(site).post('/group/p0', `titles ${step}`);
    counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    took.push(answer.tookMs);
    const { revision, isTorn } = await stateAt(reader);
    if (answer.status === 200 && revision <= before) stale += 1;
    if (isTorn) torn += 1;
  });
  const { revision } = await stateAt(sites[0]!);
  const done = counts[200] ?? 0;
  t.diagnostic(`${PROCESSES} processes, ${STEPS} conflicting changes: ${JSON.stringify(counts)}; ${times(took)}`);
  t.diagnostic(`${stale} stale reads after an acknowledged commit, ${torn} torn ones; revision ${revision}`);
  // One that lost the race in each of its runs is refused, and has changed nothing.
  assert.deepEqual(
    Object.keys(counts).filter((status) => status !== '200' && status !== '409'),
    [],
  );
  assert.deepEqual({ stale, torn }, { stale: 0, torn: 0 });
  assert.equal(revision, done + 1);
  assert.ok(done >= 0.5 * STEPS, 'Most requests lost every race.');
});

test('one of several processes killed in the middle of its work leaves the others working', async (t) => {
  await using folder = await temporaryFolder();
  const data = folder.path;
  await using memcached = await startMemcached();
  await using first = await startSite({ servers: [memcached.address] }, { data });
  await addPages(first);
  let acknowledged = 0;
  const rounds = sized(3, 20);
  for (let round = 0; round < rounds; round += 1) {
    await using victim = await startSteppedServer({ data });
    let isKilled = false;
    const before = acknowledged;
    const working = Array.from({ length: 4 }, async () => {
      const visitor = new Visitor(victim);
      while (!isKilled) {
        const answer = await visitor.post('/group/p0', 'add n 1', `titles r${Math.random()}`).catch(() => undefined);
        if (answer === undefined) break;
        if (answer.status === 200) acknowledged += 1;
      }
    });
    await until('a change', async () => acknowledged > before);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await victim.kill();
    assert.throws(() => process.kill(victim.pid, 0), { code: 'ESRCH' });
    isKilled = true;
    const visitor = new Visitor(first);
    const answer = await visitor.post('/group/p0', 'set n 1', `titles ${round}`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(resultOf(await visitor.visit('/group/p1', 'get n')), 1);
    const { isTorn } = await stateAt(first);
    assert.equal(isTorn, false);
    await Promise.all(working);
  }
  t.diagnostic(`${rounds} times SIGKILL of one process, ${acknowledged} changes by the killed ones: the other goes on`);
});

async function startProcesses(data: string, stack: AsyncDisposableStack): Promise<readonly TestServer[]> {
  const first = stack.use(await startSteppedServer({ data }));
  const start = async () => stack.use(await startSteppedServer({ data }));
  return [first, ...(await Promise.all(Array.from({ length: PROCESSES - 1 }, start)))];
}

async function addPages({ port }: TestServer): Promise<void> {
  await administer(port, '/api/', { body: { type: 'Folder', id: 'group' } });
  for (let index = 0; index < PAGES; index += 1) {
    await administer(port, '/api/group', { body: { type: 'Stepped Page', id: `p${index}`, title: 'new' } });
  }
}

async function revisionAt({ port }: TestServer): Promise<number> {
  return (await administer<ObjectMessage>(port, '/api/group/p0')).revision;
}

/** How often the pages were changed, and whether one of them is at another change than the rest. */
async function stateAt(site: TestServer): Promise<{ readonly revision: number; readonly isTorn: boolean }> {
  const { items } = await administer<ChildrenMessage>(site.port, '/api/group/@children?limit=100');
  const revision = await revisionAt(site);
  return { revision, isTorn: items.length !== PAGES || new Set(items.map(({ title }) => title)).size !== 1 };
}
