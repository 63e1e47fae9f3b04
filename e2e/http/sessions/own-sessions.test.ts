import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { EndedOthers, OwnLoginsMessage, OwnSessionsMessage } from '../../../schema/endpoints/own-sessions.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { changeProperties, startSite } from '../../support/sessions-site.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';
import { clientOf, sameOrigin } from '../client.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const PASSWORD = 'violets under glass';
const memcached = await startMemcached();
const server = await startSite({ servers: [memcached.address] });
after(() => Promise.all([server[Symbol.asyncDispose](), memcached[Symbol.asyncDispose]()]));
for (const name of ['anna', 'mira']) {
  await administer(server.port, '/api/acl_users/@users', { body: { name, password: PASSWORD, roles: [] } });
}

/** A browser in which somebody without any role is signed in and has a session. */
async function signedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor(server);
  const headers = { 'user-agent': FIREFOX };
  await visitor.ask('/api/@login', { body: { name, password: PASSWORD }, headers });
  assert.equal((await visitor.ask('/page?do=set%20of%20"' + name + '"', { headers })).status, 200);
  return visitor;
}

async function loginsOf(visitor: Visitor): Promise<OwnLoginsMessage['logins']> {
  const answer = await visitor.ask('/api/@my-logins');
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as OwnLoginsMessage).logins;
}

async function sessionsOf(visitor: Visitor): Promise<OwnSessionsMessage> {
  const answer = await visitor.ask('/api/@my-sessions');
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as OwnSessionsMessage;
}

const endOthers = async (visitor: Visitor, view: string): Promise<EndedOthers> => {
  const answer = await visitor.ask(`/api/@${view}/@end-others`, { body: {} });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as EndedOthers;
};

/** The value by which a browser recognises its session; `null` where it has none any more. */
const valueIn = async (visitor: Visitor) => resultOf(await visitor.visit('/page', 'get of'));

async function endEverything(): Promise<void> {
  for (const name of ['anna', 'mira']) {
    const visitor = await signedIn(name);
    await endOthers(visitor, 'my-sessions');
    await endOthers(visitor, 'my-logins');
    await visitor.visit('/page', 'invalidate');
    await visitor.ask('/api/@logout', { method: 'POST' });
  }
}

test('one sees one’s own logins, from where and since when, and which is this one', async () => {
  await endEverything();
  const [here, , theirs] = [await signedIn('anna'), await signedIn('anna'), await signedIn('mira')];
  const logins = await loginsOf(here);
  assert.equal(logins.length, 2);
  assert.equal(logins.filter(({ isThis }) => isThis).length, 1);
  for (const { address, browser, started, lastSeen, expires } of logins) {
    assert.deepEqual([address, browser], ['127.0.0.1', 'Firefox 145, Linux']);
    assert.ok(Math.abs(Date.parse(started) - Date.now()) < 120_000);
    assert.ok(Date.parse(lastSeen) >= Date.parse(started) && Date.parse(expires) > Date.now());
  }
  const [their] = await loginsOf(theirs);
  assert.ok(!logins.some(({ id }) => id === their?.id));
  assert.equal((await here.ask('/api/@my-logins')).headers['cache-control'], 'no-store');
});

test('one ends one’s own logins: one, and all others; nobody else’s, whatever one names', async () => {
  await endEverything();
  const [here, there, elsewhere] = [await signedIn('anna'), await signedIn('anna'), await signedIn('anna')];
  const theirs = await signedIn('mira');
  const idOf = async (visitor: Visitor) => (await loginsOf(visitor)).find(({ isThis }) => isThis)?.id ?? '';
  for (const id of [await idOf(theirs), 'x'.repeat(43), 'x', '__proto__', encodeURIComponent('../x')]) {
    const answer = await here.ask(`/api/@my-logins/${id}`, { method: 'DELETE' });
    assert.ok([400, 404].includes(answer.status), `${id}: ${answer.status}`);
  }
  assert.equal(await theirs.user(), 'mira');
  assert.equal((await here.ask(`/api/@my-logins/${await idOf(there)}`, { method: 'DELETE' })).status, 204);
  assert.deepEqual([await there.user(), await elsewhere.user()], [null, 'anna']);
  assert.deepEqual(await endOthers(here, 'my-logins'), { ended: 1, unseen: [] });
  assert.deepEqual([await here.user(), await elsewhere.user(), await theirs.user()], ['anna', null, 'mira']);
});

