import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError } from '../../base/errors.ts';
import { at, batchOf, change, changed, commit, deleted, LIST, plain } from './changes.ts';
import type { CommitHooks } from '../storage.ts';
import type { MakeSite } from './contract.ts';

export function describeCommits(make: MakeSite): void {
  test('a committed object is there with its serial, and every commit has the next number', async () => {
    await using site = await make();
    const { storage, top } = site;
    const before = (await storage.refresh()).tid;
    const added = change(site, { id: 'page', properties: { words: ['a', { b: null }] } });
    const serial = await commit(storage, added);
    assert.equal(serial, before + 1);
    assert.equal((await storage.refresh()).tid, serial);
    const found = await storage.load(added.oid, at(serial));
    assert.deepEqual(plain(found), { ...added.after, serial, childCount: 0 });
    assert.deepEqual(await storage.findChild(top, 'page', at(serial)), found);
    assert.equal(await storage.findChild(top, 'Page', at(serial)), undefined);
    assert.equal(await storage.findChild(added.oid, 'page', at(serial)), undefined);
  });

  test('what was given to a commit or by a read can be changed without touching what is stored', async () => {
    await using site = await make();
    const { storage } = site;
    const properties = { list: ['a'] };
    const added = change(site, { id: 'page', properties });
    const serial = await commit(storage, added);
    properties.list.push('b');
    const first = await storage.load(added.oid, at(serial));
    assert.deepEqual(first?.properties, { list: ['a'] });
    try {
      (first?.properties['list'] as string[] | undefined)?.push('c');
    } catch {
      // Frozen is as good as a copy.
    }
    assert.deepEqual((await storage.load(added.oid, at(serial)))?.properties, { list: ['a'] });
  });

  test('of a commit that is refused nothing stays, and the next one has its number', async () => {
    await using site = await make();
    const { storage, top } = site;
    const page = change(site, { id: 'page' });
    const serial = await commit(storage, page);
    const batch = [
      change(site, { id: 'another' }),
      changed(page, serial, { title: 'New' }),
      change(site, { id: 'page' }),
    ];
    await assert.rejects(commit(storage, ...batch), ConflictError);
    assert.equal((await storage.refresh()).tid, serial);
    const { total, objects } = await storage.children(top, LIST, at(serial));
    assert.equal(total, 1);
    assert.deepEqual(plain(objects), [{ ...page.after, serial, childCount: 0 }]);
    assert.equal((await storage.revisions(page.oid, 10)).length, 1);
    assert.equal(await commit(storage, change(site, { id: 'third' })), serial + 1);
  });

  test('what a commit reserves elsewhere is written once it is final, and then what has to follow is done', async () => {
    await using site = await make();
    const { storage } = site;
    const fates: string[] = [];
    const page = change(site, { id: 'page' });
    const { tid } = await storage.commit(batchOf(page), noting(fates));
    assert.deepEqual(fates, ['reserved', 'written', 'committed']);
    assert.equal((await storage.load(page.oid, at(tid)))?.id, 'page');
  });

  test('what a refused commit reserved is released, and nothing follows', async () => {
    await using site = await make();
    const { storage } = site;
    const fates: string[] = [];
    const page = change(site, { id: 'page' });
    await commit(storage, page);
    await assert.rejects(storage.commit(batchOf(page), noting(fates)), ConflictError);
    const isReleased = ['', 'reserved,released'].includes(fates.join());
    assert.ok(isReleased, `${fates.join()}: where it was reserved before the checks, it was released`);
  });

  test('whoever cannot reserve refuses the whole', async () => {
    await using site = await make();
    const { storage } = site;
    const fates: string[] = [];
    const { tid: last } = await storage.refresh();
    const added = change(site, { id: 'page' });
    const reserve = () => {
      throw new Error('no after all');
    };
    await assert.rejects(storage.commit(batchOf(added), { ...noting(fates), reserve }), /no after all/);
    assert.deepEqual(fates, []);
    assert.equal((await storage.refresh()).tid, last);
    assert.equal(await storage.load(added.oid, at(last)), undefined);
    assert.equal(await commit(storage, added), last + 1);
  });

  test('a batch without changes makes no transaction, but what goes with it is done', async () => {
    await using site = await make();
    const { storage } = site;
    const fates: string[] = [];
    const { tid: last } = await storage.refresh();
    assert.equal((await storage.commit(batchOf(), noting(fates))).tid, last);
    assert.deepEqual(fates, ['reserved', 'written', 'committed']);
    assert.equal((await storage.refresh()).tid, last);
  });

  test('every state stays as a revision, newest first, deletion included', async () => {
    await using site = await make();
    const { storage } = site;
    const page = change(site, { id: 'page' });
    const { tid: first } = await storage.commit({ changes: [page], user: null, description: 'Added page', time: 10 });
    const renamed = changed(page, first, { id: 'site', title: 'New' });
    const { tid: second } = await storage.commit({
      changes: [renamed],
      user: 'ann',
      description: 'Renamed page',
      time: 20,
    });
    const { tid: third } = await storage.commit({
      changes: [deleted(page, second)],
      user: 'bo',
      description: 'Gone',
      time: 30,
    });
    assert.deepEqual(plain(await storage.revisions(page.oid, 10)), [
      { serial: third, time: 30, user: 'bo', description: 'Gone', state: null },
      { serial: second, time: 20, user: 'ann', description: 'Renamed page', state: renamed.after },
      { serial: first, time: 10, user: null, description: 'Added page', state: page.after },
    ]);
    assert.deepEqual(
      (await storage.revisions(page.oid, 1)).map(({ serial }) => serial),
      [third],
    );
    const again = await commit(storage, { ...page, basis: null });
    assert.deepEqual(
      (await storage.revisions(page.oid, 10)).map(({ serial }) => serial),
      [again, third, second, first],
    );
  });

  test('it tells which objects were touched since, and what they are and were in', async () => {
    await using site = await make();
    const { storage, top } = site;
    const from = change(site, { id: 'from' });
    const to = change(site, { id: 'to' });
    const page = change(site, { id: 'page', parent: from.oid });
    const first = await commit(storage, from, to, page);
    const second = await commit(storage, changed(page, first, { parent: to.oid }));
    await commit(storage, deleted(page, second));
    const other = change(site, { id: 'other', parent: from.oid });
    const fourth = await commit(storage, other);
    const fifth = await commit(storage, changed(other, fourth, { title: 'In place' }));
    const since = async (tid: number) => (await storage.changedSince(tid))?.toSorted((a, b) => a - b);
    const sorted = (...oids: number[]) => oids.toSorted((a, b) => a - b);
    assert.deepEqual(await since(fifth), []);
    assert.deepEqual(await since(fourth), sorted(other.oid, from.oid));
    assert.deepEqual(await since(second), sorted(page.oid, to.oid, other.oid, from.oid));
    assert.deepEqual(await since(first), sorted(page.oid, to.oid, other.oid, from.oid));
    assert.equal((await storage.changedSince(first - 1))?.includes(top), true);
  });

  test('10,000 new oids are all different', async () => {
    await using site = await make();
    const oids = Array.from({ length: 10_000 }, () => site.storage.newOid());
    assert.equal(new Set(oids).size, 10_000);
    assert.equal(oids.every(Number.isSafeInteger), true);
  });

  test('a step is done once, by whoever comes first; the others wait for it, and take over where it fails', async () => {
    await using site = await make();
    const { storage } = site;
    const done: string[] = [];
    const step = (name: string, fails = false) =>
      storage.once('first start', async () => {
        await commit(storage, change(site, { id: name }));
        done.push(name);
        if (fails) throw new Error('no luck');
      });
    await assert.rejects(step('a', true), /no luck/);
    assert.deepEqual((await Promise.all([step('b'), step('c'), step('d')])).filter(Boolean), [true]);
    assert.equal(await step('e'), false);
    assert.equal(done.length, 2);
  });
}

/** Hooks that note what becomes of the commit. */
function noting(fates: string[]): CommitHooks {
  const note = (fate: string) => () => void fates.push(fate);
  const reserve = () => {
    fates.push('reserved');
    return { write: note('written'), release: note('released') };
  };
  return { reserve, committed: note('committed') };
}
