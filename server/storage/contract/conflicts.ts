import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError } from '../../base/errors.ts';
import type { Change, Storage } from '../storage.ts';
import { at, change, changed, commit, deleted, LIST, moved } from './changes.ts';
import type { MakeSite } from './contract.ts';

export function describeConflicts(make: MakeSite): void {
  const refuses = async (storage: Storage, ...changes: Change[]) => {
    const last = (await storage.refresh()).tid;
    await assert.rejects(commit(storage, ...changes), ConflictError);
    assert.equal((await storage.refresh()).tid, last);
  };

  test('a change made from another state than the newest is a conflict', async () => {
    await using site = await make();
    const { storage } = site;
    const page = change(site, { id: 'page' });
    const first = await commit(storage, page);
    await refuses(storage, { ...page, basis: null });
    const second = await commit(storage, changed(page, first, { title: 'mine' }));
    await refuses(storage, changed(page, first, { title: 'yours' }));
    await refuses(storage, deleted(page, first));
    await commit(storage, deleted(page, second));
    await refuses(storage, changed(page, second, { title: 'too late' }));
    await refuses(storage, deleted(page, second));
  });

  test('of two commits begun together from one state, one wins', async () => {
    await using site = await make();
    const { storage } = site;
    const page = change(site, { id: 'page' });
    const first = await commit(storage, page);
    const both = ['a', 'b'].map((title) => commit(storage, changed(page, first, { title })));
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);
    assert.deepEqual(outcomes.toSorted(), ['fulfilled', 'rejected']);
  });

  test('an id is taken once in a folder: by adding, renaming and moving alike', async () => {
    await using site = await make();
    const { storage } = site;
    const [page, folder] = [change(site, { id: 'page' }), change(site, { id: 'folder' })];
    const inside = change(site, { id: 'page', parent: folder.oid });
    const first = await commit(storage, page, folder, inside);
    await refuses(storage, change(site, { id: 'page' }));
    await refuses(storage, changed(folder, first, { id: 'page' }));
    await refuses(storage, changed(inside, first, { parent: site.top }));
    await refuses(storage, change(site, { id: 'new' }), change(site, { id: 'new' }));
    await commit(storage, change(site, { id: 'Page' }));
  });

  test('objects of one commit may change places, and one may take the place of a deleted one', async () => {
    await using site = await make();
    const { storage, top } = site;
    const [a, b, c] = [change(site, { id: 'a' }), change(site, { id: 'b' }), change(site, { id: 'c' })];
    const first = await commit(storage, a, b, c);
    const serial = await commit(
      storage,
      changed(a, first, { id: 'b' }),
      changed(b, first, { id: 'a' }),
      change(site, { id: 'c', title: 'new c' }),
      deleted(c, first),
    );
    const { total, objects } = await storage.children(top, LIST, at(serial));
    assert.equal(total, 3);
    assert.deepEqual(
      objects.map(({ id, title }) => [id, title]),
      [
        ['a', 'b'],
        ['b', 'a'],
        ['c', 'new c'],
      ],
    );
  });

  test('nothing is added to a folder that is gone, and no folder goes that something was added to', async () => {
    await using site = await make();
    const { storage } = site;
    const folder = change(site, { id: 'folder' });
    const page = change(site, { id: 'page', parent: folder.oid });
    const first = await commit(storage, folder);
    const second = await commit(storage, page);
    await refuses(storage, deleted(folder, first));
    await refuses(storage, deleted(folder, first), changed(page, second, { title: 'still in it' }));
    await refuses(
      storage,
      deleted(folder, first),
      deleted(page, second),
      change(site, { id: 'x', parent: folder.oid }),
    );
    await commit(storage, deleted(folder, first), changed(page, second, { parent: site.top }));
    await refuses(storage, change(site, { id: 'late', parent: folder.oid }));
  });

  test('two moves that are each fine alone never put folders inside each other', async () => {
    await using site = await make();
    const { storage } = site;
    const [a, b] = [change(site, { id: 'a' }), change(site, { id: 'b' })];
    const first = await commit(storage, a, b);
    await commit(storage, changed(a, first, { parent: b.oid }));
    await refuses(storage, changed(b, first, { parent: a.oid }));
    await refuses(storage, changed(b, first, { parent: b.oid }));
    const [c, d] = [change(site, { id: 'c' }), change(site, { id: 'd' })];
    const ring = [
      { ...c, after: moved(c, d.oid) },
      { ...d, after: moved(d, c.oid) },
    ];
    await refuses(storage, ...ring);
  });
}
