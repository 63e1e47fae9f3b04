import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { TestMessage } from '../../../schema/endpoints/session-test.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { until } from '../../support/figures.ts';
import { ADMIN_PASSWORD, startServer } from '../../support/server.ts';
import { changeProperties } from '../../support/sessions-site.ts';
import { Visitor } from '../../support/applications/visitor.ts';
import { itemsOf } from '../site.ts';

const [one, other] = await Promise.all([startServer(), startServer()]);
after(async () => {
  for (const server of [one, other]) await server[Symbol.asyncDispose]();
});

const FORMER = { login: '__Host-trellis', browserId: '__Host-browser_id' };
const SESSION = '/api/temp_folder/session_data/@test';

/** What is in the session of a visitor who may look at it; `undefined`: whoever asks may not. */
async function sessionOf(visitor: Visitor): Promise<readonly string[] | undefined> {
  const { status, text } = await visitor.ask(SESSION);
  return status === 200 ? itemsOf(JSON.parse(text) as TestMessage) : undefined;
}

async function signedIn(server: typeof one, items: string): Promise<Visitor> {
  const visitor = new Visitor(server);
  await signIn(visitor, items);
  return visitor;
}

async function signIn(visitor: Visitor, items: string): Promise<void> {
  assert.equal((await visitor.signIn('admin', ADMIN_PASSWORD)).status, 200);
  assert.equal((await visitor.ask(SESSION, { body: { items } })).status, 200);
}

/** A browser with the cookies that a Trellis gave it before default names had a mark. */
async function fromBefore(server: typeof one, items: string): Promise<Visitor> {
  const { cookies } = await signedIn(server, items);
  const names = cookieNamesOf(server);
  const kinds = ['login', 'browserId'] as const;
  return new Visitor(
    server,
    kinds.map((kind) => [FORMER[kind], cookies.get(names[kind]) ?? '']),
  );
}

test('two installations on one host name, in one browser, leave each other’s logins and sessions alone', async () => {
  const visitor = await signedIn(one, 'at one');
  visitor.port = other.port;
  await signIn(visitor, 'at other');
  for (const [server, items] of [
    [one, ['at=one']],
    [other, ['at=other']],
    [one, ['at=one']],
  ] as const) {
    visitor.port = server.port;
    assert.deepEqual(await sessionOf(visitor), items);
  }
  assert.equal((await visitor.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.equal(await sessionOf(visitor), undefined);
  visitor.port = other.port;
  assert.deepEqual(await sessionOf(visitor), ['at=other']);
});

test('who is signed in with cookies of the former names stays so, keeps the session, and gets the new names', async () => {
  const visitor = await fromBefore(one, 'cart full');
  const values = [...visitor.cookies.values()];
  const names = cookieNamesOf(one);
  const answer = await visitor.ask(SESSION);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.deepEqual(itemsOf(JSON.parse(answer.text) as TestMessage), ['cart=full']);
  assert.deepEqual([...visitor.cookies.keys()].toSorted(), [names.browserId, names.login].toSorted());
  assert.deepEqual([...visitor.cookies.values()].toSorted(), values.toSorted(), 'the same login, the same id');
  const again = await visitor.ask(SESSION);
  assert.equal(again.headers['set-cookie'], undefined, 'once');
  assert.deepEqual(itemsOf(JSON.parse(again.text) as TestMessage), ['cart=full']);
});

test('a page that nobody has to sign in for moves a login, too, and no cache keeps the answer', async () => {
  const visitor = await fromBefore(one, 'a b');
  const { headers } = await visitor.ask('/index_html');
  assert.equal(headers['cache-control'], 'no-store');
  assert.match(String(headers['set-cookie']), new RegExp(`^${cookieNamesOf(one).login}=.*,${FORMER.login}=;`));
});

test('a stored name of “browser_id” is the default; one that somebody chose is used as it is', async (t) => {
  t.after(() => changeProperties(one, '/browser_id_manager', { id_name: 'browser_id' }));
  const visitor = await fromBefore(one, 'cart full');
  for (const [id_name, sent] of [
    ['shop', '__Host-shop'],
    ['browser_id', cookieNamesOf(one).browserId],
  ] as const) {
    await changeProperties(one, '/browser_id_manager', { id_name });
    await visitor.ask(SESSION, { body: { items: 'x y' } });
    assert.ok(visitor.cookies.has(sent), `${id_name}: ${[...visitor.cookies.keys()].join()}`);
  }
  assert.deepEqual(await sessionOf(visitor), ['cart=full', 'x=y'], 'the former name was not touched meanwhile');
});

test('cookies of a chosen name that were not signed here are told of in the log, by name', async (t) => {
  t.after(() => changeProperties(one, '/browser_id_manager', { id_name: 'browser_id' }));
  await changeProperties(one, '/browser_id_manager', { id_name: 'connect.sid' });
  const visitor = await signedIn(one, 'a b');
  await visitor.ask(SESSION);
  visitor.cookies.set('__Host-connect.sid', 's%3Atheirs.abc');
  assert.deepEqual(await sessionOf(visitor), []);
  await until('the log to say it', async () => one.log().includes('"name":"__Host-connect.sid","alsoSince":0'));
});

test('signing in and signing out leave nothing of ours under the former names', async () => {
  const leaving = await fromBefore(one, 'a b');
  const copies = [leaving.copy(), leaving.copy()] as const;
  assert.equal((await leaving.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.deepEqual([...leaving.cookies], []);
  assert.equal(await copies[0].user(), null, 'the login ended, under whatever name it comes');
  const coming = await fromBefore(one, 'a b');
  await coming.signIn('admin', ADMIN_PASSWORD);
  const names = cookieNamesOf(one);
  assert.deepEqual([...coming.cookies.keys()].toSorted(), [names.browserId, names.login].toSorted());
  assert.equal(await coming.user(), 'admin');
});

test('what another installation gave under the former names is neither taken nor taken away', async () => {
  const visitor = await fromBefore(other, 'at other');
  const theirs = new Map(visitor.cookies);
  visitor.port = one.port;
  assert.equal(await visitor.user(), null);
  await signIn(visitor, 'at one');
  assert.deepEqual(await sessionOf(visitor), ['at=one']);
  assert.equal((await visitor.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.deepEqual(visitor.cookies, theirs);
  visitor.port = other.port;
  assert.deepEqual(await sessionOf(visitor), ['at=other']);
});
