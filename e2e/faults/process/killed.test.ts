import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import type { ChildrenMessage } from '../../../schema/endpoints/objects.ts';
import { sized, until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import type { TestServer } from '../../support/server.ts';
import { startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';

const ROUNDS = sized(5, 200);
const GROUPS = ['one', 'two', 'three', 'four'];
const GROUP_SIZE = 5;

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());

test('a server killed while it changes the tree has every acknowledged change when it starts again, and none in parts', async (t) => {
  const data = join(folder.path, 'tree');
  const acknowledged = new Map(GROUPS.map((group) => [group, 0]));
  let sent = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await using server = await startSteppedServer({ data });
    if (round === 0) for (const group of GROUPS) await addGroup(server, group);
    else await checkGroups(server, acknowledged);
    let isKilled = false;
    const writing = GROUPS.map(async (group) => {
      const visitor = new Visitor(server);
      while (!isKilled) {
        const number = (sent += 1);
        const answer = await visitor.post(`/${group}/p0`, `titles ${number}`).catch(() => undefined);
        if (answer === undefined) assert.ok(isKilled, 'A request failed before the server was killed.');
        else assert.equal(answer.status, 200, answer.text);
        if (answer !== undefined) acknowledged.set(group, number);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300));
    isKilled = true;
    await server.kill();
    await Promise.all(writing);
    assert.throws(() => process.kill(server.pid, 0), { code: 'ESRCH' });
    assert.equal(await integrity(data), 'ok');
  }
  await using server = await startSteppedServer({ data });
  await checkGroups(server, acknowledged);
  t.diagnostic(`${ROUNDS} times SIGKILL, ${sent} transactions of ${GROUP_SIZE} objects: 0 lost, 0 torn, integrity ok`);
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} under load loses no acknowledged write to a session or to the tree`, async (t) => {
    await using memcached = await startMemcached();
    const data = join(folder.path, signal);
    await using site = await startSite({ servers: [memcached.address] }, { data });
    for (const group of GROUPS) await addGroup(site, group);
    const writers = GROUPS.map((group) => ({ group, visitor: new Visitor(site), acknowledged: 0, lastSent: 0 }));
    const refused: number[] = [];
    let isOver = false;
    const writing = writers.map(async (writer) => {
      while (!isOver) {
        const n = (writer.lastSent += 1);
        const steps = [`set n ${n}`, `titles ${n}`];
        const answer = await writer.visitor.post(`/${writer.group}/p0`, ...steps).catch(() => undefined);
        if (answer === undefined) break;
        if (answer.status === 200) writer.acknowledged = n;
        else refused.push(answer.status);
      }
    });
    await until('a write of each', async () => writers.every(({ acknowledged }) => acknowledged > 0));
    await new Promise((resolve) => setTimeout(resolve, sized(500, 5_000)));
    const before = writers.map(({ acknowledged }) => acknowledged);
    if (signal === 'SIGTERM') assert.equal(await site.stop(), 0);
    else await site.kill();
    isOver = true;
    await Promise.all(writing);
    await using again = await startSteppedServer({ data });
    for (const writer of writers) {
      writer.visitor.port = again.port;
      const inSession = Number(resultOf(await writer.visitor.visit('/page', 'get n')));
      const inTree = await titleOf(again, writer.group);
      const message = `${writer.group}: ${inSession} and ${inTree} of ${writer.acknowledged}, ${writer.lastSent} sent`;
      for (const found of [inSession, inTree]) {
        assert.ok(found >= writer.acknowledged && found <= writer.lastSent, message);
      }
    }
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    const total = sum(writers.map(({ acknowledged }) => acknowledged));
    assert.ok(sum(before) > 0, 'No write was acknowledged before the signal.');
    assert.deepEqual(refused, []);
    t.diagnostic(`${total} acknowledged, ${total - sum(before)} of them after the signal: 0 lost, 0 refused`);
  });
}

async function addGroup({ port }: TestServer, group: string): Promise<void> {
  await administer(port, '/api/', { body: { type: 'Folder', id: group } });
  for (let index = 0; index < GROUP_SIZE; index += 1) {
    await administer(port, `/api/${group}`, { body: { type: 'Stepped Page', id: `p${index}`, title: '0' } });
  }
}

async function checkGroups(server: TestServer, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  for (const [group, number] of acknowledged) {
    const title = await titleOf(server, group);
    assert.ok(title >= number, `${group} is at ${title}, and ${number} was acknowledged`);
  }
}

/** The title that all pages of a group have. */
async function titleOf({ port }: TestServer, group: string): Promise<number> {
  const { items } = await administer<ChildrenMessage>(port, `/api/${group}/@children?limit=100`);
  const titles = new Set(items.map(({ title }) => title));
  assert.equal(items.length, GROUP_SIZE);
  assert.equal(titles.size, 1, `a transaction is there in parts: ${[...titles].join(', ')}`);
  return Number([...titles][0]);
}

/** Asked of a copy, so that the server itself has to deal with what the killed one left. */
async function integrity(data: string): Promise<unknown> {
  const copy = await mkdtemp(join(folder.path, 'copy-'));
  const names = (await readdir(data)).filter((name) => name.startsWith('trellis.sqlite') && !name.endsWith('.lock'));
  for (const name of names) await copyFile(join(data, name), join(copy, name));
  const database = new DatabaseSync(join(copy, 'trellis.sqlite'));
  try {
    return Object.values(database.prepare('PRAGMA integrity_check').get() ?? {})[0];
  } finally {
    database.close();
  }
}
