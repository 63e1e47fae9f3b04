import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeNamed } from '../objects/testing.ts';
import { CHOSEN_CACHE_MANAGER, findCacheManager, CACHEABLE, CACHE_MANAGER, type AnswerCache } from './invoke-cached.ts';
import { html } from './request.ts';
import { openTestPublisher, textOf } from './testing.ts';
import { method } from './views.ts';

/** A cache manager that keeps the first answer for each path. */
function keepsFirst(): AnswerCache {
  const kept = new Map<string, unknown>();
  return {
    async answer(call, render) {
      if (!kept.has(call.object.path)) kept.set(call.object.path, await render(call));
      return kept.get(call.object.path);
    },
  };
}

/** Pages that say how often they were made, a page in a folder with a cache manager there and one in the root. */
async function openSite() {
  let made = 0;
  const view = method({ http: 'GET', permission: 'View', summary: 'Shows.', run: () => html(`made ${(made += 1)}`) });
  const count = method({
    http: 'GET',
    permission: 'View',
    summary: 'Counts.',
    run: () => html(`counted ${(made += 1)}`),
  });
  const caches = new Map<number, AnswerCache>();
  const cacheOf = ({ oid }: { oid: number }) => caches.getOrInsertComputed(oid, keepsFirst);
  const types = [
    typeNamed('Page', { publish: { view, methods: { count } }, provides: [CACHEABLE.by(() => true)] }),
    typeNamed('Fresh', { publish: { view } }),
    typeNamed('Cache', { provides: [CACHE_MANAGER.by(cacheOf)] }),
  ];
  const site = await openTestPublisher(types);
  await site.tree.change(async (transaction) => {
    const root = await transaction.root();
    const folder = transaction.add(root, { type: 'Folder', id: 'shop' });
    for (const [parent, id] of [
      [root, 'near'],
      [root, 'far'],
      [folder, 'near'],
    ] as const) {
      transaction.add(parent, { type: 'Cache', id });
    }
    for (const type of ['Page', 'Fresh']) transaction.add(folder, { type, id: type.toLowerCase() });
  });
  return {
    ...site,
    ask: async (path: string) => textOf(await site.ask('GET', path)),
    choose: (path: string, id: unknown) =>
      site.tree.change(async (transaction) => {
        transaction.change(await transaction.get(path), { properties: { [CHOSEN_CACHE_MANAGER]: id } });
      }),
    managerOf: async (path: string) => (await findCacheManager(await (await site.tree.open()).get(path)))?.path,
  };
}

test('the cache manager of an object is the nearest one upward of the id that was chosen for it', async () => {
  const { choose, managerOf } = await openSite();
  assert.equal(await managerOf('/shop/page'), undefined);
  for (const [id, path] of [
    ['near', '/shop/near'],
    ['far', '/far'],
    ['gone', undefined],
    ['', undefined],
    [7, undefined],
  ]) {
    await choose('/shop/page', id);
    assert.equal(await managerOf('/shop/page'), path, String(id));
  }
});

test('one that is added nearer by, or goes, counts from the next request on', async () => {
  const { tree, choose, managerOf } = await openSite();
  await choose('/shop/page', 'far');
  assert.equal(await managerOf('/shop/page'), '/far');
  await tree.change(async (transaction) =>
    transaction.add(await transaction.get('/shop'), { type: 'Cache', id: 'far' }),
  );
  assert.equal(await managerOf('/shop/page'), '/shop/far');
  await tree.change(async (transaction) => transaction.remove(await transaction.get('/shop/far')));
  assert.equal(await managerOf('/shop/page'), '/far');
});

test('the view of an object is answered by its cache manager, and made each time where there is none', async () => {
  const { ask, choose } = await openSite();
  assert.deepEqual([await ask('/shop/page'), await ask('/shop/page')], ['made 1', 'made 2']);
  await choose('/shop/page', 'near');
  assert.deepEqual([await ask('/shop/page'), await ask('/shop/page')], ['made 3', 'made 3']);
  await choose('/shop/page', 'gone');
  assert.equal(await ask('/shop/page'), 'made 4');
});

test('neither its other methods are, nor the view of a type that does not say what it is made from', async () => {
  const { ask, choose } = await openSite();
  for (const path of ['/shop/page', '/shop/fresh']) await choose(path, 'near');
  assert.deepEqual(
    [await ask('/api/shop/page/@count'), await ask('/api/shop/page/@count')],
    ['counted 1', 'counted 2'],
  );
  assert.deepEqual([await ask('/shop/fresh'), await ask('/shop/fresh')], ['made 3', 'made 4']);
});
