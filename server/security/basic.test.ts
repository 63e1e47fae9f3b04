import { test } from 'node:test';
import assert from 'node:assert/strict';
import { NotSignedIn, TooManyRequests } from '../base/errors.ts';
import type { Credentials } from './credentials.ts';
import { BasicLogins } from './basic.ts';
import { MARY, OLGA, signingIn } from './testing.ts';

const address = '192.0.2.1';

function header(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Signing in by Basic, with the work counted. */
async function counted() {
  const parts = await signingIn();
  await parts.users.add(MARY);
  await parts.users.add(OLGA);
  let hashed = 0;
  const counting = {
    check: (claim: Parameters<Credentials['check']>[0]) => {
      hashed += 1;
      return parts.credentials.check(claim);
    },
  };
  const basic = new BasicLogins(counting, parts.users, parts.clock);
  return { ...parts, basic, hashed: () => hashed };
}

test('a name and a password in the header are a user', async () => {
  const { basic } = await counted();
  assert.equal((await basic.verify(header('mary', MARY.password), address)).name, 'mary');
  assert.equal((await basic.verify(header('mary', MARY.password).replace('Basic', 'bAsIc '), address)).name, 'mary');
});

test('a password may contain colons and any script', async () => {
  const { basic, users } = await counted();
  await users.changePassword('olga', 'семь:серых:цапель');
  assert.equal((await basic.verify(header('olga', 'семь:серых:цапель'), address)).name, 'olga');
});

test('a header that verified is not hashed again for five minutes', async () => {
  const { basic, hashed, pass } = await counted();
  for (let index = 0; index < 100; index += 1) await basic.verify(header('mary', MARY.password), address);
  assert.equal(hashed(), 1);
  pass(5);
  await basic.verify(header('mary', MARY.password), address);
  assert.equal(hashed(), 2);
});

test('100 calls that start together are one check', async () => {
  const { basic, hashed } = await counted();
  await Promise.all(Array.from({ length: 100 }, () => basic.verify(header('mary', MARY.password), address)));
  assert.equal(hashed(), 1);
});

test('what is remembered is forgotten when the user changes', async () => {
  const { basic, users } = await counted();
  const verify = () => basic.verify(header('olga', OLGA.password), address);
  await verify();
  await users.change('olga', { roles: ['Manager'] });
  assert.deepEqual((await verify()).roles, ['Manager']);
  await users.setDisabled('olga', true);
  await assert.rejects(verify(), NotSignedIn);
  await users.setDisabled('olga', false);
  await verify();
  await users.changePassword('olga', 'nine white egrets');
  await assert.rejects(verify(), NotSignedIn);
  await users.remove('olga');
  await assert.rejects(basic.verify(header('olga', 'nine white egrets'), address), NotSignedIn);
});

test('wrong headers count as tries, right ones do not', async () => {
  const { basic } = await counted();
  for (let index = 0; index < 6; index += 1)
    await assert.rejects(basic.verify(header('mary', 'wrong'), address), NotSignedIn);
  await assert.rejects(basic.verify(header('mary', MARY.password), address), TooManyRequests);
});

test('a header that cannot be read is refused with what would be right', async () => {
  const { basic } = await counted();
  const unreadable = [
    '',
    'Basic',
    'Basic ',
    'Basic !!!',
    'Bearer abc',
    `Basic ${Buffer.from('no colon').toString('base64')}`,
  ];
  for (const text of unreadable) {
    await assert.rejects(basic.verify(text, address), (error) => {
      return error instanceof NotSignedIn && /Send "Basic", then name:password in base64/.test(error.message);
    });
  }
});
