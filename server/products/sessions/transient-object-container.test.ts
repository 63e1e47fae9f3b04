import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildItem, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { RecentMessage } from '../../../schema/endpoints/recent.ts';
import type { StatisticsMessage } from '../../../schema/endpoints/statistics.ts';
import { openTestInstallation } from '../../testing.ts';

test('a Transient Object Container says how many items are in it', async () => {
  await using trellis = await openTestInstallation();
  const page = { type: 'Page Template', id: 'page', properties: { text: '{% session cart = "pear" %}' } };
  await trellis.ask('POST', '/api', { body: page });
  const count = async () => (await trellis.ask('GET', '/api/temp_folder/session_data')).json<ObjectMessage>().count;
  const size = async () => {
    const answer = await trellis.ask('GET', '/api/temp_folder/@children');
    return answer.json<{ readonly items: readonly ChildItem[] }>().items[0]?.sizeLabel;
  };
  assert.equal(await count(), 'There are no items in this transient object container.');
  assert.equal(await size(), '0 sessions');
  await trellis.ask('GET', '/page', { as: null });
  assert.equal(await count(), '1 item is in this transient object container.');
  assert.equal(await size(), '1 session');
  for (let visit = 0; visit < 1_000; visit += 1) await trellis.ask('GET', '/page', { as: null });
  assert.equal(await count(), 'More than 1,000 items are in this transient object container.');
  assert.equal(await size(), 'about 1,001 sessions');
  await trellis.ask('POST', '/api/temp_folder/session_data/@sessions/@end', { body: {} });
  assert.equal(await count(), 'There are no items in this transient object container.');
  for (let visit = 0; visit < 3; visit += 1) await trellis.ask('GET', '/page', { as: null });
  assert.equal(await count(), '3 items are in this transient object container.');
  assert.equal((await trellis.ask('GET', '/api/session_data_manager')).json<ObjectMessage>().count, null);
});

test('the memory that its sessions take is recorded, and told with its limit', async () => {
  let now = Date.now();
  await using trellis = await openTestInstallation(undefined, '', {}, { clock: () => now });
  const container = '/api/temp_folder/session_data';
  const page = { type: 'Page Template', id: 'page', properties: { text: '{% session cart = "pear" %}' } };
  await trellis.ask('POST', '/api', { body: page });
  const pass = async () => {
    now += 10_000;
    await trellis.site.recording.tick();
  };
  const memory = async () => (await trellis.ask('GET', `${container}/@recent`)).json<RecentMessage>().memory;
  await pass();
  assert.equal(await memory(), null, 'no session was there yet');
  for (let visit = 0; visit < 3; visit += 1) await trellis.ask('GET', '/page', { as: null });
  const used = (await trellis.ask('GET', `${container}/@statistics`)).json<StatisticsMessage>().memory!.usedBytes;
  await pass();
  await pass();
  const limit = 64 * 1024 * 1024;
  assert.deepEqual(await memory(), { bytes: [0, used, used], limitBytes: [null, limit, limit] });
  assert.ok(used > 0);
});
