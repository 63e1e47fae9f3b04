import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wallClock } from '../../base/clock.ts';
import { TooLarge } from '../../base/errors.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import type { BlobSource } from '../storage.ts';

test('files that come into memory at the same time have no more room together than one after the other', async () => {
  const blobs = new MemoryBlobs(wallClock, () => true);
  const sending = Promise.withResolvers<void>();
  const coming = ['one', 'two', 'three'].map((hash) => blobs.stage(slow(hash, 50 * 1024 * 1024, sending.promise)));
  const staged = Promise.allSettled(coming);
  sending.resolve();
  const refused = (await staged).filter((each) => each.status === 'rejected');
  assert.deepEqual(
    refused.map(({ reason }) => reason instanceof TooLarge),
    [true],
  );
  await assert.rejects(blobs.stage(slow('four', 50 * 1024 * 1024, sending.promise)), TooLarge);
});

test('a file that broke off on its way into memory takes no room', async () => {
  const blobs = new MemoryBlobs(wallClock, () => true);
  const broken = slow('broken', 100 * 1024 * 1024, Promise.reject(new Error('The line was cut.')));
  await assert.rejects(blobs.stage(broken), /The line was cut/);
  await blobs.stage(slow('whole', 100 * 1024 * 1024, Promise.resolve()));
  assert.ok(blobs.has('whole'));
});

/** Says what it takes, and gives its bytes later. */
function slow(hash: string, size: number, sending: Promise<void>): BlobSource {
  return {
    hash,
    size,
    async *slices() {
      await sending;
      yield Buffer.from(hash);
    },
  };
}
