import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Me } from '../../../schema/endpoints/sign-in.ts';
import { ADMIN_PASSWORD, basic, startServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { clientOf, cookiesOf, sameOrigin } from '../client.ts';

const server = await startServer({ withoutAdministrator: true });
after(() => server[Symbol.asyncDispose]());
const browser = clientOf(server, sameOrigin(server));
const token = /#token=([A-Za-z0-9_-]{43})/.exec(server.greeting)?.[1] ?? '';
const create = (body: unknown) => browser('/api/@administrator', { body });

test('a first start prints one line with the address and a link for the administrator', () => {
  assert.match(server.greeting, /^Trellis is at http:\/\/127\.0\.0\.1:\d+\/manage .*\/manage\/@administrator#token=/);
  assert.equal(token.length, 43);
});

test('without an administrator nobody can sign in, by any usual password', async () => {
  assert.deepEqual((await browser('/api/@me')).json<Me>(), {
    user: null,
    roles: ['Anonymous'],
    needsAdministrator: true,
  });
  for (const password of ['admin', '', 'password', 'trellis']) {
    assert.equal((await browser('/api/@login', { body: { name: 'admin', password } })).status, 401);
  }
});

test('a wrong link is refused', async () => {
  for (const wrong of ['', 'x', token.slice(0, -1), token.toLowerCase()]) {
    const answer = await create({ token: wrong, name: 'ada', password: 'violets under glass' });
    assert.equal(answer.status, 403, wrong);
  }
});

test('a refused password leaves the link valid; then it works once, and signs in', async () => {
  const weak = await create({ token, name: 'ada', password: 'short' });
  assert.equal(weak.status, 422);
  const made = await create({ token, name: 'ada', password: 'violets under glass' });
  assert.equal(made.status, 200, made.text);
  const me = (await browser('/api/@me', { headers: { cookie: cookiesOf(made) } })).json<Me>();
  assert.equal(me.user, 'ada');
  assert.ok(me.roles.includes('Manager'));
  const visitor = (await browser('/api/@me')).json<Me>();
  assert.deepEqual(visitor, { user: null, roles: ['Anonymous'], needsAdministrator: false });
  const again = await create({ token, name: 'eve', password: 'violets under glass' });
  assert.equal(again.status, 403);
});

test('what the server logged holds neither the token nor a password', () => {
  assert.ok(!server.log().includes(token));
  assert.ok(!server.log().includes('violets'));
});

test('a password given at a later start makes the administrator, as long as there is none', async () => {
  await using folder = await temporaryFolder();
  const data = folder.path;
  await (await startServer({ data, withoutAdministrator: true })).stop();
  for (const password of [ADMIN_PASSWORD, 'violets under glass']) {
    await using started = await startServer({ data, environment: { TRELLIS_ADMIN_PASSWORD: password } });
    assert.doesNotMatch(started.greeting, /token/);
    assert.equal((await clientOf(started, { authorization: basic() })('/api')).status, 200);
  }
});
