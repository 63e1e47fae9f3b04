import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { CommitUnknown, ConflictError, Unavailable } from '../../base/errors.ts';
import { at, batchOf, change, commit } from '../contract/changes.ts';
import { makeSite, storageContract } from '../contract/contract.ts';
import { MemoryStorage } from '../memory/memory-storage.ts';
import { DistantStorage } from './distant-storage.ts';
import { KeptInMemory } from './kept-in-memory.ts';

storageContract('objects behind a network', () =>
  makeSite({ open: (clock) => new DistantStorage(new KeptInMemory({ clock })) }),
);

test('a commit whose answer is lost is asked for, and one that was not made is made', async () => {
  await using site = await makeSite({ open: () => new DistantStorage(new KeptInMemory()) });
  const { tid: first } = await site.storage.refresh();
  for (let n = 1; n <= 30; n += 1)
    assert.equal(await commit(site.storage, change(site, { id: `page${n}` })), first + n);
  const { total } = await site.storage.children(
    site.top,
    { offset: 0, limit: 0, sort: 'id', order: 'asc', filter: '' },
    at(first + 30),
  );
  assert.equal(total, 30, 'none is missing, and none was made twice');
});

for (const [fate, wasMade] of [
  ['unanswered', true],
  ['not made', false],
] as const) {
  test(`where the server cannot be asked, what was reserved is held until it can: ${fate}`, async () => {
    const storage = new DistantStorage(new KeptInMemory(), { fates: ['answered', fate] });
    await using site = await makeSite({ open: () => storage });
    const fates: string[] = [];
    const note = (what: string) => () => void fates.push(what);
    const reserve = () => ({ write: note('written'), release: note('released') });
    const page = change(site, { id: 'page' });
    const committing = storage.commit(batchOf(page), { reserve, committed: note('committed') });
    storage.cutLine();
    const error: unknown = await committing.catch((reason: unknown) => reason);
    assert.ok(error instanceof CommitUnknown);
    assert.match(error.message, /the change may have been made/);
    assert.deepEqual(fates, []);
    await assert.rejects(storage.refresh(), Unavailable);
    storage.restoreLine();
    assert.equal(await error.settled, wasMade);
    assert.deepEqual(fates, wasMade ? ['written', 'committed'] : ['released']);
    const found = await storage.load(page.oid, await storage.refresh());
    assert.equal(found !== undefined, wasMade);
  });
}

test('what a commit of unknown fate holds in memory is changed by nobody, until that is settled', async () => {
  const storage = new DistantStorage(new KeptInMemory(), { fates: ['answered', 'unanswered'] });
  await using site = await makeSite({ open: () => storage });
  const memory = new MemoryStorage({ mounted: true });
  await using volatile = await makeSite({ open: () => memory, mountPoint: site.top });
  const [scratch, other] = [change(volatile, { id: 'scratch' }), change(volatile, { id: 'other' })];
  const reserve = () => memory.reserve(batchOf(scratch));
  const committing = storage.commit(batchOf(change(site, { id: 'page' })), { reserve });
  storage.cutLine();
  const error: unknown = await committing.catch((reason: unknown) => reason);
  assert.ok(error instanceof CommitUnknown);
  await assert.rejects(commit(memory, other), ConflictError);
  storage.restoreLine();
  await error.settled;
  assert.equal((await memory.load(scratch.oid, await memory.refresh()))?.id, 'scratch');
  await commit(memory, other);
});

test('conflicts without a cause come where they are wanted, and never for one change twice in a row', async () => {
  const storage = new DistantStorage(new KeptInMemory(), { hasConflicts: true, fates: ['in conflict'] });
  await using site = await makeSite({ open: () => storage });
  const batch = { ...batchOf(change(site, { id: 'page' })), user: 'ann' };
  await assert.rejects(storage.commit(batch), ConflictError);
  await storage.commit(batch);
});

test('requests that begin together share a question, and one that begins after a commit sees it', async () => {
  const server = new KeptInMemory();
  await using site = await makeSite({ open: () => new DistantStorage(server) });
  const { storage } = site;
  const asked = mock.method(server, 'refresh');
  await Promise.all(Array.from({ length: 16 }, () => storage.refresh()));
  assert.equal(asked.mock.callCount(), 1);
  for (let round = 0; round < 50; round += 1) {
    const began = Array.from({ length: 3 }, () => storage.refresh());
    const tid = await commit(storage, change(site, { id: `page${round}` }));
    assert.equal((await storage.refresh()).tid, tid);
    await Promise.all(began);
  }
});
