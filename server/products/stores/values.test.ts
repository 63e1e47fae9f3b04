import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CachedPage } from '../../caching/cache-backend.ts';
import { StoreBackend } from '../../caching/store-backend.ts';
import { LocalStore } from '../../memcache/local-store.ts';
import { openTestInstallation } from '../../testing.ts';
import { valuesOf } from './values.ts';

test('in a full process memory the pages of a cache push nothing else out, leave for it, and break no page', async () => {
  await using trellis = await openTestInstallation();
  const root = await (await trellis.database.open(null)).find('/');
  assert.ok(root);
  const store = new LocalStore({ maxBytes: 100_000 });
  const values = valuesOf(root, store);
  const backend = new StoreBackend(valuesOf(root, store, 'c'));
  const page = { response: { body: 'x'.repeat(10_000) }, generation: 0 } as unknown as CachedPage;
  const pages = async () => (await backend.list()).entries.length;

  await values.add('begun', 'x'.repeat(10_000), 60);
  for (let number = 0; number < 30; number++) await backend.put(1, `page-${number}`, page, 60);
  assert.ok((await pages()) >= 7);
  assert.equal((await values.getMulti(['begun'])).size, 1);
  for (let number = 0; number < 8; number++) {
    await values.add(`value-${number}`, 'x'.repeat(10_000), 60);
    await values.get(`value-${number}`);
  }
  assert.equal(await pages(), 0);
  await backend.put(1, 'no-room', page, 60);
  assert.equal(await pages(), 0);
  assert.equal((await values.getMulti(['begun'])).size, 1);
});
