import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { storeContract } from 'trellis/product/testing';

const MIB = 1024 * 1024;

async function open(limitBytes = 256 * MIB, clock?: () => number) {
  const { SqliteStore } = await import('./store.ts');
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-store-'));
  const store = new SqliteStore(join(folder, 'values.sqlite'), limitBytes, clock);
  const dispose = async () => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, dispose, file: join(folder, 'values.sqlite') };
}

storeContract('An SQLite Store', () => open());

test('what was stored is there when the file is opened again, and two that have it open see the same', async () => {
  const { SqliteStore } = await import('./store.ts');
  const { store, dispose, file } = await open();
  await store.set('k', Buffer.from('kept'), 60);
  const other = new SqliteStore(file, 256 * MIB);
  assert.equal((await other.get('k'))?.value.toString(), 'kept');
  const outcomes = await Promise.all([store, other].map((each) => each.add('new', Buffer.from('x'), 60)));
  assert.deepEqual(outcomes.toSorted(), ['exists', 'stored']);
  await other.close();
  await dispose();
});

test('the space of values that have ended is used again', async () => {
  let now = 1_000_000;
  const { store, dispose } = await open(5 * MIB, () => now);
  for (let round = 0; round < 5; round += 1) {
    for (let key = 0; key < 20; key += 1) await store.set(`k${round}_${key}`, Buffer.alloc(100_000), 60);
    now += 120_000;
  }
  await store.set('last', Buffer.alloc(1), 60);
  assert.equal((await store.servers())[0]?.items, 1);
  await dispose();
});

test('a full store refuses new values in a sentence, and keeps every one that it has', async () => {
  const { store, dispose } = await open(2 * MIB);
  const kept: string[] = [];
  const fill = async () => {
    for (let key = 0; key < 50; key += 1) {
      await store.set(`k${key}`, Buffer.alloc(100_000, key), 60);
      kept.push(`k${key}`);
    }
  };
  await assert.rejects(fill(), /values\.sqlite is full \(2 MiB\) and refuses new values\. Raise its limit\./);
  assert.ok(kept.length >= 10, `${kept.length} values of 100 kB in 2 MiB`);
  for (const [index, key] of kept.entries()) assert.deepEqual((await store.get(key))?.value[0], index);
  const [status] = await store.servers();
  assert.ok(status !== undefined && status.bytes! > 0.8 * status.limitBytes! && status.bytes! <= status.limitBytes!);
  await store.delete('k0');
  assert.equal(await store.set('again', Buffer.alloc(50_000), 60), 'stored');
  await dispose();
});
