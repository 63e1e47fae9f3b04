import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { News } from '../../../schema/endpoints/news.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { basic, startServer } from '../../support/server.ts';
import { clientOf, cookiesOf, managerOf, sameOrigin } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const browser = clientOf(server, sameOrigin(server));
const FIRST = 'violets under glass';
const SECOND = 'roses in the rain';

/** Somebody new without any role, signed in so many times: the cookies of each. */
async function signedIn(name: string, times = 1): Promise<string[]> {
  await managerOf(server)('/api/acl_users/@users', { body: { name, password: FIRST, roles: [] } });
  const cookies: string[] = [];
  while (cookies.length < times)
    cookies.push(cookiesOf(await browser('/api/@login', { body: { name, password: FIRST } })));
  return cookies;
}

const change = (cookie: string | undefined, password: string, wanted: string) =>
  browser('/api/@me/@password', { body: { password, new: wanted }, headers: { cookie } });
const isIn = async (cookie: string) => (await browser('/api/@my-logins', { headers: { cookie } })).status === 200;

test('one’s own password is changed by who knows it: this login stays, every other ends', async () => {
  const [here = '', elsewhere = ''] = await signedIn('anna', 2);
  assert.deepEqual([await isIn(here), await isIn(elsewhere)], [true, true]);
  const answer = await change(here, FIRST, SECOND);
  assert.equal(answer.status, 204, answer.text);
  assert.deepEqual([await isIn(here), await isIn(elsewhere)], [true, false]);
  const signIn = (password: string) => browser('/api/@login', { body: { name: 'anna', password } });
  assert.deepEqual([(await signIn(FIRST)).status, (await signIn(SECOND)).status], [401, 200]);
});

test('a wrong present password is refused at its field, and one stays signed in', async () => {
  const [cookie = ''] = await signedIn('mira');
  const answer = await change(cookie, 'not mine at all', SECOND);
  const { errors } = answer.json<ProblemMessage>();
  assert.deepEqual([answer.status, errors?.map(({ pointer }) => pointer)], [422, ['/password']]);
  assert.equal(await isIn(cookie), true);
  assert.equal((await change(cookie, FIRST, SECOND)).status, 204, 'nothing was changed by it');
});

test('a new password is held to the rules of every other, and no present one is tried for it', async () => {
  const [cookie = ''] = await signedIn('nina');
  for (const wanted of ['', 'short', 'password', 'nina1234', 'x'.repeat(129)]) {
    const answer = await change(cookie, 'not mine at all', wanted);
    const { errors } = answer.json<ProblemMessage>();
    assert.deepEqual([answer.status, errors?.map(({ pointer }) => pointer)], [422, ['/new']], wanted);
  }
  assert.equal((await change(cookie, FIRST, SECOND)).status, 204);
});

test('the present password is no new one: it is refused at its field, and ends nothing', async () => {
  const [here = '', elsewhere = ''] = await signedIn('otto', 2);
  const answer = await change(here, FIRST, FIRST);
  const detail = 'That is your present password. Choose another one.';
  assert.deepEqual([answer.status, answer.json<ProblemMessage>().errors], [422, [{ pointer: '/new', detail }]]);
  assert.deepEqual([await isIn(here), await isIn(elsewhere)], [true, true]);
  const wrong = await change(here, 'not mine at all', 'not mine at all');
  assert.deepEqual(
    wrong.json<ProblemMessage>().errors?.map(({ pointer }) => pointer),
    ['/password'],
  );
});

test('who guesses a present password is slowed down as at signing in', async () => {
  const [cookie = ''] = await signedIn('olga');
  const statuses: number[] = [];
  while (statuses.length < 12 && statuses.at(-1) !== 429)
    statuses.push((await change(cookie, 'a wrong guess', SECOND)).status);
  assert.equal(statuses.at(-1), 429, statuses.join(' '));
  assert.ok(statuses.length > 5);
  const { status } = await browser('/api/@login', { body: { name: 'olga', password: FIRST } });
  assert.equal(status, 429, 'it is one count');
});

test('nobody who is not signed in changes a password, and a program does with its own', async () => {
  assert.equal((await change(undefined, FIRST, SECOND)).status, 401);
  await signedIn('paul');
  const program = clientOf(server, { authorization: basic('paul', FIRST) });
  assert.equal((await program('/api/@me/@password', { body: { password: FIRST, new: SECOND } })).status, 204);
  assert.equal((await program('/api/@my-logins')).status, 401);
});

test('no password is in the log, and who changed theirs is', () => {
  for (const password of [FIRST, SECOND, 'a wrong guess']) assert.ok(!server.log().includes(password));
  assert.match(server.log(), /"by":"anna","msg":"A password was changed by its user"/);
});

test('what is new is told to everybody who is signed in, and to nobody else', async () => {
  const [cookie = ''] = await signedIn('rita');
  const { version, heading, parts } = (await browser('/api/@news', { headers: { cookie } })).json<News>();
  assert.ok(heading.startsWith(version), `${heading} is of ${version}`);
  assert.ok(parts.length > 0 && parts.every(({ items }) => items.length > 0));
  assert.equal((await browser('/api/@news')).status, 401);
});
