import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { NotSignedIn, TooManyRequests } from '../base/errors.ts';
import { MARY, OLGA, signingIn } from './testing.ts';

const address = '192.0.2.1';

async function signedIn() {
  const parts = await signingIn();
  await parts.users.add(MARY);
  await parts.users.add(OLGA);
  const { token } = await parts.logins.signIn({ ...MARY, address });
  return { ...parts, token };
}

test('signing in gives a token that leads back to the user, and notes the time', async () => {
  const { logins, users, clock } = await signedIn();
  const { token, user, roles } = await logins.signIn({ ...MARY, address });
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.deepEqual({ user, roles }, { user: 'mary', roles: ['Manager'] });
  assert.equal((await logins.find(token))?.name, 'mary');
  assert.equal((await users.list())[0]?.lastSignIn, clock());
});

test('every sign-in has a token of its own, and none is stored', async () => {
  const { logins, loginsTable } = await signedIn();
  const tokens = new Set<string>();
  for (let index = 0; index < 20; index += 1) tokens.add((await logins.signIn({ ...MARY, address })).token);
  assert.equal(tokens.size, 20);
  const stored = JSON.stringify(await loginsTable.entries());
  for (const token of tokens) assert.ok(!stored.includes(token));
});

test('a wrong password and an unknown name get the same answer', async () => {
  const { logins } = await signedIn();
  const claims = [
    { name: 'mary', password: 'plum tree blosson' },
    { name: 'nobody', password: MARY.password },
  ];
  for (const claim of claims) {
    await assert.rejects(logins.signIn({ ...claim, address }), (error) => {
      assert.ok(error instanceof NotSignedIn);
      assert.equal(error.message, 'Wrong name or password.');
      return error.errors.length === 0 && Object.keys(error.members).length === 0;
    });
  }
});

test('the sixth wrong try is followed by a wait, also for the right password, that ends by itself', async () => {
  const { logins, pass } = await signedIn();
  const guess = () => logins.signIn({ name: 'olga', password: 'wrong', address });
  for (let index = 0; index < 6; index += 1) await assert.rejects(guess(), NotSignedIn);
  const tooSoon = (error: unknown) => error instanceof TooManyRequests && error.message === 'Too many tries. Wait 1 s.';
  await assert.rejects(guess(), tooSoon);
  await assert.rejects(logins.signIn({ ...OLGA, address }), tooSoon);
  pass(1 / 60);
  assert.ok(await logins.signIn({ ...OLGA, address }));
});

test('of 50 guesses sent at once, six are tried', async () => {
  const { logins } = await signedIn();
  const guesses = Array.from({ length: 50 }, () => logins.signIn({ name: 'olga', password: 'wrong', address }));
  const outcomes = await Promise.allSettled(guesses);
  const tried = outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof NotSignedIn);
  assert.equal(tried.length, 6);
});

test('ten people who sign in to one account at once all get in', async () => {
  const { logins } = await signedIn();
  const all = await Promise.all(Array.from({ length: 10 }, () => logins.signIn({ ...OLGA, address })));
  assert.equal(all.length, 10);
});

test('signing out ends this login and no other', async () => {
  const { logins, token } = await signedIn();
  const { token: second } = await logins.signIn({ ...MARY, address });
  await logins.signOut(token);
  assert.equal(await logins.find(token), undefined);
  assert.equal((await logins.find(second))?.name, 'mary');
  await logins.signOut('never given');
});

test('a login ends after 20 minutes without use, and 12 hours after it began in any case', async () => {
  const { logins, token, pass, loginsTable } = await signedIn();
  for (let minutes = 0; minutes < 12 * 60; minutes += 18) {
    assert.equal((await logins.find(token))?.name, 'mary', `after ${minutes} minutes`);
    await nextTurn();
    pass(18);
  }
  assert.equal(await logins.find(token), undefined);
  const { token: idle } = await logins.signIn({ ...MARY, address });
  pass(20);
  assert.equal(await logins.find(idle), undefined);
  assert.equal((await loginsTable.entries()).length, 0);
});

