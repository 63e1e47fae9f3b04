import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ConflictError } from '../../base/errors.ts';
import { STAGED_MS, type Content, type BlobSource, type Blobs } from '../storage.ts';
import { at, change, changed, commit, deleted } from './changes.ts';
import type { MakeSite } from './contract.ts';

export function describeBlobs(make: MakeSite): void {
  test('what was staged and named is read again to the byte, whole and in parts', async () => {
    await using site = await make();
    const { blobs } = site.storage;
    for (const size of [0, 1, 262_143, 262_144, 262_145, 3_000_001]) {
      const bytes = noise(size);
      const source = sourceOf(bytes);
      await blobs.stage(source);
      await commit(site.storage, change(site, { id: `f${size}`, content: contentOf(source) }));
      assert.ok((await read(blobs, source)).equals(bytes), `${size} bytes`);
      for (const [from, to] of [
        [0, 1],
        [size - 1, size],
        [262_143, 262_145],
        [Math.floor(size / 3), size],
        [5, 5],
      ] as const) {
        if (from < 0 || to > size) continue;
        assert.ok((await read(blobs, source, from, to)).equals(bytes.subarray(from, to)), `${from}-${to} of ${size}`);
      }
    }
  });

  test('a state carries its content, its listing sorts by the size of it, and every revision reads its own', async () => {
    await using site = await make();
    const { storage } = site;
    const [small, large] = [sourceOf(noise(10)), sourceOf(noise(5000))];
    for (const source of [small, large]) await storage.blobs.stage(source);
    const file = change(site, { id: 'file', content: contentOf(large) });
    const serial = await commit(storage, file, change(site, { id: 'other', properties: { text: 'x'.repeat(100) } }));
    assert.deepEqual((await storage.load(file.oid, at(serial)))?.content, contentOf(large));
    const query = { offset: 0, limit: 10, sort: 'size', order: 'asc', filter: '' } as const;
    const order = async (asOf: number) =>
      (await storage.children(site.top, query, at(asOf))).objects.map(({ id }) => id);
    assert.deepEqual(await order(serial), ['other', 'file']);
    const later = await commit(storage, changed(file, serial, { content: contentOf(small) }));
    assert.deepEqual(await order(later), ['file', 'other']);
    const kept = await storage.revisions(file.oid, 10);
    assert.deepEqual(
      kept.map(({ state }) => state?.content),
      [contentOf(small), contentOf(large)],
    );
  });

  test('bytes that are not there, or not all of them, cannot be named', async () => {
    await using site = await make();
    const { storage } = site;
    const source = sourceOf(noise(600_000));
    const file = change(site, { id: 'file', content: contentOf(source) });
    await assert.rejects(commit(storage, file), ConflictError);
    const broken: BlobSource = { ...source, slices: brokenSlices };
    await assert.rejects(storage.blobs.stage(broken), /broke/);
    await assert.rejects(commit(storage, file), ConflictError);
    await storage.blobs.stage(source);
    await commit(storage, file);
  });

  test('what was staged and never named is swept after a while, and what is named stays, its object deleted or not', async () => {
    await using site = await make();
    const { storage } = site;
    const [named, forgotten] = [sourceOf(noise(300_000)), sourceOf(noise(2_000_000))];
    for (const source of [named, forgotten]) await storage.blobs.stage(source);
    const file = change(site, { id: 'file', content: contentOf(named) });
    const serial = await commit(storage, file);
    site.now += STAGED_MS - 1;
    await storage.blobs.sweep();
    assert.equal((await read(storage.blobs, forgotten)).length, 2_000_000, 'not yet');
    site.now += 1;
    await storage.blobs.sweep();
    await assert.rejects(read(storage.blobs, forgotten), /missing/);
    await commit(storage, deleted(file, serial));
    await storage.blobs.sweep();
    assert.equal((await read(storage.blobs, named)).length, 300_000, 'a revision names it');
    await storage.blobs.stage(forgotten);
    await commit(storage, change(site, { id: 'again', content: contentOf(forgotten) }));
  });

  test('the same bytes staged by several at once are whole', async () => {
    await using site = await make();
    const { storage } = site;
    const source = sourceOf(noise(1_500_000));
    await Promise.all(Array.from({ length: 5 }, () => storage.blobs.stage(source)));
    await commit(storage, change(site, { id: 'file', content: contentOf(source) }));
    assert.equal((await read(storage.blobs, source)).length, 1_500_000);
  });
}

export function sourceOf(bytes: Buffer): BlobSource {
  return {
    hash: createHash('sha256').update(bytes).digest('base64url'),
    size: bytes.length,
    async *slices(length) {
      // As an upload does it: one piece takes the place of the other.
      const room = Buffer.alloc(Math.min(length, bytes.length));
      for (let at = 0; at < bytes.length; at += length) {
        yield room.subarray(0, bytes.copy(room, 0, at, at + length));
      }
    },
  };
}

async function* brokenSlices(length: number): AsyncGenerator<Buffer> {
  yield noise(length);
  throw new Error('It broke.');
}

function contentOf({ hash, size }: BlobSource): Content {
  return { hash, size };
}

async function read(blobs: Blobs, content: Content, from?: number, to?: number): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(blobs.read(content, from, to)));
}

/** Bytes of which no two places are alike. */
export function noise(length: number): Buffer {
  return Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, (_, n) => Math.imul(n + length, 2_654_435_761)).buffer,
  ).subarray(0, length);
}
