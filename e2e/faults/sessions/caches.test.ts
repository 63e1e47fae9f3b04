import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPage, MANAGERS, pageAt, startCachedServer, startCachedSite } from '../../support/cached-site.ts';
import { several, sized, until } from '../../support/figures.ts';
import { MemcachedCluster } from '../../support/memcached/memcached-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer } from '../../support/applications/visitor.ts';

const WRITERS = 100;
const ROUNDS = sized(3, 20);

test('while 100 writers change pages in two processes, nobody is given an old page after a commit', async (t) => {
  await using memcached = await MemcachedCluster.start(1);
  await using one = await startCachedSite(memcached.addresses);
  await using other = await startCachedServer({ data: one.data });
  const sites = [one, other];
  for (let number = 0; number < WRITERS; number += 1) await addPage(one, `w${number}`, ['title'], MANAGERS[number % 2]);
  for (const manager of MANAGERS) await addPage(one, `list-${manager}`, ['include /docs/w0', 'title'], manager);
  let checked = 0;
  let old = 0;
  let isWriting = true;
  const readers = sites.flatMap((site) =>
    ['list-mccache', 'list-ramcache', 'w0', 'w1', 'w2'].map(async (id) => {
      while (isWriting) await pageAt(site, `/docs/${id}`);
    }),
  );
  const writing = several(WRITERS, WRITERS, async (number) => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const site = sites[(number + round) % 2]!;
      const title = `${number} in round ${round}`;
      await administer(site.port, `/api/docs/w${number}`, { method: 'PATCH', body: { title } });
      const paths = [`/docs/w${number}`, ...(number === 0 ? MANAGERS.map((manager) => `/docs/list-${manager}`) : [])];
      for (const path of paths) {
        for (const each of sites) {
          checked += 1;
          if ((await pageAt(each, path)).parts[0] !== title) old += 1;
        }
      }
    }
  });
  await Promise.all([writing.finally(() => (isWriting = false)), ...readers]);
  t.diagnostic(`${WRITERS * ROUNDS} commits, ${checked} pages looked at after them in both processes: ${old} old`);
  assert.equal(old, 0);
});

test('a page invalidated at one process is given by none of them any more, while 100 others invalidate theirs', async (t) => {
  await using memcached = await MemcachedCluster.start(1);
  await using one = await startCachedSite(memcached.addresses);
  await using other = await startCachedServer({ data: one.data });
  const sites = [one, other];
  for (let number = 0; number < WRITERS; number += 1) await addPage(one, `w${number}`, ['title'], MANAGERS[number % 2]);
  let old = 0;
  await several(WRITERS, WRITERS, async (number) => {
    const path = `/docs/w${number}`;
    for (let round = 0; round < ROUNDS; round += 1) {
      const site = sites[(number + round) % 2]!;
      const before = await Promise.all(sites.map((each) => pageAt(each, path)));
      await administer(site.port, `/api${path}/@invalidate`, { body: {} });
      const after = await Promise.all(sites.map((each) => pageAt(each, path)));
      if (after.some(({ by, made }) => before.some((each) => each.by === by && each.made === made))) old += 1;
    }
  });
  t.diagnostic(`${WRITERS * ROUNDS} invalidations: ${old} old pages after them`);
  assert.equal(old, 0);
});

for (const manager of MANAGERS) {
  test(`500 who ask ${manager} at once for a page that has expired, or is missing, have it made once`, async (t) => {
    await using memcached = await MemcachedCluster.start(1);
    await using site = await startCachedSite(memcached.addresses);
    await addPage(site, 'slow', ['wait 200', 'title'], manager);
    await addPage(site, 'later', ['clock 3601000']);
    await addPage(site, 'plain', []);
    const madeSoFar = async () => (await pageAt(site, '/docs/plain')).made;
    const askAll = () => Promise.all(Array.from({ length: 500 }, () => pageAt(site, '/docs/slow')));

    const missing = await askAll();
    assert.deepEqual([...new Set(missing.map(({ made }) => made))], [1]);
    assert.equal(await madeSoFar(), 2);

    await pageAt(site, '/docs/later');
    const expired = await askAll();
    const isOld = expired.filter(({ made }) => made === 1).length;
    assert.ok(expired.every(({ made }) => made === 1 || made === 4));
    assert.equal(await madeSoFar(), 5, 'one more of the slow page, one that put the clock forward, one plain');
    t.diagnostic(`500 for an expired page: it was made once; ${isOld} were given the old one meanwhile`);
    assert.ok(isOld > 0);
    assert.equal((await pageAt(site, '/docs/slow')).made, 4);
  });
}

test('a memcached that is frozen or gone breaks no page, and the cache works again when it is back', async (t) => {
  await using memcached = await MemcachedCluster.start(1);
  await using site = await startCachedSite(memcached.addresses);
  await addPage(site, 'page', ['title'], 'mccache');
  const isKept = async () => (await pageAt(site, '/docs/page')).made === (await pageAt(site, '/docs/page')).made;
  await until('the page is kept', isKept);
  const visitAll = async (fault: string) => {
    const took: number[] = [];
    for (let visit = 0; visit < 50; visit += 1) {
      const began = performance.now();
      assert.deepEqual((await pageAt(site, '/docs/page')).parts, ['page'], fault);
      took.push(performance.now() - began);
    }
    t.diagnostic(
      `${fault}: 50 pages of 50, the slowest ${Math.max(...took).toFixed(0)} ms, the last ${took.at(-1)!.toFixed(0)} ms`,
    );
  };

  await memcached.freeze(0);
  await visitAll('frozen');
  await memcached.wake(0);
  await until('the page is kept again', isKept);

  await memcached.kill(0);
  assert.equal(await isKept(), false, 'nothing is kept while it is gone');
  await visitAll('killed');
  await memcached.bringBack(0);
  await until('the page is kept again', isKept);
  const told = site
    .log()
    .split('\n')
    .filter((line) => line.includes('pages are made anew'));
  assert.equal(told.length, 2, 'the log says so once for each time');
});

test('a page that is too large for memcached is made each time, and the cache goes on for the others', async () => {
  await using memcached = await MemcachedCluster.start(1);
  await using site = await startCachedSite(memcached.addresses);
  await addPage(site, 'large', ['text 1100000'], 'mccache');
  await addPage(site, 'small', ['title'], 'mccache');
  const isKept = async (path: string) => (await pageAt(site, path)).made === (await pageAt(site, path)).made;
  for (let visit = 0; visit < 3; visit += 1) assert.equal(await isKept('/docs/large'), false);
  await until('the small page is kept', () => isKept('/docs/small'));
  assert.equal(site.log(), '');
});

test('a page that is kept when its process is killed is no older for the next one', async () => {
  await using memcached = await MemcachedCluster.start(1);
  await using folder = await temporaryFolder();
  await using first = await startCachedSite(memcached.addresses, { data: folder.path });
  await addPage(first, 'page', ['title', 'include /docs/other'], 'mccache');
  const kept = await pageAt(first, '/docs/page');
  await until('it is kept', async () => (await pageAt(first, '/docs/page')).made === kept.made);
  await using second = await startCachedServer({ data: first.data });
  await administer(second.port, '/api/docs', { body: { type: 'Folder', id: 'other', title: 'New' } });
  await first.kill();
  assert.deepEqual((await pageAt(second, '/docs/page')).parts, ['page', 'New']);
});
