import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { OwnSessionsMessage } from '../../../schema/endpoints/own-sessions.ts';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { RawMemcached, type RawItem } from '../../support/memcached/raw-memcached.ts';
import { changeProperties, shiftClocks, startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer, resultOf, Visitor } from '../../support/applications/visitor.ts';

// Somebody who reaches memcached keeps copies of what it holds, and puts them back when it suits.
const PASSWORD = 'violets under glass';
const folder = await temporaryFolder();
const memcached = await startMemcached();
const one = await startSite({ servers: [memcached.address] }, { data: folder.path });
const other = await startSteppedServer({ data: folder.path });
const raw = new RawMemcached(memcached.port);
after(async () => {
  raw[Symbol.dispose]();
  await Promise.all([one.stop(), other.stop(), memcached.kill()]);
  await folder[Symbol.asyncDispose]();
});
await administer(one.port, '/api/acl_users/@users', { body: { name: 'ada', password: PASSWORD, roles: [] } });

const cartOf = async (visitor: Visitor) => resultOf(await visitor.visit('/page', 'get cart'));

async function signedIn(): Promise<Visitor> {
  const visitor = new Visitor(one);
  assert.equal((await visitor.signIn('ada', PASSWORD)).status, 200);
  assert.equal((await visitor.visit('/page', 'set cart "three roses"')).status, 200);
  return visitor;
}

/** The browser’s cookies, and what memcached holds, as they are now. */
async function saved(visitor: Visitor) {
  const items = new Map<string, RawItem>();
  for (const key of await memcached.keys()) {
    const item = /\bs-[^:]{12}:/.test(key) ? await raw.get(key) : undefined;
    if (item !== undefined) items.set(key, item);
  }
  assert.notEqual(items.size, 0);
  const copy = visitor.copy();
  return {
    async putBack(): Promise<void> {
      for (const [key, item] of items) await raw.set(key, item);
    },
    /** What its user sees with the old cookies at each process. */
    async seen(): Promise<unknown[]> {
      // Signed in as the same user: to anybody else the session is not given anyway.
      const thief = copy.copy();
      assert.equal((await thief.signIn('ada', PASSWORD)).status, 200);
      const withOldId = thief.copy();
      withOldId.cookies.set(cookieNamesOf(one).browserId, copy.browserId);
      const seen: unknown[] = [];
      for (const visitor of [withOldId, thief]) {
        for (const site of [one, other]) seen.push(await cartOf(visitor.copy(site)));
      }
      return seen;
    },
  };
}

const NOTHING = [null, null, null, null];

async function listed(): Promise<SessionsMessage['sessions']> {
  return (await administer<SessionsMessage>(one.port, '/api/mcsdc/@sessions?filter=ada')).sessions;
}

test('a record that is put back is read: what is put back below really is the session', async () => {
  const visitor = await signedIn();
  const { putBack, seen } = await saved(visitor);
  await visitor.visit('/page', 'delete cart');
  await putBack();
  assert.equal((await listed()).length, 1);
  assert.ok((await seen()).includes('three roses'));
  await administer(one.port, '/api/mcsdc/@sessions/@end', { body: {} });
});

/** What a person or a manager ends by name. */
const ENDS: Readonly<Record<string, (visitor: Visitor) => Promise<unknown>>> = {
  'by signing out': (visitor) => visitor.ask('/api/@logout', { method: 'POST' }),
  'in My sessions': async () => {
    const elsewhere = new Visitor(other);
    await elsewhere.signIn('ada', PASSWORD);
    const { sessions } = JSON.parse((await elsewhere.ask('/api/@my-sessions')).text) as OwnSessionsMessage;
    for (const { container, key } of sessions) await elsewhere.ask('/api/@my-sessions', { body: { container, key } });
  },
  'all others at once in My sessions': async () => {
    const elsewhere = new Visitor(other);
    await elsewhere.signIn('ada', PASSWORD);
    await elsewhere.ask('/api/@my-sessions/@end-others', { body: {} });
  },
  'on the Sessions tab': async () => {
    const { sessions } = await administer<SessionsMessage>(one.port, '/api/mcsdc/@sessions');
    for (const { key } of sessions) {
      await administer(one.port, `/api/mcsdc/@sessions/${key}`, { method: 'DELETE' });
    }
  },
  'with all others of its user': () => administer(one.port, '/api/mcsdc/@sessions/@end', { body: { user: 'ada' } }),
  'with all others of its container': () => administer(one.port, '/api/mcsdc/@sessions/@end', { body: {} }),
  'by a new password': () =>
    administer(one.port, '/api/acl_users/@users/ada', { method: 'PATCH', body: { password: PASSWORD } }),
};

for (const [how, end] of Object.entries(ENDS)) {
  test(`a session that was ended ${how} stays so, though its record is put back`, async () => {
    const visitor = await signedIn();
    const { putBack, seen } = await saved(visitor);
    await end(visitor);
    await putBack();
    assert.deepEqual(await listed(), []);
    assert.deepEqual(await seen(), NOTHING);
  });
}

const OVERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'was not used for its idle timeout': { timeout_minutes: 20, max_lifetime_minutes: 0 },
  'had its longest life': { timeout_minutes: 0, max_lifetime_minutes: 20 },
};

for (const [how, settings] of Object.entries(OVERS)) {
  test(`a record that is put back after its session ${how} is not revived`, async () => {
    await changeProperties(one, '/mcsdc', settings);
    const visitor = await signedIn();
    const { putBack, seen } = await saved(visitor);
    await shiftClocks([one, other], 21 * 60_000);
    await putBack();
    assert.deepEqual(await listed(), []);
    assert.deepEqual(await seen(), NOTHING);
    await shiftClocks([one, other], -21 * 60_000);
  });
}
