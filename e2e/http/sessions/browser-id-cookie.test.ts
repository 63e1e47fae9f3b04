import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { BrowserCheck, CookieCheck } from '../../../schema/endpoints/browser-check.ts';
import { until } from '../../support/figures.ts';
import { freePort } from '../../support/memcached/memcached.ts';
import { startServer } from '../../support/server.ts';
import { clientOf, managerOf, sameOrigin } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const manager = managerOf(server);
const storing = { type: 'Page Template', id: 'storing', properties: { text: '{% session n = 1 %}' } };
assert.equal((await manager('/api/', { body: storing })).status, 201);

interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Without its times. */
  readonly attributes: readonly string[];
  readonly line: string;
}

/** Saves settings, and gives the cookie of a browser that begins a session then. */
async function cookieWith(properties: Readonly<Record<string, unknown>>): Promise<Cookie> {
  const saved = await manager('/api/browser_id_manager', { method: 'PATCH', body: { properties } });
  assert.equal(saved.status, 200, saved.text);
  return cookieIn((await clientOf(server)('/storing')).headers['set-cookie']);
}

function cookieIn(lines: readonly string[] | undefined): Cookie {
  const [line = '', ...twins] = lines ?? [];
  // By http on this machine a plain one goes out beside it.
  assert.ok(twins.length <= 1 && twins.every((twin) => /^plain_sid(-probe)?=/.test(twin)), String(lines));
  const [pair = '', ...attributes] = line.split('; ');
  const [name = '', value = ''] = pair.split('=');
  return { name, value, attributes: attributes.filter((each) => !/^(Max-Age|Expires)=/.test(each)), line };
}

const USUAL = ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'];

test('every setting of a browser id manager is seen in the cookie that browsers get', async () => {
  const named = await cookieWith({ id_name: 'sid' });
  assert.deepEqual([named.name, named.attributes], ['__Host-sid', USUAL]);
  assert.doesNotMatch(named.line, /Max-Age|Expires/, 'it ends with the browser');
  assert.match(
    (await cookieWith({ cookie_days: 3 })).line,
    /; Max-Age=259200; Expires=\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT;/,
  );
  const below = await cookieWith({ cookie_path: '/shop' });
  assert.deepEqual([below.name, below.attributes], ['sid', ['Path=/shop', 'HttpOnly', 'Secure', 'SameSite=Lax']]);
  await cookieWith({ cookie_path: '/' });
  for (const [properties, attributes] of [
    [{ same_site: 'Strict' }, ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']],
    [{ same_site: '' }, ['Path=/', 'HttpOnly', 'Secure']],
    [{ same_site: 'None' }, ['Path=/', 'HttpOnly', 'Secure', 'SameSite=None']],
    [{ partitioned: true }, ['Path=/', 'HttpOnly', 'Secure', 'SameSite=None', 'Partitioned']],
    [{ same_site: 'Lax', partitioned: false }, USUAL],
    [{ http_only: false }, ['Path=/', 'Secure', 'SameSite=Lax']],
  ] as const)
    assert.deepEqual((await cookieWith(properties)).attributes, attributes, JSON.stringify(properties));
  const plain = await cookieWith({ secure: false, http_only: true });
  assert.deepEqual([plain.name, plain.attributes], ['sid', ['Path=/', 'HttpOnly', 'SameSite=Lax']]);
  await cookieWith({ secure: true, cookie_days: 0 });
});

test('a domain is sent where it holds at the address of the site', async () => {
  const port = await freePort();
  await using shop = await startServer({ port, environment: { TRELLIS_ORIGIN: 'https://shop.example.org' } });
  const admin = managerOf(shop);
  const body = { properties: { cookie_domain: 'example.org', id_name: 'sid' } };
  assert.equal((await admin('/api/browser_id_manager', { method: 'PATCH', body })).status, 200);
  assert.equal((await admin('/api/', { body: storing })).status, 201);
  const { headers } = await clientOf(shop, { host: 'shop.example.org' })('/storing');
  const { name, attributes } = cookieIn(headers['set-cookie']);
  assert.deepEqual([name, attributes], ['sid', ['Path=/', 'Domain=example.org', 'HttpOnly', 'Secure', 'SameSite=Lax']]);
});

test('the browser at hand is tried with a cookie like its id, which begins no session and tells of no other cookie', async () => {
  const asked = () =>
    managerOf(server)('/api/session_data_manager/@browser-check', { method: 'POST', headers: sameOrigin(server) });
  for (const [properties, path] of [
    [{}, '/@cookie-check'],
    [{ cookie_path: '/a/b/', id_name: '__Secure-sid', same_site: 'None', partitioned: true }, '/a/b/@cookie-check'],
    [{ cookie_path: '/api', id_name: 'sid', same_site: 'Lax', partitioned: false }, '/api/@cookie-check'],
    [{ cookie_path: '/', http_only: false }, '/@cookie-check'],
  ] as const) {
    const like = await cookieWith(properties);
    const answer = await asked();
    const probe = cookieIn(answer.headers['set-cookie']);
    assert.deepEqual([probe.name, probe.attributes], [`${like.name}-probe`, like.attributes]);
    assert.match(probe.line, /Max-Age=60;/);

    const { address, reason, misses } = answer.json<BrowserCheck>();
    assert.deepEqual([address.split('?')[0], reason], [path, '']);
    assert.equal(misses === '', !('cookie_path' in properties) || properties.cookie_path === '/');
    const cameWith = async (cookie: string | undefined, at = address) =>
      (await clientOf(server)(at, { headers: { cookie } })).json<CookieCheck>().came[0];
    assert.equal(await cameWith(`a=1; ${probe.name}=${probe.value}`), true);
    assert.equal(await cameWith(undefined), false);
    assert.equal(await cameWith(`${probe.name}=other`), false);
    assert.equal(await cameWith('a=1', '/@cookie-check?cookie=a%3D1'), false, 'cookies of other names');
  }
  await cookieWith({ http_only: true });
  const before = (await manager('/api/temp_folder/session_data/@sessions')).json<{ total: number }>().total;
  await asked();
  assert.equal((await manager('/api/temp_folder/session_data/@sessions')).json<{ total: number }>().total, before);
  assert.equal((await clientOf(server)('/api/session_data_manager/@browser-check', { method: 'POST' })).status, 403);
});

test('that cookies go without Secure is logged once, however many are set', async () => {
  const port = await freePort();
  await using plain = await startServer({ port, environment: { TRELLIS_ORIGIN: 'http://intranet.example' } });
  assert.equal((await managerOf(plain)('/api/', { body: storing })).status, 201);
  for (let n = 0; n < 3; n += 1) {
    const { headers } = await clientOf(plain, { host: 'intranet.example' })('/storing');
    assert.doesNotMatch(cookieIn(headers['set-cookie']).line, /Secure|__Host-/);
  }
  const words = 'Cookie sent without Secure: TRELLIS_ORIGIN names http://intranet.example.';
  await until('the log to say it', async () => plain.log().includes(words));
  await plain.stop();
  assert.equal(plain.log().split(words).length - 1, 1);
});
