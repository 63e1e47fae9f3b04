import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { BrowserCheck, CookieCheck } from '../../../schema/endpoints/browser-check.ts';
import { BROWSER_ID, LOGIN, PLAIN_BROWSER_ID, PLAIN_LOGIN } from '../../support/cookie-names.ts';
import { freePort } from '../../support/memcached/memcached.ts';
import { ADMIN_PASSWORD, startServer } from '../../support/server.ts';
import { changeProperties, startSteppedServer } from '../../support/sessions-site.ts';
import { administer, DroppingVisitor, resultOf, resultsOf, Visitor } from '../../support/applications/visitor.ts';

const server = await startSteppedServer();
after(() => server[Symbol.asyncDispose]());
await administer(server.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });

const namesOf = (visitor: Visitor) => [...visitor.cookies.keys()].toSorted();
const linesOf = async (visitor: Visitor, ...steps: readonly string[]) =>
  (await visitor.visit('/page', ...steps)).headers['set-cookie'] ?? [];

/** The names are these, in this order. */
function assertNames(visitor: Visitor, ...names: readonly RegExp[]): void {
  const found = namesOf(visitor);
  assert.ok(found.length === names.length && names.every((name, index) => name.test(found[index] ?? '')), found.join());
}

test('who drops Secure cookies on this machine loses nothing of what the first request stored', async () => {
  const visitor = new DroppingVisitor(server);
  await visitor.visit('/page', 'set cart "apple"');
  assertNames(visitor, PLAIN_BROWSER_ID);
  for (const n of [1, 2, 3]) assert.equal(resultOf(await visitor.visit('/page', 'get cart')), 'apple', `visit ${n}`);
  assert.deepEqual(await linesOf(visitor, 'get cart'), [], 'it has its cookie');
  await visitor.visit('/page', 'rotate');
  assertNames(visitor, PLAIN_BROWSER_ID);
  assert.equal(resultOf(await visitor.visit('/page', 'get cart')), 'apple');
  await visitor.visit('/page', 'invalidate');
  assert.deepEqual(namesOf(visitor), []);
});