test('one sees one’s own sessions in every container, and which is that of this browser', async () => {
  await endEverything();
  const [here] = [await signedIn('anna'), await signedIn('anna'), await signedIn('mira')];
  await changeProperties(server, '/session_data_manager', { container_path: '/temp_folder/session_data' });
  await signedIn('anna');
  await changeProperties(server, '/session_data_manager', { container_path: '/mcsdc' });
  const { sessions, unseen } = await sessionsOf(here);
  assert.deepEqual(unseen, []);
  assert.deepEqual(sessions.map(({ container, isThis }) => `${container} ${isThis}`).sort(), [
    '/mcsdc false',
    '/mcsdc true',
    '/temp_folder/session_data false',
  ]);
  for (const { address, browser, bytes } of sessions) {
    assert.deepEqual([address, browser], ['127.0.0.1', 'Firefox 145, Linux']);
    assert.ok(bytes > 100);
  }
});

test('one ends one’s own sessions: one, and all others; nobody else’s, whatever one names', async () => {
  await endEverything();
  const [here, there, elsewhere] = [await signedIn('anna'), await signedIn('anna'), await signedIn('anna')];
  const theirs = await signedIn('mira');
  const keyOf = async (visitor: Visitor) =>
    (await sessionsOf(visitor)).sessions.find(({ isThis }) => isThis)?.key ?? '';
  const end = (container: string, key: string) => here.ask('/api/@my-sessions', { body: { container, key } });
  const [ofTheirs, ofThere] = [await keyOf(theirs), await keyOf(there)];
  const refused: readonly (readonly [container: string, key: string])[] = [
    ['/mcsdc', ofTheirs],
    ['/mcsdc', 'x'.repeat(43)],
    ['/mcsdc', '../x'],
    ['/mcproxy', ofThere],
    ['/acl_users', ofThere],
    ['/no/such', ofThere],
    ['__proto__', ofThere],
    ['/temp_folder/session_data', ofThere],
  ];
  for (const [container, key] of refused) {
    const answer = await end(container, key);
    assert.equal(answer.status, 404, `${container} ${key}`);
    assert.match(answer.text, /You have no such session/);
  }
  assert.equal(await valueIn(theirs), 'mira');
  assert.equal((await end('/mcsdc', ofThere)).status, 204);
  assert.deepEqual([await valueIn(there), await valueIn(elsewhere)], [null, 'anna']);
  assert.deepEqual(await endOthers(here, 'my-sessions'), { ended: 1, unseen: [] });
  assert.deepEqual([await valueIn(here), await valueIn(elsewhere), await valueIn(theirs)], ['anna', null, 'mira']);
});

test('nobody who is not signed in sees or ends anything, and an odd address is none', async () => {
  const anonymous = clientOf(server, sameOrigin(server));
  const views: readonly (readonly [method: string, path: string, body?: unknown])[] = [
    ['GET', '/api/@my-logins'],
    ['GET', '/api/@my-sessions'],
    ['DELETE', `/api/@my-logins/${'x'.repeat(43)}`],
    ['POST', '/api/@my-logins/@end-others', {}],
    ['POST', '/api/@my-sessions', { container: '/mcsdc', key: 'x' }],
    ['POST', '/api/@my-sessions/@end-others', {}],
  ];
  for (const [method, path, body] of views) {
    assert.equal((await anonymous(path, { method, body })).status, 401, `${method} ${path}`);
  }
  const here = await signedIn('anna');
  for (const view of ['my-logins', 'my-sessions']) {
    assert.equal((await here.ask(`/api/@${view}/@end`, { body: {} })).status, 404);
    assert.equal((await here.ask(`/api/mcsdc/@${view}`)).status, 404);
    const foreign = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    assert.equal((await here.ask(`/api/@${view}/@end-others`, { body: {}, headers: foreign })).status, 403);
  }
});

test('what cannot be seen is said, without telling addresses, and logins are ended all the same', async () => {
  await endEverything();
  const [here, there] = [await signedIn('anna'), await signedIn('anna')];
  await memcached.kill();
  const { sessions, unseen } = await sessionsOf(here);
  assert.deepEqual([sessions, unseen], [[], ['Sessions in /mcsdc cannot be listed now.']]);
  assert.deepEqual(await endOthers(here, 'my-sessions'), { ended: 0, unseen });
  assert.deepEqual(await endOthers(here, 'my-logins'), { ended: 1, unseen: [] });
  assert.equal(await there.user(), null);
});
