import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildItem, ObjectMessage } from '../../../schema/endpoints/objects.ts';
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
  assert.equal(await size(), 'More than 1,000 sessions');
  await trellis.ask('POST', '/api/temp_folder/session_data/@sessions/@end', { body: {} });
  assert.equal(await count(), 'There are no items in this transient object container.');
  for (let visit = 0; visit < 3; visit += 1) await trellis.ask('GET', '/page', { as: null });
  assert.equal(await count(), '3 items are in this transient object container.');
  assert.equal((await trellis.ask('GET', '/api/session_data_manager')).json<ObjectMessage>().count, null);
});
