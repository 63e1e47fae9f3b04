import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Invalid, NotFound } from '../base/errors.ts';
import { storageAt } from '../storage/address/storage-at.ts';
import type { Tables } from '../storage/tables.ts';
import { Passwords } from './passwords.ts';
import { MARY, OLGA, signingIn } from './testing.ts';
import { Users } from './users.ts';

test('a user who was added can be found and verified, by that password alone', async () => {
  const { users } = await signingIn();
  await users.add(MARY);
  assert.deepEqual(users.find('mary')?.roles, ['Manager']);
  assert.equal((await users.verify('mary', MARY.password))?.name, 'mary');
  assert.equal(await users.verify('mary', 'plum tree blosson'), undefined);
  assert.equal(await users.verify('Mary', MARY.password), undefined);
  assert.equal(await users.verify('nobody', MARY.password), undefined);
});

const REFUSED: readonly (readonly [given: object, pointer: string, sentence: RegExp])[] = [
  [{ name: '' }, '/name', /^A username must be specified$/],
  [{ name: ' \t' }, '/name', /^A username must be specified$/],
  [{ name: 'mary' }, '/name', /^A user with the specified name already exists$/],
  [{ name: ' mary ' }, '/name', /^A user with the specified name already exists$/],
  [{ name: 'MARY' }, '/name', /^"MARY" could be taken for the user "mary"\. Choose another name\.$/],
  [{ name: '\uff4dary' }, '/name', /^"\uff4dary" could be taken for the user "mary"/],
  [{ name: 'a:b' }, '/name', /^The username "a:b" contains ":"\. Leave it out\.$/],
  [{ name: 'a/b' }, '/name', /^The username "a\/b" contains "\/"\. Leave it out\.$/],
  [{ name: '..' }, '/name', /^The username "\.\." cannot be part of an address\. Choose another one\.$/],
  [{ name: 'a\nb' }, '/name', /^The username "a\[U\+000A\]b" contains U\+000A, which is not seen/],
  [{ name: 'ad\u200bmin' }, '/name', /^The username "ad\[U\+200B\]min" contains U\+200B, which is not seen/],
  [{ name: 'a\u00a0b' }, '/name', /^The username "a\[U\+00A0\]b" contains U\+00A0, which is not seen/],
  [{ name: 'a\ud800' }, '/name', /^The username "a\ufffd" contains half a character\. Leave it out\.$/],
  [{ name: 'é'.repeat(128) }, '/name', /At most 255 bytes/],
  [{ password: 'short' }, '/password', /5 characters long. At least 8/],
  [{ password: 'password1' }, '/password', /among the first that are guessed/],
  [{ password: 'olga2026' }, '/password', /among the first that are guessed/],
  [{ roles: ['Manger'] }, '/roles', /^The role "Manger" cannot be given. Choose from Manager, Owner.$/],
  [{ roles: ['Anonymous'] }, '/roles', /^The role "Anonymous" cannot be given/],
];

for (const [given, pointer, sentence] of REFUSED) {
  test(`a user with ${JSON.stringify(given).slice(0, 40)} is refused with the rule`, async () => {
    const { users } = await signingIn();
    await users.add(MARY);
    await assert.rejects(users.add({ ...OLGA, ...given }), (error) => {
      assert.ok(error instanceof Invalid);
      assert.match(error.message, sentence);
      return error.errors[0]?.pointer === pointer;
    });
    assert.equal((await users.list()).length, 1);
  });
}

test('names that are special to JavaScript are ordinary names', async () => {
  const { users } = await signingIn();
  for (const name of ['__proto__', 'constructor', 'toString']) {
    assert.equal(users.find(name), undefined);
    await users.add({ ...OLGA, name });
    assert.equal((await users.verify(name, OLGA.password))?.name, name);
  }
  assert.equal((await users.list()).length, 3);
});

