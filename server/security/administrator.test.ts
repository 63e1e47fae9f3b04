import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Forbidden, Invalid } from '../base/errors.ts';
import { MARY, OLGA, signingIn } from './testing.ts';

test('a fresh tree has nobody to sign in as, until a link makes the administrator', async () => {
  const { administrator, users, logins } = await signingIn();
  assert.ok(administrator.isNeeded);
  assert.deepEqual(await users.list(), []);
  const token = await administrator.makeToken();
  const user = await administrator.create({ ...MARY, token });
  assert.deepEqual(user.roles, ['Manager']);
  assert.ok(!administrator.isNeeded);
  assert.equal((await logins.find((await logins.begin(user)).token))?.name, 'mary');
});

test('a link is valid once', async () => {
  const { administrator, users } = await signingIn();
  const token = await administrator.makeToken();
  const outcomes = await Promise.allSettled([
    administrator.create({ ...MARY, token }),
    administrator.create({ ...OLGA, token }),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  await assert.rejects(administrator.create({ ...OLGA, token }), Forbidden);
  assert.equal((await users.list()).length, 1);
});

test('a link is valid for one hour, and its token is stored nowhere', async () => {
  const { administrator, linksTable, pass } = await signingIn();
  const token = await administrator.makeToken();
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.ok(!JSON.stringify(await linksTable.entries()).includes(token));
  pass(60);
  await assert.rejects(administrator.create({ ...MARY, token }), Forbidden);
});

test('a second link does not make a second administrator', async () => {
  const { administrator } = await signingIn();
  const [first, second] = [await administrator.makeToken(), await administrator.makeToken()];
  await administrator.create({ ...MARY, token: first });
  await assert.rejects(administrator.create({ ...OLGA, token: second }), Forbidden);
});

test('a bad name or password leaves the link valid', async () => {
  const { administrator } = await signingIn();
  const token = await administrator.makeToken();
  await assert.rejects(administrator.create({ ...MARY, password: 'password', token }), Invalid);
  await assert.rejects(administrator.create({ ...MARY, name: '', token }), Invalid);
  await administrator.create({ ...MARY, token });
});

test('an invented token is refused', async () => {
  const { administrator } = await signingIn();
  await administrator.makeToken();
  for (const token of ['', '__proto__', 'x'.repeat(43)]) {
    await assert.rejects(administrator.create({ ...MARY, token }), Forbidden);
  }
});
