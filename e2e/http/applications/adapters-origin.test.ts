import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { startKoaApplication } from '../../support/applications/koa-application.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { startServer } from '../../support/server.ts';
import { resultOf } from '../../support/applications/visitor.ts';
import { Visitor } from '../../support/applications/visitor.ts';
import { setUpSessions } from '../site.ts';

const memcached = await startMemcached();
const server = await startServer();
after(() => Promise.all([server[Symbol.asyncDispose](), memcached[Symbol.asyncDispose]()]));
await setUpSessions(server, [memcached.address]);

const SHOP = 'https://shop.example.org';
const INTRANET = 'http://intranet.example:3000';
const SECURE = cookieNamesOf(server).browserId;
const PLAIN = SECURE.replace('__Host-', '');

for (const [origins, host, name] of [
  [INTRANET, '127.0.0.1:3000', PLAIN],
  [INTRANET, 'intranet.example', PLAIN],
  [SHOP, '127.0.0.1:3000', SECURE],
  [SHOP, 'shop.example.org', SECURE],
  [`${SHOP},${INTRANET}`, 'intranet.example:3000', PLAIN],
  [`${SHOP},${INTRANET}`, '10.0.0.7', SECURE],
  [SHOP, 'other.example.org', SECURE],
] as const) {
  test(`an application at ${origins} keeps a session for who asks ${host}, whatever its framework believes`, async () => {
    await using application = await startKoaApplication(server.data, { TRELLIS_ORIGIN: origins });
    const visitor = new Visitor(application);
    const headers = { host, 'x-forwarded-proto': 'http' };
    await visitor.ask('/add?key=n', { headers });
    assert.deepEqual([...visitor.cookies.keys()], [name]);
    const again = await visitor.ask('/add?key=n', { headers });
    assert.deepEqual([resultOf(again), again.headers['set-cookie']], [1, undefined], 'one session');
  });
}

test('an application says once in its log that cookies go without Secure, and nothing where they do not', async () => {
  const words = `Cookie sent without Secure: TRELLIS_ORIGIN names ${INTRANET}.`;
  for (const [origins, times] of [
    [INTRANET, 1],
    [SHOP, 0],
  ] as const) {
    await using application = await startKoaApplication(server.data, { TRELLIS_ORIGIN: origins });
    for (let n = 0; n < 3; n += 1) await new Visitor(application).ask('/add?key=n');
    await application.stop();
    assert.equal(application.log().split(words).length - 1, times, origins);
  }
});

test('an application that no origin was configured for is told of the setting that it reads, and of no other', async () => {
  await using application = await startKoaApplication(server.data, {});
  await new Visitor(application).ask('/add?key=n', { headers: { host: 'shop.example.org' } });
  await application.stop();
  assert.match(application.log(), /Cookie sent without Secure: this request is http\. .* Set TRELLIS_ORIGIN\. /);
  assert.doesNotMatch(application.log(), /TRUST_PROXY/);
});