test('once there is a Manager, nobody’s record is read to say so', async (t) => {
  const { users, usersTable } = await signingIn();
  assert.equal(users.hasManager(), false);
  await users.add(OLGA);
  assert.equal(users.hasManager(), false);
  await users.add(MARY);
  assert.equal(users.hasManager(), true);
  const { mock } = t.mock.method(usersTable, 'entries');
  for (let time = 0; time < 100; time += 1) assert.equal(users.hasManager(), true);
  assert.equal(mock.callCount(), 0);
});

test('of two people who add one name at once, one succeeds', async () => {
  const { users } = await signingIn();
  const outcomes = await Promise.allSettled([users.add(MARY), users.add(MARY)]);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('of two people who add names at once that are taken for each other, one succeeds', async () => {
  const { users } = await signingIn();
  const outcomes = await Promise.allSettled([users.add(MARY), users.add({ ...OLGA, name: 'Mary' })]);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('users whose names could be taken for each other before that was refused stay as they are', async () => {
  const { users, usersTable } = await signingIn();
  await users.add(OLGA);
  const { hash, ...record } = usersTable.get('olga')!;
  await usersTable.update((draft) => draft.add('OLGA', { ...record, hash }));
  for (const name of ['olga', 'OLGA']) assert.equal((await users.verify(name, OLGA.password))?.name, name);
  await users.changePassword('OLGA', 'nine white egrets');
  assert.ok(await users.verify('OLGA', 'nine white egrets'));
  await users.remove('olga');
  assert.ok(await users.verify('OLGA', 'nine white egrets'));
});

test('the last Manager stays one', async () => {
  const { users } = await signingIn();
  await users.add(MARY);
  await users.add(OLGA);
  const refusal = /^Invalid: 'mary' is the last Manager\. Make another user a Manager first\.$/;
  await assert.rejects(users.remove('mary'), refusal);
  await assert.rejects(users.change('mary', { roles: [] }), refusal);
  await assert.rejects(users.setDisabled('mary', true), refusal);
  await users.change('olga', { roles: ['Manager'] });
  await users.setDisabled('olga', true);
  await assert.rejects(users.remove('mary'), refusal, 'a disabled Manager is none');
  await users.setDisabled('olga', false);
  await users.remove('mary');
  assert.deepEqual(
    (await users.list()).map(({ name }) => name),
    ['olga'],
  );
  assert.ok(users.hasManager());
});

test('of two processes that each take the other’s Manager away at once, one does, and a Manager stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-managers-'));
  const storages = await Promise.all([0, 1].map(() => storageAt(folder).open()));
  try {
    const [one, other] = (await Promise.all(storages.map(({ tables }) => usersIn(tables)))) as [Users, Users];
    await one.add(MARY);
    await one.add({ ...OLGA, roles: ['Manager'] });
    for (const storage of storages) await storage.refresh();
    const outcomes = await Promise.allSettled([one.remove('mary'), other.setDisabled('olga', true)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    for (const storage of storages) await storage.refresh();
    for (const users of [one, other]) assert.equal(['mary', 'olga'].filter((name) => users.find(name)).length, 1);
  } finally {
    for (const storage of storages) storage.close();
    await rm(folder, { recursive: true });
  }
});

async function usersIn(tables: Tables): Promise<Users> {
  const passwords = new Passwords({ memoryKib: 64, passes: 1, lanes: 1 });
  const signIns = tables.keyed<number>('sign-ins');
  return new Users({
    table: await tables.small('users'),
    signIns,
    endSessionsOf: () => {},
    clock: Date.now,
    passwords,
  });
}

test('a changed password replaces the old one and is held to the same rules', async () => {
  const { users } = await signingIn();
  await users.add(MARY);
  const before = users.find('mary')?.generation;
  await assert.rejects(users.changePassword('mary', 'mary2026'), /among the first/);
  await users.changePassword('mary', 'nine white egrets');
  assert.equal(await users.verify('mary', MARY.password), undefined);
  assert.ok(await users.verify('mary', 'nine white egrets'));
  assert.notEqual(users.find('mary')?.generation, before);
});

test('a disabled user is not let in, and is again once enabled', async () => {
  const { users } = await signingIn();
  await users.add(OLGA);
  await users.setDisabled('olga', true);
  assert.equal(users.find('olga'), undefined);
  assert.equal(await users.verify('olga', OLGA.password), undefined);
  await users.setDisabled('olga', false);
  assert.ok(await users.verify('olga', OLGA.password));
});

test('what concerns a user who is not there says so', async () => {
  const { users } = await signingIn();
  const absent = (error: unknown) => error instanceof NotFound && error.message === "There is no user 'olga'.";
  await assert.rejects(users.remove('olga'), absent);
  await assert.rejects(users.change('olga', { roles: [] }), absent);
  await assert.rejects(users.changePassword('olga', OLGA.password), absent);
});

test('a hash made at an older cost is made anew at the next sign-in, and the user stays signed in', async () => {
  const { usersAtCost, usersTable } = await signingIn();
  await usersAtCost(32).add(MARY);
  const { hash, generation } = usersTable.get('mary') ?? {};
  const users = usersAtCost(64);
  assert.equal(await users.verify('mary', 'wrong'), undefined);
  assert.equal(usersTable.get('mary')?.hash, hash);
  assert.ok(await users.verify('mary', MARY.password));
  assert.match(usersTable.get('mary')?.hash ?? '', /m=64,/);
  assert.equal(usersTable.get('mary')?.generation, generation);
  assert.ok(await users.verify('mary', MARY.password));
});

test('hashes never leave: no answer of the users contains one', async () => {
  const { users } = await signingIn();
  const added = await users.add(MARY);
  const answers = [added, users.find('mary'), await users.list(), await users.verify('mary', MARY.password), users];
  assert.ok(!/argon2|hash/.test(JSON.stringify(answers)));
});

test('an unknown name takes the work of a known one', async () => {
  const users = (await signingIn()).usersAtCost(4096);
  await users.add(MARY);
  const work: Record<string, number[]> = { mary: [], nobody: [] };
  for (let round = 0; round < 40; round += 1) {
    for (const [name, taken] of Object.entries(work)) {
      const before = process.cpuUsage();
      await users.verify(name, 'wrong password');
      const { user, system } = process.cpuUsage(before);
      taken.push(user + system);
    }
  }
  // Work of the processor, not time, and the least of many: what else the machine does only ever adds to it.
  const [known = 0, unknown = 0] = Object.values(work).map((taken) => Math.min(...taken));
  assert.ok(unknown > known / 2 && unknown < known * 2, `known ${known} µs, unknown ${unknown} µs`);
});

test('roles and password change together or not at all', async () => {
  const { users } = await signingIn();
  await users.add(MARY);
  await users.add(OLGA);
  await assert.rejects(users.change('olga', { roles: ['Manager'], password: 'short' }), Invalid);
  await assert.rejects(users.change('olga', { roles: ['Manger'], password: 'nine white egrets' }), Invalid);
  assert.deepEqual(users.find('olga')?.roles, OLGA.roles);
  assert.equal((await users.verify('olga', OLGA.password))?.name, 'olga');
});

test('what ends the logins of a user ends their sessions, in the same step: a new password, being disabled, being removed', async () => {
  const { users, endedUsers } = await signingIn();
  await users.add(MARY);
  await users.add(OLGA);
  await users.change('olga', { roles: ['Manager'] });
  await users.change('olga', { roles: [] });
  assert.deepEqual(endedUsers, []);
  await assert.rejects(users.changePassword('olga', 'short'));
  await assert.rejects(users.remove('mary'), Invalid);
  assert.deepEqual(endedUsers, [], 'what is refused ends nothing');
  await users.changePassword('olga', 'eight white swans');
  await users.setDisabled('olga', true);
  await users.remove('olga');
  assert.deepEqual(endedUsers, ['olga', 'olga', 'olga']);
});
