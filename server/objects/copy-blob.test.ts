import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceOf } from '../storage/contract/blobs.ts';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';
import { ContentDamaged } from '../base/errors.ts';
import { copyBlob } from './copy-blob.ts';

test('bytes of any length are the same in the other storage, and stay in the first', async () => {
  const [from, to] = [new MemoryStorage().blobs, new MemoryStorage().blobs];
  for (const size of [0, 1, 1024 * 1024, 2 * 1024 * 1024 + 1]) {
    const bytes = Buffer.alloc(size, 'some bytes');
    const source = sourceOf(bytes);
    await from.stage(source);
    await copyBlob(source, from, to);
    for (const blobs of [from, to]) {
      assert.ok(Buffer.concat(await Array.fromAsync(blobs.read(source))).equals(bytes), `${size} bytes`);
    }
  }
});

test('bytes that are not there are not taken for none', async () => {
  const [from, to] = [new MemoryStorage().blobs, new MemoryStorage().blobs];
  await assert.rejects(copyBlob(sourceOf(Buffer.from('lost')), from, to), ContentDamaged);
  assert.equal(to.has(sourceOf(Buffer.from('lost')).hash), false);
});
