import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, change, changed, commit, deleted, LIST } from './changes.ts';
import type { MakeSite } from './contract.ts';

export function describeLookups(make: MakeSite): void {
  test('links are found by exact path and from below, and follow their object', async () => {
    await using site = await make();
    const { storage } = site;
    const link = (property: string, path: string) => ({ property, path });
    const page = change(site, { id: 'page' });
    const links = [link('proxy_path', '/proxies/one'), link('container_path', '/proxies'), link('odd', '/proxies%/x')];
    const first = await commit(storage, { ...page, links: [...links, link('proxy_path', '/proxies/one')] });
    const to = async (path: string) => (await storage.linksTo(path)).map((found) => `${found.property} ${found.path}`);
    assert.deepEqual(await to('/proxies'), ['container_path /proxies', 'proxy_path /proxies/one']);
    assert.deepEqual(await to('/proxies/one'), ['proxy_path /proxies/one']);
    assert.deepEqual(await to('/proxies/o'), []);
    assert.deepEqual(await to('/proxies%'), ['odd /proxies%/x']);
    assert.equal((await to('/')).length, 3);
    assert.deepEqual(await storage.linksTo('/proxies/one'), [{ oid: page.oid, ...link('proxy_path', '/proxies/one') }]);
    const second = await commit(storage, { ...changed(page, first, {}), links: [link('proxy_path', '/elsewhere')] });
    assert.deepEqual([await to('/proxies'), await to('/elsewhere')], [[], ['proxy_path /elsewhere']]);
    await commit(storage, deleted(page, second));
    assert.deepEqual(await to('/'), []);
  });

  test('search finds by id, title and type in any case, ids that begin with the text first', async () => {
    await using site = await make();
    const { storage } = site;
    await commit(
      storage,
      change(site, { id: 'z-port', title: 'Harbour' }),
      change(site, { id: 'about', title: 'Portraits' }),
      change(site, { id: 'Portal', title: '' }),
      change(site, { id: 'port', title: 'x' }),
      change(site, { id: 'x', title: 'y', type: 'Portable Thing' }),
      change(site, { id: 'none', title: 'Straße ΟΔΟΣ' }),
    );
    const ids = async (text: string, limit = 100) => (await storage.search(text, limit)).map(({ id }) => id);
    const found = await ids('pOrT');
    assert.deepEqual(found.slice(0, 2), ['port', 'Portal']);
    assert.deepEqual(found.slice(2).toSorted(), ['about', 'x', 'z-port']);
    assert.deepEqual(await ids('port', 2), ['port', 'Portal']);
    assert.equal((await ids('port', 3)).length, 3);
    assert.deepEqual(await ids('STRASSE'), ['none']);
    assert.deepEqual(await ids('οδος'), ['none']);
    assert.deepEqual(await ids('port', 0), []);
  });

  test('%, _, *, ? and backslash are ordinary characters in searches and filters', async () => {
    await using site = await make();
    const { storage, top } = site;
    const titles = ['100%', '100 per cent', 'a_b', 'aXb', 'back\\slash', 'what?', 'star*', "it's", '[x]'];
    const serial = await commit(
      storage,
      ...titles.map((title, index) => change(site, { id: `o${index}`, title, type: 'T' })),
    );
    for (const text of ['%', '_', '\\', '?', '*', "'", '[']) {
      const expected = titles.filter((title) => title.includes(text));
      assert.deepEqual(
        (await storage.search(text, 100)).map(({ title }) => title),
        expected,
      );
      const page = await storage.children(top, { ...LIST, filter: text }, at(serial));
      assert.deepEqual([page.total, page.objects.map(({ title }) => title)], [1, expected]);
    }
  });

  test('objects are found by type: everywhere, or among the children of one', async () => {
    await using site = await make();
    const { storage, top } = site;
    const folder = change(site, { id: 'folder', type: 'Folder' });
    const serial = await commit(
      storage,
      folder,
      change(site, { id: 'b', type: 'Page' }),
      change(site, { id: 'A', type: 'File' }),
      change(site, { id: 'inside', type: 'Page', parent: folder.oid }),
    );
    const ids = (objects: readonly { id: string }[]) => objects.map(({ id }) => id);
    assert.deepEqual(ids(await storage.childrenOfTypes(top, ['Page', 'File', 'None'], at(serial))), ['A', 'b']);
    assert.deepEqual(ids(await storage.childrenOfTypes(top, [], at(serial))), []);
    assert.deepEqual(ids(await storage.objectsOfTypes(['Page'], 100)).toSorted(), ['b', 'inside']);
    assert.equal((await storage.objectsOfTypes(['Page', 'Folder'], 2)).length, 2);
  });
}
