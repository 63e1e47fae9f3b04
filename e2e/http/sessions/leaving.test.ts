import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { OwnLoginsMessage } from '../../../schema/endpoints/own-sessions.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { basic } from '../../support/server.ts';
import {
  changeProperties,
  shiftClocks,
  startSite,
  startSteppedServer,
  untilServersAreUp,
} from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { administer, ask, resultOf, resultsOf, Visitor } from '../../support/applications/visitor.ts';
import { runCli } from '../cli.ts';

const PASSWORD = 'violets under glass';
const OTHER_PASSWORD = 'roses in the rain';
const folder = await temporaryFolder();
const memcached = await startMemcached();
// Sessions outlive logins here, so that each can be seen to end without the other.
const container = { timeout_minutes: 600, max_lifetime_minutes: 1_200 };
const one = await startSite({ servers: [memcached.address], container }, { data: folder.path });
const other = await startSteppedServer({ data: folder.path });
const both = [one, other];
after(async () => {
  await Promise.all([one.stop(), other.stop(), memcached.kill()]);
  await folder[Symbol.asyncDispose]();
});
await addUser('mira');

async function addUser(name: string): Promise<void> {
  await administer(one.port, '/api/acl_users/@users', { body: { name, password: PASSWORD, roles: [] } });
}

function changeUser(name: string, change: object): Promise<unknown> {
  return administer(one.port, `/api/acl_users/@users/${name}`, { method: 'PATCH', body: change });
}

/** A browser in which somebody is signed in, with something in the session. */
async function signedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor(one);
  assert.equal((await visitor.signIn(name, PASSWORD)).status, 200);
  assert.equal((await visitor.visit('/page', 'set cart "three roses"')).status, 200);
  return visitor;
}

const cartOf = async (visitor: Visitor) => resultOf(await visitor.visit('/page', 'get cart'));

/** Where somebody is seen with these cookies who must see nothing: by nobody, by another user, by a program of theirs. */
async function cartsSeenWith(cookies: Visitor): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const site of both) {
    seen.push(await cartOf(cookies.copy(site)));
    seen.push(await cartAsProgram(cookies.copy(site), 'mira'));
  }
  for (const site of both) {
    const mira = cookies.copy(site);
    await mira.signIn('mira', PASSWORD);
    seen.push(await cartOf(mira));
  }
  return seen;
}

async function cartAsProgram(visitor: Visitor, name: string, password = PASSWORD): Promise<unknown> {
  const headers = { authorization: basic(name, password) };
  return resultOf(await visitor.ask('/page?do=get%20cart', { headers }));
}

const NOTHING = [null, null, null, null, null, null];

test('signing out ends the session and takes its id away; with the old id nothing is read or stored any more', async () => {
  await addUser('ada');
  const ada = await signedIn('ada');
  const old = ada.copy();
  const answer = await ada.ask('/api/@logout', { method: 'POST' });
  assert.equal(answer.status, 204);
  assert.match(String(answer.headers['set-cookie']), /__Host-trellis_\w+=;.*__Host-browser_id_\w+=;.*Max-Age=0/);
  assert.deepEqual([...ada.cookies], []);
  assert.equal(await cartOf(ada), null);
  assert.deepEqual(await cartsSeenWith(old), NOTHING);
  await old.visit('/page', 'set n 1');
  assert.notEqual(old.browserId, ada.browserId);
  const again = new Visitor(one, [[cookieNamesOf(one).browserId, old.browserId]]);
  assert.equal(await cartOf(again), null);
  await ada.signIn('ada', PASSWORD);
  assert.equal(await cartOf(ada), null, 'not even the same user');
});

test('sessions that are kept in the process’s memory are left to nobody either', async () => {
  await addUser('bea');
  await changeProperties(one, '/session_data_manager', { container_path: '/temp_folder/session_data' });
  const [leaving, removed] = [await signedIn('bea'), await signedIn('bea')];
  const [left, gone] = [leaving.copy(), removed.copy()];
  assert.equal(await cartOf(left), 'three roses');
  assert.equal((await leaving.ask('/api/@logout', { method: 'POST' })).status, 204);
  const { login } = cookieNamesOf(one);
  left.cookies.set(login, gone.cookies.get(login) ?? '');
  assert.equal(await cartOf(left), null, 'not even the same user');
  assert.equal(await cartOf(gone), 'three roses');
  await administer(one.port, '/api/acl_users/@users/bea', { method: 'DELETE' });
  assert.equal(await cartOf(gone), null);
  await changeProperties(one, '/session_data_manager', { container_path: '/mcsdc' });
});

