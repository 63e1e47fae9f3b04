import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { after, test } from 'node:test';
import type { Me, Somebody } from '../../../schema/endpoints/sign-in.ts';
import type { UsersMessage } from '../../../schema/endpoints/users.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { ADMIN_PASSWORD, basic, startServer } from '../../support/server.ts';
import { workOf } from '../../support/process-state.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin, type Client } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);
const browser = clientOf(server, sameOrigin(server));

const { version: VERSION } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const signIn = (client: Client, name: string, password: string) => client('/api/@login', { body: { name, password } });

test('signing in answers who one is, and sets one cookie with every flag, and a plain twin', async () => {
  const answer = await signIn(browser, 'admin', ADMIN_PASSWORD);
  assert.equal(answer.status, 200);
  const { user, roles } = answer.json<{ user: string; roles: string[] }>();
  assert.equal(user, 'admin');
  assert.ok(roles.includes('Manager') && roles.includes('Authenticated'));
  const [cookie = '', ...more] = answer.headers['set-cookie'] ?? [];
  assert.deepEqual(more, [cookie.replace('__Host-', '').replace('; Secure', '')]);
  const [pair = '', ...flags] = cookie.split('; ');
  assert.match(pair, /^__Host-trellis_[0-9a-f]{8}=[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(flags.toSorted(), ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
});

test('a cookie login reads and changes, and ends with signing out', async () => {
  const cookie = cookiesOf(await signIn(browser, 'admin', ADMIN_PASSWORD));
  const me = async () => (await browser('/api/@me', { headers: { cookie } })).json<Me>().user;
  assert.equal(await me(), 'admin');
  const add = { body: { type: 'Folder', id: 'by_cookie' }, headers: { cookie } };
  assert.equal((await browser('/api/', add)).status, 201);
  const out = await browser('/api/@logout', { method: 'POST', headers: { cookie } });
  assert.equal(out.status, 204);
  assert.match(out.headers['set-cookie']?.[0] ?? '', /^__Host-trellis_\w+=; .*Max-Age=0/);
  assert.equal(await me(), null, 'the old cookie is worth nothing');
  assert.equal((await browser('/api/', { headers: { cookie } })).status, 401);
});

test('every sign-in has a new token, and ends the login whose cookie it came with', async () => {
  const first = cookiesOf(await signIn(browser, 'admin', ADMIN_PASSWORD));
  const answer = await browser('/api/@login', {
    body: { name: 'admin', password: ADMIN_PASSWORD },
    headers: { cookie: first },
  });
  assert.notEqual(cookiesOf(answer), first);
  assert.equal((await browser('/api/@me', { headers: { cookie: first } })).json<Me>().user, null);
});

test('a forged cookie is nobody', async () => {
  const { login } = cookieNamesOf(server);
  for (const value of ['', 'x', 'A'.repeat(43), `${'A'.repeat(43)}; ${login}=B`, '%00', '"a"']) {
    const answer = await browser('/api/@me', { headers: { cookie: `${login}=${value}` } });
    assert.equal(answer.json<Me>().user, null, value);
  }
});

test('before signing in nobody is told the name of the installation, or which version it is', async () => {
  const { instance } = (await manager('/api/@me')).json<Somebody>();
  assert.deepEqual(instance, { name: 'test', version: VERSION });
  const nobody = await browser('/api/@me');
  assert.deepEqual(nobody.json(), { user: null, roles: ['Anonymous'], needsAdministrator: false });
  const machine = new RegExp(`(?<![\\w-])${hostname()}(?![\\w-])`); // Letters of a short name are in the names of assets, too.
  const paths = ['/api/@me', '/api/@openapi', '/api/', '/manage', '/livez', '/readyz', '/no/such'];
  for (const path of paths) {
    const { text, headers } = await browser(path);
    const said = JSON.stringify(headers) + text;
    assert.ok(!said.includes(VERSION) && !said.match(machine) && !/Trellis\/|trellis \d/i.test(said), path);
  }
  const api = (await manager('/api/@openapi')).json<{ info: { version: string } }>();
  assert.equal(api.info.version, VERSION);
});

test('a wrong name and a wrong password are answered in the same words', async () => {
  const unknown = await signIn(browser, 'nobody_here', ADMIN_PASSWORD);
  const wrong = await signIn(browser, 'admin', 'not the password');
  assert.equal(unknown.status, 401);
  assert.equal(unknown.text, wrong.text);
  assert.equal(wrong.json()['detail'], 'Wrong name or password.');
  assert.equal(wrong.headers['www-authenticate'], undefined, 'no browser window asks for a password');
  assert.equal(wrong.headers['set-cookie'], undefined);
});

test('a program signs in with every call, by Basic, and gets no cookie', async () => {
  const answer = await manager('/api/@me');
  assert.equal(answer.json<Me>().user, 'admin');
  assert.equal(answer.headers['set-cookie'], undefined);
  const wrong = await clientOf(server, { authorization: basic('admin', 'not it') })('/api/@me');
  assert.equal(wrong.status, 401);
  assert.match(wrong.headers['www-authenticate'] ?? '', /^Basic realm=/);
});

test('an Authorization header that cannot be read is 401, never 500', async () => {
  const headers = ['Basic', 'Basic !!!', 'Basic YQ==', 'Bearer abc', 'Basic Og==', `Basic ${'A'.repeat(5000)}`, ' '];
  for (const authorization of headers) {
    const answer = await clientOf(server, { authorization })('/api/@me');
    assert.equal(answer.status, 401, authorization);
  }
});

test('Basic costs one password check, and the hundred calls after it none', async () => {
  await manager('/api/@me');
  const before = await workOf(server.pid);
  for (let call = 0; call < 100; call += 1) await manager('/api/@me');
  const each = ((await workOf(server.pid)) - before) / 100;
  assert.ok(each < 25, `${each.toFixed(1)} ms of work a call; a password check takes 60 or more`);
});

test('users are added, given roles and passwords, and removed', async () => {
  const users = async () => (await manager('/api/acl_users/@users')).json<UsersMessage>().users.map(({ name }) => name);
  const add = (body: unknown) => manager('/api/acl_users/@users', { body });
  const added = await add({ name: 'mira', password: 'violets under glass', roles: [] });
  assert.equal(added.status, 201, added.text);
  assert.deepEqual(await users(), ['admin', 'mira']);
  assert.equal((await signIn(browser, 'mira', 'violets under glass')).status, 200);
  const again = await add({ name: 'mira', password: 'violets under glass', roles: [] });
  assert.equal(again.status, 422);
  assert.equal(again.json()['detail'], 'A user with the specified name already exists');

  const cookie = cookiesOf(await signIn(browser, 'mira', 'violets under glass'));
  const change = (body: unknown) => manager('/api/acl_users/@users/mira', { method: 'PATCH', body });
  assert.equal((await browser('/api/', { headers: { cookie } })).status, 403);
  assert.equal((await change({ roles: ['Manager'] })).status, 200);
  assert.equal((await browser('/api/', { headers: { cookie } })).status, 200, 'a role counts at the next request');
  assert.equal((await change({ password: 'roses in the rain' })).status, 200);
  assert.equal((await browser('/api/', { headers: { cookie } })).status, 401, 'a new password ends every login');

  assert.equal((await manager('/api/acl_users/@users/mira', { method: 'DELETE' })).status, 204);
  assert.deepEqual(await users(), ['admin']);
  assert.equal((await signIn(browser, 'mira', 'roses in the rain')).status, 401);
});

test('no answer about users holds a password or its hash', async () => {
  const answers = [await manager('/api/acl_users/@users'), await manager('/api/acl_users')];
  for (const { text } of answers) assert.doesNotMatch(text, /argon2|hash|password"/i);
});

test('bad users are refused, each with its reason', async () => {
  const add = (name: unknown, password: unknown, roles: unknown = []) =>
    manager('/api/acl_users/@users', { body: { name, password, roles } });
  const good = 'violets under glass';
  for (const name of ['', '  ', 'a:b', 'a/b', 'a\nb', '..', 'x'.repeat(300), '\ud800']) {
    const answer = await add(name, good);
    assert.equal(answer.status, 422, JSON.stringify(name));
    assert.equal(answer.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, '/name');
  }
  for (const password of ['', 'short', 'password', '12345678', 'x'.repeat(129)]) {
    assert.equal((await add('nina', password)).status, 422, password);
  }
  assert.equal((await add('nina', good, ['Emperor'])).status, 422);
  assert.equal((await add('nina', good, ['Anonymous'])).status, 422, 'that role cannot be given');
  assert.equal((await add(7, good)).status, 400);
  assert.equal((await manager('/api/acl_users/@users/nobody', { method: 'PATCH', body: { roles: [] } })).status, 404);
  assert.equal((await manager('/api/acl_users/@users/nobody', { method: 'DELETE' })).status, 404);
});

test('passwords of 8 to 128 characters of any script are taken whole', async () => {
  const long = `${'ж'.repeat(127)}1`;
  await manager('/api/acl_users/@users', { body: { name: 'long', password: long, roles: [] } });
  assert.equal((await signIn(browser, 'long', `${'ж'.repeat(127)}2`)).status, 401, 'the last character counts');
  assert.equal((await signIn(browser, 'long', long)).status, 200);
});

test('the last Manager cannot be removed or lose the role', async () => {
  const path = '/api/acl_users/@users/admin';
  assert.equal((await manager(path, { method: 'DELETE' })).status, 422);
  assert.equal((await manager(path, { method: 'PATCH', body: { roles: [] } })).status, 422);
  assert.equal((await manager('/api/')).status, 200);
});
