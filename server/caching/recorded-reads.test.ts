import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestTree } from '../objects/testing.ts';
import type { Call } from '../publisher/call.ts';
import { RecordedReads } from './recorded-reads.ts';

/** What is read by a call of bob on `/docs/page`, which ann owns, as `/docs` and the temporary folder `/temp` are hers. */
async function reading() {
  const tree = await openTestTree();
  await tree.change(async (transaction) => {
    const root = await transaction.root();
    transaction.add(transaction.add(root, { type: 'Folder', id: 'docs' }), { type: 'Note', id: 'page' });
    transaction.add(transaction.add(root, { type: 'Temporary Folder', id: 'temp' }), { type: 'Note', id: 'note' });
  });
  const seen = await tree.open('bob');
  const [page, note] = [await seen.get('/docs/page'), await seen.get('/temp/note')];
  let isKeptPrivate = false;
  const call = {
    object: page,
    user: { name: 'bob', roles: [] },
    tree: seen,
    cookies: [],
    may: () => true,
    keepPrivate: () => (isKeptPrivate = true),
  } as Partial<Call> as Call;
  const reads = new RecordedReads(call);
  return { reads, call, page, note, tree: seen, isKeptPrivate: () => isKeptPrivate };
}

test('the object itself was seen, and what it is in, since its path is made of that', async () => {
  const { reads, page, tree } = await reading();
  const { main, memory } = reads.seen;
  const way = [page.oid, page.parent!.oid, (await tree.root()).oid];
  assert.deepEqual([[...main.objects.keys()], main.objects.get(page.oid)], [way, page.basis]);
  assert.deepEqual([main.asOf, [...main.listings], memory], [tree.mainAsOf, [], undefined]);
});

test('what is in memory is written down apart, and a folder that was listed with it', async () => {
  const { reads, note } = await reading();
  reads.object(note);
  reads.listing(note.parent!);
  const { main, memory } = reads.seen;
  assert.deepEqual([[...memory!.objects.keys()], [...memory!.listings]], [[note.oid], [note.parent!.oid]]);
  assert.ok(main.objects.has(note.parent!.oid) && main.listings.size === 0);
});

test('what a view asks permission for was seen, and who owns it may see more than others', async () => {
  const { reads, page, note } = await reading();
  assert.ok(reads.call.may('View', note));
  assert.ok(reads.seen.memory?.objects.has(note.oid));
  assert.deepEqual([[...reads.owners], reads.isPersonal], [['ann'], false]);
  const own = new RecordedReads({ ...reads.call, user: { name: 'ann', roles: [] } });
  own.call.may('View', page);
  assert.deepEqual([[...own.owners], own.isPersonal], [[], true]);
});

test('an answer that is for one caller is kept for that one alone, and by no browser', async () => {
  const { reads, isKeptPrivate } = await reading();
  assert.deepEqual([reads.isPersonal, reads.isPrivate], [false, false]);
  reads.call.keepPrivate();
  assert.deepEqual([reads.isPersonal, reads.isPrivate, isKeptPrivate()], [true, true, true]);
  const { reads: others } = await reading();
  others.user();
  assert.deepEqual([others.isPersonal, others.isPrivate], [true, false]);
});

test('it may be kept where all values of the request that it depends on tell answers apart', async () => {
  const { reads } = await reading();
  assert.equal(reads.mayBeKept([]), true);
  reads.request('page');
  assert.deepEqual(
    [reads.mayBeKept([]), reads.mayBeKept(['size']), reads.mayBeKept(['size', 'page'])],
    [false, false, true],
  );
});

test('it is kept by nobody where it sets a cookie, shows what is not committed, or says so', async () => {
  const { reads: withCookie, call } = await reading();
  call.cookies.push(() => ['a=b']);
  const { reads: ofNew, page, tree } = await reading();
  ofNew.object(tree.add(page.parent!, { type: 'Note', id: 'new' }));
  const { reads: never } = await reading();
  never.never();
  assert.deepEqual(
    [withCookie, ofNew, never].map((each) => each.mayBeKept([])),
    [false, false, false],
  );
});
