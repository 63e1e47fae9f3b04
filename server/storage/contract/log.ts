import assert from 'node:assert/strict';
import { test } from 'node:test';
import { change, changed, commit, deleted, moved, plain } from './changes.ts';
import type { MakeSite } from './contract.ts';

export function describeLog(make: MakeSite): void {
  test('the log tells of every transaction, newest first, and can be read a page at a time', async () => {
    await using site = await make();
    const { storage } = site;
    const earlier = await storage.transactions({ limit: 100 });
    const tids: number[] = [];
    for (const description of ['one', 'two', 'three', 'four', 'five']) {
      const changes = [change(site, { id: description })];
      tids.unshift((await storage.commit({ changes, user: 'ann', description, time: tids.length })).tid);
    }
    const all = await storage.transactions({ limit: 100 });
    assert.deepEqual(plain(all[0]), { tid: tids[0], time: 4, user: 'ann', description: 'five' });
    const tidsOf = (page: typeof all) => page.map(({ tid }) => tid);
    assert.deepEqual(tidsOf(all), [...tids, ...tidsOf(earlier)]);
    const first = await storage.transactions({ limit: 2 });
    const second = await storage.transactions({ limit: 2, before: first[1]!.tid });
    assert.deepEqual([tidsOf(first), tidsOf(second)], [tids.slice(0, 2), tids.slice(2, 4)]);
    assert.deepEqual(await storage.transactions({ limit: 0 }), []);
    assert.deepEqual(await storage.transactions({ limit: 10, before: all.at(-1)!.tid }), []);
    await storage.commit({ changes: [], user: null, description: 'nothing', time: 9 });
    assert.deepEqual(await storage.transactions({ limit: 100 }), all, 'nothing was changed, so nothing is told');
  });

  test('of each transaction it is known what it did to every object, whatever was done since', async () => {
    await using site = await make();
    const { storage } = site;
    const [folder, page, other] = ['folder', 'page', 'other'].map((id) => change(site, { id }));
    const first = await commit(storage, folder!, page!, other!);
    const into = { ...page!, basis: first, after: { ...moved(page!, folder!.oid), title: 'Moved' } };
    const second = await commit(storage, into, deleted(other!, first));
    const third = await commit(storage, { ...other!, basis: null });
    const fourth = await commit(storage, changed(into, second, { title: 'Later' }));
    const byOid = <Each extends { readonly oid: number }>(...all: Each[]) => all.sort((a, b) => a.oid - b.oid);
    const added = (what: typeof page) => ({ oid: what!.oid, before: null, after: what!.after });
    const done = async (tid: number) => plain(await storage.changesOf(tid));
    assert.deepEqual(await done(first), byOid(added(folder), added(page), added(other)));
    assert.deepEqual(
      await done(second),
      byOid(
        { oid: page!.oid, before: page!.after, after: into.after },
        { oid: other!.oid, before: other!.after, after: null },
      ),
    );
    assert.deepEqual(await done(third), [added(other)], 'until then it was not there');
    const later = await storage.changesOf(fourth);
    assert.deepEqual(
      later.map(({ before, after }) => [before?.title, after?.title]),
      [['Moved', 'Later']],
    );
    assert.deepEqual(await done(fourth + 1), []);
  });
}
