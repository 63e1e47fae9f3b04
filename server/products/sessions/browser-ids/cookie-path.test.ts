import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectMessage } from '../../../../schema/endpoints/objects.ts';
import type { ChainMessage } from '../../../../schema/endpoints/session-chain.ts';
import type { TestMessage } from '../../../../schema/endpoints/session-test.ts';
import { openTestInstallation } from '../../../testing.ts';
import { isSentTo } from './cookie-path.ts';

test('browsers send a cookie to its path and below it', () => {
  const sent = (address: string) => ['/', '/shop', '/shop/'].filter((path) => isSentTo(address, path));
  assert.deepEqual(sent('/shop'), ['/', '/shop']);
  assert.deepEqual(sent('/shop/cart'), ['/', '/shop', '/shop/']);
  assert.deepEqual(sent('/shopping'), ['/']);
});

test('a cookie path that does not cover the folder of its manager is warned of, also in the way and on the Test tab', async () => {
  await using trellis = await openTestInstallation();
  const body = { type: 'Folder', id: 'shop' };
  await trellis.ask('POST', '/api', { body });
  await trellis.ask('POST', '/api/shop', { body: { type: 'Browser Id Manager', id: 'browser_id_manager' } });
  const warnedOf = async (folder: string, cookie_path: string) => {
    const address = `/api${folder}/browser_id_manager`;
    await trellis.ask('PATCH', address, { body: { properties: { cookie_path } } });
    const { warnings } = (await trellis.ask('GET', address)).json<ObjectMessage>();
    return warnings.map(({ text }) => text).join(' ');
  };
  assert.equal(await warnedOf('/shop', '/'), '');
  assert.equal(await warnedOf('/shop', '/shop'), '');
  assert.match(await warnedOf('/shop', '/shop/x'), /: pages elsewhere in \/shop begin .* Use "\/shop" or "\/", unless/);
  assert.match(await warnedOf('/shop', '/manage'), /: pages in \/shop begin a new session at every visit\./);
  const see = async () => (await trellis.ask('GET', '/api/temp_folder/session_data/@test')).json<TestMessage>().unseen;
  assert.equal(await warnedOf('', '/'), '');
  assert.equal(await see(), '');
  const text =
    'Browsers send the id to addresses below /nowhere/at/all alone: pages elsewhere in / begin a new session at every visit. Use "/", unless only an application at /nowhere/at/all reads it.';
  assert.equal(await warnedOf('', '/nowhere/at/all'), text);
  assert.match(await see(), /below \/nowhere\/at\/all alone, and this tab asks below \/api\./);
  const { boxes } = (await trellis.ask('GET', '/api/session_data_manager/@chain')).json<ChainMessage>();
  assert.deepEqual([boxes[0]?.state, boxes[0]?.text], ['warn', 'Its cookie path misses pages']);
});
