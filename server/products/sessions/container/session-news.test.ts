import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ObjectMessage } from '../../../../schema/endpoints/objects.ts';
import type { SessionsMessage } from '../../../../schema/endpoints/sessions.ts';
import { startMemcached } from '../../../../e2e/support/memcached/memcached.ts';
import { openTestInstallation, type Answer, type TestInstallation } from '../../../testing.ts';
import { ProductFolders } from '../../product-folders.ts';

const folders = new ProductFolders();
after(() => folders[Symbol.asyncDispose]());

/** A product that writes what it hears into objects of its type, and one that fails at everything it hears. */
const listening = await folders.plant({
  'index.js': `
    import { currentSession, defineType, method, p, SESSION_ADDED, SESSION_ENDED } from 'trellis/product';
    const about = { description: 'x', icon: 'file', group: 'Content', suggestedId: 'x', addPermission: 'Add Folders' };
    const overtake = async (log) => {
      const rival = await log.tree.database.open('rival');
      rival.change(await rival.get(log.path), { title: 'overtaken' });
      await rival.commit('Was quicker');
    };
    const heard = (what) => async ({ tree, container, session, user }) => {
      for (const log of await tree.ofTypes(['Log'], 10)) {
        const line = [what, container.path, session === null ? 'all' : session.length, user ?? 'of nobody'].join(' ');
        if (log.title === 'race') await overtake(log);
        tree.change(log, { properties: { lines: [...log.properties.lines, line] } });
      }
    };
    const log = defineType({ ...about, type: 'Log', properties: { lines: p.lines({ title: 'Lines' }) },
      events: [SESSION_ADDED.by(heard('added')), SESSION_ENDED.by(heard('ended'))] });
    const fail = () => { throw new Error('I do not want to hear it.'); };
    const deaf = defineType({ ...about, type: 'Deaf', properties: {}, events: [SESSION_ADDED.by(fail)] });
    const broken = defineType({ ...about, type: 'Breaks', properties: {}, publish: { methods: { set: method({
      http: 'POST', permission: 'View', summary: 'Changes the session, then fails.', body: {},
      async run(call) { (await currentSession(call)).set('a', 1); throw new Error('told to fail'); } }) } } });
    export default { name: 'listening', types: [deaf, log, broken] };`,
});

async function withLog(): Promise<TestInstallation> {
  const trellis = await openTestInstallation(undefined, listening);
  for (const type of ['Log', 'Breaks']) await trellis.ask('POST', '/api', { body: { type, id: type.toLowerCase() } });
  return trellis;
}

/** Waits until so much was heard. News comes in its order: what should not be heard would stand before what should. */
async function heard(trellis: TestInstallation, count: number): Promise<readonly string[]> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const lines = (await trellis.ask('GET', '/api/log')).json<ObjectMessage>().properties['lines'] as string[];
    if (lines.length >= count) return lines;
    assert.ok(performance.now() < deadline, `only ${lines.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const cookieOf = (answer: Answer) => answer.cookies[0]?.split(';')[0] ?? '';

for (const kind of ['process memory', 'memcached']) {
  test(`sessions in ${kind} that begin and are ended reach products once, by whomever they are ended`, async () => {
    await using memcached = await startMemcached();
    await using trellis = await withLog();
    const path = kind === 'memcached' ? '/mcsdc' : '/temp_folder/session_data';
    const body = { servers: [memcached.address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 };
    if (kind === 'memcached') await trellis.ask('POST', '/api/@setup-sessions', { body });
    const base = `/api${path}`;
    const begin = async () => cookieOf(await trellis.ask('POST', `${base}/@test`, { body: { items: 'a 1' } }));
    const cookie = await begin();
    // Looking, changing and a new id are neither a beginning nor an end.
    await trellis.ask('POST', `${base}/@test`, { body: { items: 'a 2' }, cookie });
    const rotated = cookieOf(await trellis.ask('POST', `${base}/@own`, { body: { action: 'rotate' }, cookie }));
    await trellis.ask('GET', `${base}/@test`, { cookie: rotated });
    await trellis.ask('POST', `${base}/@own`, { body: { action: 'invalidate' }, cookie: rotated });
    await begin();
    const { sessions } = (await trellis.ask('GET', `${base}/@sessions`)).json<SessionsMessage>();
    await trellis.ask('DELETE', `${base}/@sessions/${sessions[0]?.key}`);
    await trellis.ask('POST', `${base}/@sessions/@end`, { body: { user: 'admin' } });
    await trellis.ask('POST', `${base}/@sessions/@end`, { body: {} });
    assert.deepEqual(await heard(trellis, 6), [
      `added ${path} 43 admin`,
      `ended ${path} 43 admin`,
      `added ${path} 43 admin`,
      `ended ${path} 43 admin`,
      `ended ${path} all admin`,
      `ended ${path} all of nobody`,
    ]);
  });
}

test('a request that fails is no news, and a product that fails keeps nobody from anything', async () => {
  await using trellis = await withLog();
  assert.equal((await trellis.ask('POST', '/api/breaks/@set', { body: {} })).status, 500);
  const answer = await trellis.ask('POST', '/api/temp_folder/session_data/@test', { body: { items: 'a 1' } });
  assert.equal(answer.status, 200);
  assert.deepEqual(await heard(trellis, 1), ['added /temp_folder/session_data 43 admin']);
});

test('a product whose change of the tree comes second is told again, and its change is made once', async () => {
  await using trellis = await withLog();
  await trellis.ask('PATCH', '/api/log', { body: { title: 'race' } });
  await trellis.ask('POST', '/api/temp_folder/session_data/@test', { body: { items: 'a 1' } });
  assert.deepEqual(await heard(trellis, 1), ['added /temp_folder/session_data 43 admin']);
  const { title, revision } = (await trellis.ask('GET', '/api/log')).json<ObjectMessage>();
  assert.deepEqual([title, revision], ['overtaken', 4]);
});
