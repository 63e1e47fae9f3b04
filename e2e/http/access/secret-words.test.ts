import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { KeyMessage } from '../../../schema/endpoints/keys.ts';
import type { SessionMessage, SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { RawMemcached } from '../../support/memcached/raw-memcached.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { managerOf } from '../client.ts';
import { Browser, setUpSessions } from '../site.ts';

const memcached = await startMemcached();
const PRODUCT = new URL('../../support/product/index.ts', import.meta.url).pathname;
const plain = await startServer({ environment: { TRELLIS_PRODUCTS: PRODUCT } });
const careful = await startServer({ environment: { TRELLIS_SECRET_WORDS: 'iban, Diagnosis' } });
after(() => Promise.all([plain, careful, memcached].map((each) => each[Symbol.asyncDispose]())));
for (const each of [plain, careful]) await setUpSessions(each, [memcached.address]);
const raw = new RawMemcached(memcached.port);
after(() => raw[Symbol.dispose]());
await raw.set('shop:iban:7', { flags: 0, value: Buffer.from('DE02120300000000202051') });

const NUMBER = 'DE02120300000000202051';

/** Everything that the interface shows of a session's item, and of a foreign value on the servers. */
async function shownBy(server: TestServer): Promise<readonly string[]> {
  const manager = managerOf(server);
  const browser = new Browser(server);
  const test = await browser.add(`Customer_IBAN ${NUMBER}`);
  const { sessions } = (await manager('/api/mcsdc/@sessions')).json<SessionsMessage>();
  const detail = (await manager(`/api/mcsdc/@sessions/${sessions[0]?.key}`)).json<SessionMessage>();
  const key = (await manager('/api/mcproxy/@key?key=shop%3Aiban%3A7')).json<KeyMessage>();
  return [test, await browser.look(), detail, key].map((message) => JSON.stringify(message));
}

test('what is under a key with one of the words of TRELLIS_SECRET_WORDS is obscured on the Test, Sessions and Keys tabs', async () => {
  for (const text of await shownBy(careful)) assert.ok(!text.includes(NUMBER), text);
  for (const text of await shownBy(plain)) assert.ok(text.includes(NUMBER), text);
});

test('what is secret within a value is obscured on the Test tab, too', async () => {
  await managerOf(plain)('/api/', { body: { type: 'Stepped Page', id: 'page' } });
  const browser = new Browser(plain);
  await browser.ask('/api/page/@steps', { steps: ['set user {"name":"ada","password":"tiger"}'] });
  const { session } = await browser.look();
  const [item] = session;
  assert.ok(item?.key === 'user' && item.obscured && !item.value.includes('tiger'), JSON.stringify(session));
  assert.match(item.value, /name: 'ada'/);
});
