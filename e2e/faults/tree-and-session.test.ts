import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import { several, sized, until } from '../support/figures.ts';
import { MemcachedCluster } from '../support/memcached/memcached-cluster.ts';
import type { Memcached } from '../support/memcached/memcached.ts';
import { startSite, startSteppedServer } from '../support/sessions-site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../support/applications/visitor.ts';

const folder = await temporaryFolder();
const data = folder.path;
const cluster = await MemcachedCluster.start(1);
const one = await startSite({ servers: cluster.addresses }, { data });
const other = await startSteppedServer({ data });
const sites = [one, other] as const;
after(async () => {
  await Promise.all([one.stop(), other.stop(), cluster[Symbol.asyncDispose]()]);
  await folder[Symbol.asyncDispose]();
});

test('a request whose change of the tree has to be done again changes its session once', async (t) => {
  const visitors = sized(8, 20);
  const turns = sized(30, 200);
  const before = await revision();
  let done = 0;
  let refused = 0;
  await several(visitors, visitors, async (which) => {
    const visitor = new Visitor(sites[which % 2]!);
    let counted = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const { status, text } = await visitor.post('/page', 'add n 1', 'raise m', `title ${which}.${turn}`);
      assert.ok([200, 409].includes(status), text);
      if (status === 200) counted += 1;
      else refused += 1;
    }
    const expected = counted === 0 ? {} : { n: counted, m: counted };
    assert.deepEqual(resultOf(await visitor.visit('/page', 'all')), expected);
    done += counted;
  });
  assert.equal((await revision()) - before, done);
  t.diagnostic(
    `${done} requests that changed one page and their session, ${refused} refused with 409: each counted once`,
  );
});

test('a request that changes tree and session while memcached dies changes neither', async (t) => {
  const count = sized(20, 200);
  const visitors = Array.from({ length: count }, () => new Visitor(one));
  await Promise.all(visitors.map((visitor) => visitor.visit('/page', 'set n 1')));
  const [before, readBefore] = [await revision(), await readsOf(cluster.server(0))];
  const answering = visitors.map((visitor, index) =>
    visitor.post('/page', 'get n', `title lost${index}`, 'wait 2000', 'set n 2'),
  );
  await until('each has read its session', async () => (await readsOf(cluster.server(0))) >= readBefore + count);
  await cluster.killAll();
  const answers = await Promise.all(answering);
  for (const { status, text } of answers) assert.equal(status, 503, text);
  assert.equal(await revision(), before);
  await cluster.bringAllBack();
  t.diagnostic(`${count} requests in flight when memcached died: all refused with 503, 0 changes of the tree`);
});

test('the tree can be changed while no memcached answers', async () => {
  await cluster.killAll();
  const before = await revision();
  assert.equal((await new Visitor(one).post('/page', 'title alone')).status, 200);
  assert.equal(await revision(), before + 1);
  await cluster.bringAllBack();
  await until('sessions', async () => (await new Visitor(one).visit('/page', 'set n 1')).status === 200);
});

/** How many values memcached was asked for so far. */
async function readsOf(memcached: Memcached): Promise<number> {
  const line = (await memcached.ask('stats')).find((each) => each.startsWith('STAT cmd_get '));
  return Number(line?.split(' ')[2]);
}

async function revision(): Promise<number> {
  return (await administer<ObjectMessage>(other.port, '/api/page')).revision;
}
