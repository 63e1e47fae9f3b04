import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildItem } from '../../../schema/endpoints/objects.ts';
import { openTestInstallation } from '../../testing.ts';
import { estimateLabel } from './session-estimate.ts';

test('a list says nothing of how many sessions memcached keeps before that was recorded, and asks no server', async () => {
  const now = Date.now();
  await using trellis = await openTestInstallation(undefined, undefined, {}, { clock: () => now });
  await trellis.ask('POST', '/api', { body: { type: 'MemCache Session Data Container', id: 'mcsdc' } });
  const list = (await trellis.ask('GET', '/api/@children')).json<{ readonly items: readonly ChildItem[] }>();
  assert.equal(list.items.find(({ id }) => id === 'mcsdc')?.sizeLabel, '');
});

test('what is estimated is told as such', () => {
  assert.deepEqual([0, 1, 1_234].map(estimateLabel), ['about 0 sessions', 'about 1 session', 'about 1,234 sessions']);
  assert.equal(estimateLabel(undefined), '', 'what nobody knows is no zero');
});
