import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckMessage } from '../../../schema/endpoints/forms.ts';
import type { ChangedMessage } from '../../../schema/endpoints/objects.ts';
import { openTestInstallation } from '../../testing.ts';

const MANAGER = '/api/session_data_manager';

test('another name for the session says how pages read it, and names those that know it by the former one', async () => {
  await using trellis = await openTestInstallation();
  const add = (folder: string, id: string, text: string) =>
    trellis.ask('POST', `/api${folder}`, { body: { type: 'Page Template', id, properties: { text } } });
  await trellis.ask('POST', '/api', { body: { type: 'Folder', id: 'shop' } });
  await add('/shop', 'cart', '{{ SESSION.cart }}');
  await add('', 'other', '{{ session.cart }} SESSIONS');
  const body = (request_name: string) => ({ body: { properties: { request_name } } });
  const check = async (name: string) => {
    const { fields } = (await trellis.ask('POST', `${MANAGER}/@check`, body(name))).json<CheckMessage>();
    return fields['request_name']?.results.map(({ text }) => text);
  };
  const reads = 'Pages read it as {{ MYDATA.cart }}, and as {{ session.cart }}.';
  const lost = 'Pages that read {{ SESSION.… }} find nothing under that name any more: /shop/cart.';
  assert.deepEqual(await check('SESSION'), ['Pages read it as {{ SESSION.cart }}, and as {{ session.cart }}.']);
  assert.deepEqual(await check('here'), []);
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await add('', id, '{% session x = 1 %}{{ SESSION["x"] }}');
  assert.deepEqual(await check('MYDATA'), [reads, lost.replace(': /shop/cart', ': /a, /b, /c, /d, /e and 2 more')]);
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await trellis.ask('DELETE', `/api/${id}`);
  const { results } = (await trellis.ask('PATCH', MANAGER, body('MYDATA'))).json<ChangedMessage>();
  assert.deepEqual(
    results.map(({ state, text }) => [state, text]),
    [
      ['ok', reads],
      ['warn', lost],
    ],
  );
  // Pages below a manager of their own are not concerned.
  const manager = { type: 'Session Data Manager', id: 'own', properties: { request_name: 'MYDATA' } };
  await trellis.ask('POST', '/api/shop', { body: manager });
  await add('/shop', 'mine', '{{ MYDATA.cart }}');
  assert.deepEqual(await check('SESSION'), [
    'Pages read it as {{ SESSION.cart }}, and as {{ session.cart }}.',
    'Pages that read {{ MYDATA.… }} find nothing under that name any more.',
  ]);
});
