import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { KeyRing } from './base/key-ring.ts';
import { noteKeyIds } from './key-ids.ts';
import { MemoryStorage } from './storage/memory/memory-storage.ts';

test('the data know every key that any process ever had, and nothing of the keys but their ids', async () => {
  const table = await new MemoryStorage().tables.small<number>('key ids');
  const [old, young] = [0, 1].map(() => randomBytes(32).toString('base64url')) as [string, string];
  await noteKeyIds(KeyRing.parse(old), table, () => 1);
  const rotated = KeyRing.parse(`${young},${old}`);
  await noteKeyIds(rotated, table, () => 2);
  const later = KeyRing.parse(young);
  await noteKeyIds(later, table, () => 3);
  assert.deepEqual(
    new Map(table.entries()),
    new Map([
      [rotated.ids[0]!, 2],
      [rotated.ids[1]!, 1],
    ]),
  );
  assert.ok(rotated.ids.every((id) => /^[0-9a-f]{8}$/.test(id)));
  assert.ok(later.isOurs?.(rotated.ids[1]!));
  assert.ok(!later.isOurs?.('00000000'));
});