test('they sign in once, keep the cart under another id, and sign out', async () => {
  const visitor = new DroppingVisitor(server);
  await visitor.visit('/page', 'set cart "apple"');
  const former = visitor.copy();
  assert.equal((await visitor.signIn('admin', ADMIN_PASSWORD)).status, 200);
  assertNames(visitor, PLAIN_BROWSER_ID, PLAIN_LOGIN);
  assert.equal(await visitor.user(), 'admin');
  assert.equal((await visitor.ask('/api/acl_users')).status, 200);
  assert.notEqual(visitor.browserId, former.browserId);
  assert.equal(resultOf(await visitor.visit('/page', 'get cart')), 'apple');
  const login = visitor.copy();
  assert.equal((await visitor.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.deepEqual(namesOf(visitor), []);
  assert.equal(await visitor.user(), null);
  assert.equal(await login.user(), null, 'the login itself ended');
});

test('who makes the administrator by the one-time link is signed in then', async () => {
  await using fresh = await startServer({ withoutAdministrator: true });
  const [, token] = /#token=([\w-]{43})/.exec(fresh.greeting) ?? [];
  const visitor = new DroppingVisitor(fresh);
  const body = { token, name: 'ada', password: ADMIN_PASSWORD };
  assert.equal((await visitor.ask('/api/@administrator', { body })).status, 200);
  assert.equal(await visitor.user(), 'ada');
});

test('who sends Secure cookies back has no other ones from the next request on', async () => {
  const visitor = new Visitor(server);
  await visitor.visit('/page', 'set cart "apple"');
  assertNames(visitor, BROWSER_ID, PLAIN_BROWSER_ID);
  const id = visitor.browserId;
  assert.equal(resultOf(await visitor.visit('/page', 'get cart')), 'apple');
  assertNames(visitor, BROWSER_ID);
  assert.equal(visitor.browserId, id);
  await visitor.visit('/page', 'rotate');
  assertNames(visitor, BROWSER_ID);
  await visitor.signIn('admin', ADMIN_PASSWORD);
  assertNames(visitor, BROWSER_ID, LOGIN, PLAIN_LOGIN);
  const answer = await visitor.ask('/api/@me');
  assert.equal(answer.headers['cache-control'], 'no-store');
  assertNames(visitor, BROWSER_ID, LOGIN);
  await visitor.signIn('admin', ADMIN_PASSWORD);
  assertNames(visitor, BROWSER_ID, LOGIN);
  await visitor.ask('/api/@logout', { method: 'POST' });
  assert.deepEqual(namesOf(visitor), []);
});

test('signing out right after signing in takes both away', async () => {
  const visitor = new Visitor(server);
  await visitor.visit('/page', 'set cart "apple"');
  await visitor.signIn('admin', ADMIN_PASSWORD);
  await visitor.ask('/api/@logout', { method: 'POST' });
  assert.deepEqual(namesOf(visitor), []);
});

test('the Secure one counts where both come, whatever the other says', async () => {
  const [one, other] = [new DroppingVisitor(server), new Visitor(server)];
  for (const visitor of [one, other]) {
    await visitor.visit('/page', `set whose ${JSON.stringify(visitor === one ? 'plain' : 'secure')}`);
    await visitor.visit('/page', 'get whose');
  }
  const both = new Visitor(server, [...one.cookies, ...other.cookies]);
  assert.equal(resultOf(await both.visit('/page', 'get whose')), 'secure');
  assertNames(both, BROWSER_ID);
});

test('a name that was chosen is not used bare, and a twin asks nothing that needs Secure', async () => {
  for (const [properties, first, twin] of [
    [
      { id_name: 'sid', same_site: 'None', partitioned: true },
      /^__Host-sid=/,
      /^plain_sid=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/,
    ],
    [
      { id_name: '__Host-sid', same_site: 'Strict', partitioned: false },
      /^__Host-sid=/,
      /^plain_sid=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/,
    ],
    [
      { id_name: 'sid', cookie_path: '/page', cookie_days: 1 },
      /^sid=.*; Secure/,
      /^plain_sid=[^;]+; Path=\/page; Max-Age=86400; .*HttpOnly; SameSite=Strict$/,
    ],
    [{ id_name: 'browser_id' }, /^browser_id_\w{8}=.*; Secure/, /^plain_browser_id_\w{8}=[^;]+; Path=\/page;/],
  ] as const) {
    await changeProperties(server, '/browser_id_manager', properties);
    const lines = await linesOf(new Visitor(server, [['sid', 'of another application']]), 'set n 1');
    assert.equal(lines.length, 2, lines.join('\n'));
    assert.match(lines[0] ?? '', first);
    assert.match(lines[1] ?? '', twin);
    const visitor = new DroppingVisitor(server);
    await visitor.visit('/page', 'set n 1');
    assert.deepEqual(resultsOf(await visitor.visit('/page', 'get n')), [1]);
  }
  const usual = { cookie_path: '/', cookie_days: 0, same_site: 'Lax', secure: false };
  await changeProperties(server, '/browser_id_manager', usual);
  assert.equal((await linesOf(new Visitor(server), 'set n 1')).length, 1, 'without Secure there is nothing to drop');
  await changeProperties(server, '/browser_id_manager', { secure: true });
});

test('only this machine by plain http, and only where no origin is set, gives such a cookie', async () => {
  const https = await freePort();
  const environment = { TRELLIS_ORIGIN: 'https://shop.example.org', TRELLIS_TRUST_PROXY: 'loopback' };
  await using shop = await startSteppedServer({ port: https, environment });
  await administer(shop.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  for (const host of ['shop.example.org', `127.0.0.1:${https}`, `localhost:${https}`])
    assert.deepEqual(await twinsAt(shop, { host }), [true], host);
  await using intranet = await startSteppedServer({ environment: { TRELLIS_TRUST_PROXY: 'loopback' } });
  await administer(intranet.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  const local = `localhost:${intranet.port}`;
  assert.deepEqual(await twinsAt(intranet, { host: '192.0.2.7' }), [false]);
  assert.deepEqual(await twinsAt(intranet, { host: local, 'x-forwarded-proto': 'https' }), [true]);
  for (const name of ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via'])
    assert.deepEqual(await twinsAt(server, { [name]: '192.0.2.7' }), [true], `through a proxy: ${name}`);
  for (const host of [local, `127.0.0.1:${intranet.port}`, `[::1]:${intranet.port}`])
    assert.deepEqual(await twinsAt(intranet, { host }), [true, false], host);
});

test('the way of a request shows a browser that drops Secure cookies as one that sends its id back', async () => {
  for (const [visitor, expected] of [
    [new DroppingVisitor(server), [false, true]],
    [new Visitor(server), [true, true]],
  ] as const) {
    await visitor.signIn('admin', ADMIN_PASSWORD);
    const { address } = JSON.parse(
      (await visitor.ask('/api/session_data_manager/@browser-check', { method: 'POST' })).text,
    ) as BrowserCheck;
    assert.deepEqual((JSON.parse((await visitor.ask(address)).text) as CookieCheck).came, expected);
  }
});

/** Of the cookies that a first visit sets, which are Secure. */
async function twinsAt(site: { readonly port: number }, headers: Readonly<Record<string, string>>): Promise<boolean[]> {
  const { headers: sent } = await new Visitor(site).ask('/page?do=set%20n%201', { headers });
  return (sent['set-cookie'] ?? []).map((line) => /; Secure/.test(line));
}