test('signing out ends the sessions of the browser in every container, wherever the nearest manager leads by then', async () => {
  await addUser('cleo');
  const cleo = await signedIn('cleo');
  await changeProperties(one, '/session_data_manager', { container_path: '/temp_folder/session_data' });
  await cleo.visit('/page', 'set cart "two lilies"');
  const old = cleo.copy();
  assert.equal((await cleo.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.equal(await cartAsProgram(old.copy(), 'cleo'), null, 'where the manager leads');
  await changeProperties(one, '/session_data_manager', { container_path: '/mcsdc' });
  assert.equal(await cartAsProgram(old.copy(), 'cleo'), null, 'elsewhere');
});

/** How a login ends. Each leaves the browser with cookies that whoever uses it next sends, too. */
const ENDS: Readonly<Record<string, (name: string) => Promise<void>>> = {
  'is ended from another device': async (name) => {
    const there = new Visitor(one);
    await there.signIn(name, PASSWORD);
    const { logins } = JSON.parse((await there.ask('/api/@my-logins')).text) as OwnLoginsMessage;
    for (const { id } of logins.filter(({ isThis }) => !isThis)) {
      assert.equal((await there.ask(`/api/@my-logins/${id}`, { method: 'DELETE' })).status, 204);
    }
  },
  'has not been used for 20 minutes': () => shiftClocks(both, 21 * 60_000),
  'is ended by a password that a manager sets': (name) => changeUser(name, { password: OTHER_PASSWORD }).then(() => {}),
  'is ended by a password that is set on the command line': async (name) => {
    const { code, output } = await runCli(['user', name, '--password', '--data', folder.path], `${OTHER_PASSWORD}\n`);
    assert.equal(code, 0, output);
  },
  'is ended by removing its user': (name) =>
    administer(one.port, `/api/acl_users/@users/${name}`, { method: 'DELETE' }),
};

for (const [index, [how, end]] of Object.entries(ENDS).entries()) {
  test(`a login that ${how} leaves its session to nobody`, async () => {
    const name = `user${index}`;
    await addUser(name);
    const visitor = await signedIn(name);
    await end(name);
    assert.equal(await visitor.user(), null, 'the login has ended');
    assert.deepEqual(await cartsSeenWith(visitor), NOTHING);
  });
}

test('a login that ended by itself gives the session back to its own user, who signs in again', async () => {
  await addUser('ben');
  const ben = await signedIn('ben');
  await shiftClocks(both, 21 * 60_000);
  assert.equal(await ben.user(), null);
  await ben.signIn('ben', PASSWORD);
  assert.equal(await cartOf(ben), 'three roses');
});

test('signing out ends what a part of the site keeps for the user under an id of its own, and leaves there what is nobody’s', async () => {
  const add = (path: string, body: object) => administer(one.port, `/api${path}`, { body });
  await add('/', { type: 'Folder', id: 'shop' });
  await add('/shop/', { type: 'Browser Id Manager', id: 'browser_id_manager', properties: { id_name: 'shop' } });
  await add('/shop/', { type: 'MemCache Session Data Container', id: 'own', properties: { proxy_path: '/mcproxy' } });
  await add('/shop/', { type: 'Session Data Manager', id: 'manager', properties: { container_path: '/shop/own' } });
  await add('/shop/', { type: 'Stepped Page', id: 'page' });
  await addUser('cora');
  const cora = await signedIn('cora');
  await cora.visit('/shop/page', 'set cart "a lily"');
  const old = cora.copy();
  assert.equal((await cora.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.deepEqual([...cora.cookies], []);
  const headers = { authorization: basic('cora', PASSWORD) };
  assert.equal(resultOf(await old.ask('/shop/page?do=get%20cart', { headers })), null);
  await cora.visit('/shop/page', 'set cart "a rose"');
  await cora.signIn('cora', PASSWORD);
  assert.equal((await cora.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.equal(resultOf(await cora.visit('/shop/page', 'get cart')), 'a rose');
});

test('signing out after the login ended by itself ends the session, and none that is another’s or nobody’s', async () => {
  await addUser('bess');
  const [bess, guest] = [await signedIn('bess'), new Visitor(one)];
  await guest.visit('/page', 'set cart "a cart"');
  await shiftClocks(both, 21 * 60_000);
  assert.equal(await bess.user(), null);
  const [other, old, came] = [bess.copy(), bess.copy(), guest.copy()];
  const asMira = { method: 'POST', headers: { authorization: basic('mira', PASSWORD) } };
  await other.ask('/api/@logout', asMira);
  assert.equal(await cartAsProgram(old.copy(), 'bess'), 'three roses');
  for (const visitor of [bess, guest])
    assert.equal((await visitor.ask('/api/@logout', { method: 'POST' })).status, 204);
  assert.deepEqual([bess.browserId, guest.browserId], ['', '']);
  assert.equal(await cartAsProgram(old, 'bess'), null);
  assert.equal(await cartOf(came), 'a cart');
});

for (const [how, end] of Object.entries({
  'a new password': () => changeUser('carla', { password: OTHER_PASSWORD }),
  'being removed': () => administer(one.port, '/api/acl_users/@users/carla', { method: 'DELETE' }),
})) {
  test(`${how} ends the sessions of a user in every container, also for the user`, async () => {
    await addUser('carla');
    const visitor = await signedIn('carla');
    await changeProperties(one, '/session_data_manager', { container_path: '/temp_folder/session_data' });
    await visitor.visit('/page', 'set cart "two lilies"');
    assert.equal(await cartOf(visitor), 'two lilies');
    await end();
    if (how === 'being removed') await addUser('carla');
    else await changeUser('carla', { password: PASSWORD });
    for (const path of ['/temp_folder/session_data', '/mcsdc']) {
      await changeProperties(one, '/session_data_manager', { container_path: path });
      assert.equal(await cartAsProgram(visitor.copy(), 'carla'), null, path);
    }
    await administer(one.port, '/api/acl_users/@users/carla', { method: 'DELETE' });
  });
}

test('one’s own new password keeps the login and the session at hand, and ends all others', async () => {
  const body = { name: 'dora', password: PASSWORD, roles: ['Manager'] };
  await administer(one.port, '/api/acl_users/@users', { body });
  const [here, there] = [await signedIn('dora'), await signedIn('dora')];
  const old = here.browserId;
  const set = { method: 'PATCH', body: { password: OTHER_PASSWORD } };
  assert.equal((await here.ask('/api/acl_users/@users/dora', set)).status, 200);
  for (const site of both) {
    assert.equal(await here.copy(site).user(), 'dora');
    assert.equal(await cartOf(here.copy(site)), 'three roses');
    assert.equal(await there.copy(site).user(), null);
    assert.equal(await cartOf(there.copy(site)), null);
  }
  assert.notEqual(here.browserId, old);
  await here.visit('/page', 'set cart "four roses"');
  assert.equal(await cartOf(here), 'four roses');
});

test('an old login does not come back by a new password that its user sets elsewhere', async () => {
  const body = { name: 'edith', password: PASSWORD, roles: ['Manager'] };
  await administer(one.port, '/api/acl_users/@users', { body });
  const stale = await signedIn('edith');
  await changeUser('edith', { password: OTHER_PASSWORD });
  const set = {
    method: 'PATCH',
    body: { password: PASSWORD },
    headers: { authorization: basic('edith', OTHER_PASSWORD) },
  };
  assert.equal((await stale.ask('/api/acl_users/@users/edith', set)).status, 200);
  assert.equal(await stale.user(), null);
});

test('signing in takes a cart along that nobody had, under a new id; as another user one starts empty', async () => {
  await addUser('fay');
  const visitor = new Visitor(one);
  await visitor.visit('/page', 'set cart "three roses"');
  const anonymous = visitor.browserId;
  await visitor.signIn('fay', PASSWORD);
  assert.equal(await cartOf(visitor), 'three roses');
  assert.notEqual(visitor.browserId, anonymous);
  const ofFay = visitor.copy();
  await visitor.signIn('mira', PASSWORD);
  assert.notEqual(visitor.browserId, ofFay.browserId);
  assert.equal(await cartOf(visitor), null);
  await visitor.visit('/page', 'set cart "mira’s"');
  const fayAgain = new Visitor(one, [[cookieNamesOf(one).browserId, ofFay.browserId]]);
  await fayAgain.signIn('fay', PASSWORD);
  assert.equal(await cartOf(fayAgain), null, 'what could not be reached any more has ended');
});

test('an id that the browser had before signing in is not its id afterwards, also where no session was to be had', async () => {
  const visitor = new Visitor(one);
  await changeProperties(one, '/session_data_manager', { container_path: '/temp_folder/session_data' });
  await visitor.visit('/page', 'set n 1');
  await changeProperties(one, '/session_data_manager', { container_path: '/mcsdc' });
  const before = visitor.browserId;
  await visitor.signIn('mira', PASSWORD);
  await visitor.visit('/page', 'set cart "a cart"');
  assert.notEqual(visitor.browserId, before);
});

test('what a program stores by Basic in its session is nobody’s who sends the same cookie without', async () => {
  const program = new Visitor(one);
  const headers = { authorization: basic('mira', PASSWORD) };
  await program.ask('/page?do=set%20cart%20"miras"', { headers });
  assert.equal(await cartAsProgram(program.copy(), 'mira'), 'miras');
  assert.equal(await cartOf(program.copy()), null);
});

test('a request that was under way while its browser signed in neither sees the session nor takes it away', async () => {
  const visitor = new Visitor(one);
  await visitor.visit('/page', 'set cart "three roses"');
  const late = visitor.copy();
  await visitor.signIn('mira', PASSWORD);
  assert.deepEqual(resultsOf(await late.visit('/page', 'get cart')), [null]);
  const refused = await late.visit('/page', 'set cart "late"');
  assert.equal(refused.status, 409);
  assert.match(refused.text, /signed in with this browser/);
  assert.equal(refused.headers['set-cookie'], undefined);
  assert.equal(await cartOf(visitor), 'three roses');
});

test('while memcached is out of reach one signs in and out all the same, and the browser loses its id', async () => {
  await addUser('gus');
  const [leaving, coming] = [await signedIn('gus'), new Visitor(one)];
  await coming.visit('/page', 'set cart "a cart"');
  const [left, came] = [leaving.copy(), coming.copy()];
  await changeProperties(one, '/mcproxy', { timeout_ms: 100 });
  await memcached.stop();
  try {
    assert.equal((await coming.visit('/page', 'get cart')).status, 503, 'memcached is out of reach');
    assert.equal((await leaving.ask('/api/@logout', { method: 'POST' })).status, 204);
    assert.equal((await coming.signIn('gus', PASSWORD)).status, 200);
    assert.deepEqual([leaving.browserId, coming.browserId], ['', '']);
    assert.equal(await leaving.user(), null);
  } finally {
    memcached.resume();
  }
  await changeProperties(one, '/mcproxy', { timeout_ms: 2_000 });
  await untilServersAreUp(one);
  await untilServersAreUp(other);
  // Before anybody signs in with the old id, which would end it.
  for (const site of both) {
    assert.equal(await cartAsProgram(left.copy(site), 'gus'), null, 'who signed out has ended it');
  }
  assert.deepEqual(await cartsSeenWith(left), NOTHING);
  assert.equal(await cartOf(came), 'a cart', 'that one was nobody’s');
});

test('a session that one more name makes too large keeps nobody from signing in', async () => {
  const name = 'n'.repeat(255);
  await addUser(name);
  const visitor = new Visitor(one);
  const isTaken = async (bytes: number) => (await visitor.visit('/page', `fill n ${bytes}`)).status === 200;
  let [fits, exceeds] = [0, 256 * 1_024];
  while (exceeds - fits > 1) {
    const bytes = Math.floor((fits + exceeds) / 2);
    if (await isTaken(bytes)) fits = bytes;
    else exceeds = bytes;
  }
  assert.ok(await isTaken(fits));
  assert.equal((await visitor.signIn(name, PASSWORD)).status, 200);
  assert.equal(await visitor.user(), name);
  assert.equal(visitor.browserId, '');
});

test('signing out by somebody who has no session, or was not signed in, is as good as any', async () => {
  const visitor = new Visitor(one);
  assert.equal((await visitor.ask('/api/@logout', { method: 'POST' })).status, 204);
  await visitor.signIn('mira', PASSWORD);
  assert.equal((await visitor.ask('/api/@logout', { method: 'POST' })).status, 204);
  const answer = await ask(one.port, '/api/@logout', {
    method: 'POST',
    headers: { authorization: basic('mira', PASSWORD) },
  });
  assert.equal(answer.status, 204);
});