test('what nobody did is no use of a login: looked at for twenty minutes it ends', async () => {
  const { logins, token, pass, loginsTable, clock } = await signedIn();
  const begun = clock();
  for (let minute = 1; minute < 20; minute += 1) {
    pass(1);
    assert.equal((await logins.find(token, false))?.name, 'mary');
    await nextTurn();
  }
  assert.equal((await loginsTable.entries())[0]?.[1].lastSeen, begun);
  pass(1);
  assert.equal(await logins.find(token, false), undefined);
});

test('using a login writes at most once a minute', async () => {
  const { logins, token, pass, loginsTable, clock } = await signedIn();
  const begun = clock();
  for (let second = 0; second < 59; second += 1) {
    pass(1 / 60);
    await logins.find(token);
  }
  assert.equal((await loginsTable.entries())[0]?.[1].lastSeen, begun);
  pass(1 / 60);
  await logins.find(token);
  assert.equal((await loginsTable.entries())[0]?.[1].lastSeen, begun + 60_000);
});

test('a changed password, disabling and removing each end every login of that user, and of nobody else', async () => {
  const { logins, users, token } = await signedIn();
  const begin = async () => (await logins.signIn({ ...OLGA, address })).token;
  const ended = async (end: () => unknown) => {
    const tokens = [await begin(), await begin()];
    await end();
    for (const each of tokens) assert.equal(await logins.find(each), undefined);
  };
  await ended(() => users.setDisabled('olga', true));
  await users.setDisabled('olga', false);
  await ended(() => users.changePassword('olga', OLGA.password));
  await ended(async () => {
    await users.remove('olga');
    await users.add(OLGA);
  });
  assert.equal((await logins.find(token))?.name, 'mary');
});

test('a role that is taken away is gone at the next request', async () => {
  const { logins, users, token } = await signedIn();
  await users.change('olga', { roles: ['Manager'] });
  await users.change('mary', { roles: ['Owner'] });
  assert.deepEqual((await logins.find(token))?.roles, ['Owner']);
});

test('what is not a token leads nowhere', async () => {
  const { logins, token } = await signedIn();
  for (const text of ['', 'x', '__proto__', token.slice(1), `${token}=`, `x${token.slice(1)}`, 'x'.repeat(100_000)]) {
    if (text !== token) assert.equal(await logins.find(text), undefined);
  }
});

test('a user’s logins are listed with where they came from, and ended one by one by nobody else', async () => {
  const { logins, loginsTable, token, pass, users } = await signedIn();
  pass(2);
  const second = await logins.signIn({ ...MARY, address: '192.0.2.7' }, 'Firefox 145, Linux');
  await logins.signIn({ ...OLGA, address });
  const [last, first] = await logins.of('mary');
  assert.deepEqual(
    [last?.id, last?.address, last?.browser],
    [logins.idOf(second.token), '192.0.2.7', 'Firefox 145, Linux'],
  );
  assert.deepEqual([first?.id, first?.browser], [logins.idOf(token), '']);
  assert.equal((await logins.of('mary')).length, 2);
  assert.equal(await logins.end('olga', [last?.id ?? '']), 0);
  assert.equal(await logins.end('mary', [last?.id ?? '']), 1);
  assert.equal(await logins.end('mary', [last?.id ?? '']), 0);
  assert.deepEqual([await logins.find(second.token), (await logins.find(token))?.name], [undefined, 'mary']);
  const [key, { address: _, browser: __, ...old }] = (await loginsTable.entries()).find(([id]) => id === first?.id)!;
  await loginsTable.update((stored) => stored.set(key, old));
  assert.deepEqual(
    [(await logins.of('mary'))[0]?.address, (await logins.of('mary')).length],
    ['', 1],
    'a record of an older version',
  );
  await users.changePassword('mary', MARY.password);
  assert.deepEqual(await logins.of('mary'), []);
});
