import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError } from '../../base/errors.ts';
import { at, batchOf, change } from '../contract/changes.ts';
import { makeSite, storageContract } from '../contract/contract.ts';
import { MemoryStorage } from './memory-storage.ts';

const rooted = () => makeSite({ open: (clock) => new MemoryStorage({ clock }) });
const mounted = () => makeSite({ open: (clock) => new MemoryStorage({ clock, mounted: true }), mountPoint: 7 });

storageContract('objects in memory', rooted);
storageContract('objects in memory, below a mount point', mounted);

test('memory remembers only so many transactions, and says so to who asks for older ones', async () => {
  const open = () => new MemoryStorage({ mounted: true, keepTransactions: 3 });
  await using site = await makeSite({ open, mountPoint: 7 });
  const { storage } = site;
  const page = change(site, { id: 'page' });
  for (let serial = 0; serial < 10; serial++) {
    const one = { ...page, basis: serial === 0 ? null : serial };
    await storage.commit({ changes: [one], user: null, description: '', time: 1 });
  }
  assert.deepEqual(
    (await storage.revisions(page.oid, 100)).map(({ serial }) => serial),
    [10, 9, 8, 7],
  );
  assert.equal((await storage.load(page.oid, at(7)))?.serial, 7);
  await assert.rejects(storage.load(page.oid, at(6)), ConflictError);
  assert.deepEqual(
    [await storage.changedSince(6), (await storage.changedSince(9))?.includes(page.oid)],
    [undefined, true],
  );
});

test('what is reserved is seen by nobody, keeps others from writing, and is written or released', async () => {
  await using site = await makeSite({ open: () => new MemoryStorage({ mounted: true }), mountPoint: 7 });
  const storage = site.storage as MemoryStorage;
  const [page, other] = [change(site, { id: 'page' }), change(site, { id: 'other' })];
  const last = (await storage.refresh()).tid;
  storage.reserve(batchOf(page)).release();
  const reserved = storage.reserve(batchOf(page));
  assert.deepEqual([(await storage.refresh()).tid, await storage.load(page.oid, at(last))], [last, undefined]);
  await assert.rejects(storage.commit(batchOf(other)), ConflictError);
  reserved.write();
  assert.equal((await storage.load(page.oid, at(last + 1)))?.id, 'page');
  assert.equal((await storage.commit(batchOf(other))).tid, last + 2);
});
