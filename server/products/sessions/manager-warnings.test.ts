import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import type { ChildrenMessage, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { openTestInstallation, type TestInstallation } from '../../testing.ts';

const SENTENCE =
  'Sessioning is currently disabled because the session data container path setting is invalid. Please enter the path to a valid session data container object.';

const MANAGER = '/session_data_manager';

async function warningsAt(trellis: TestInstallation, path = MANAGER): Promise<readonly string[]> {
  const { warnings } = (await trellis.ask('GET', `/api${path}`)).json<ObjectMessage>();
  return warnings.map(({ text }) => text);
}

function setPath(trellis: TestInstallation, container_path: string) {
  return trellis.ask('PATCH', `/api${MANAGER}`, { body: { properties: { container_path } } });
}

test('an empty path, one that dangles and one to something else say the sentence and the reason', async () => {
  await using trellis = await openTestInstallation();
  assert.deepEqual(await warningsAt(trellis), []);
  await setPath(trellis, '');
  assert.deepEqual(await warningsAt(trellis), [`${SENTENCE} The path is empty.`]);

  const container = { type: 'Transient Object Container', id: 'own' };
  await trellis.ask('POST', '/api', { body: container });
  await setPath(trellis, '/own');
  assert.deepEqual(await warningsAt(trellis), []);
  await trellis.ask('DELETE', '/api/own');
  const nothing = `There is no object at '/own'. This path must lead to a session data container.`;
  assert.deepEqual(await warningsAt(trellis), [`${SENTENCE} ${nothing}`]);
  await trellis.ask('POST', '/api', { body: { type: 'Folder', id: 'own' } });
  const wrong = `'/own' is a Folder. This path must lead to a session data container.`;
  assert.deepEqual(await warningsAt(trellis), [`${SENTENCE} ${wrong}`]);
});

test('without a browser id manager above the container the session data manager says so', async () => {
  await using trellis = await openTestInstallation();
  assert.equal((await trellis.ask('DELETE', '/api/browser_id_manager')).status, 204);
  const [warning, ...more] = await warningsAt(trellis);
  assert.equal(
    warning,
    'Sessioning is currently disabled. No browser id manager named browser_id_manager could be found. Add one to the root, or between it and /temp_folder/session_data.',
  );
  assert.deepEqual(more, []);
  await trellis.ask('POST', '/api', { body: { type: 'Browser Id Manager', id: 'browser_id_manager' } });
  assert.deepEqual(await warningsAt(trellis), []);
});

test('a proxy path that dangles says that no proxy is defined, and why', async () => {
  await using trellis = await openTestInstallation();
  for (const type of ['MemCache Session Data Container', 'MemCache Cache Manager']) {
    await trellis.ask('POST', '/api', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
    const properties = { proxy_path: '/mcproxy' };
    await trellis.ask('POST', '/api', { body: { type, id: 'keeper', properties } });
    await trellis.ask('DELETE', '/api/mcproxy');
    assert.equal(
      (await warningsAt(trellis, '/keeper'))[0],
      `No proxy defined. There is no object at '/mcproxy'. This path must lead to a MemCache Proxy or another store.`,
    );
    await trellis.ask('DELETE', '/api/keeper');
  }
});

test('where the way breaks behind the container, the manager warns of that step', async () => {
  await using memcached = await startMemcached();
  await using trellis = await openTestInstallation();
  const body = { servers: [memcached.address], proxyId: 'mcproxy', containerId: 'mcsdc', timeoutMinutes: 20 };
  assert.equal((await trellis.ask('POST', '/api/@setup-sessions', { body })).status, 201);
  assert.deepEqual(await warningsAt(trellis), []);
  const lead = (proxy_path: string) => trellis.ask('PATCH', '/api/mcsdc', { body: { properties: { proxy_path } } });
  await lead('');
  assert.deepEqual(await warningsAt(trellis), ['Sessions are off: /mcsdc: proxy_path is empty.']);
  await lead('/mcproxy');
  await trellis.ask('POST', '/api/@rename', { body: { from: 'mcproxy', to: 'other', updateLinks: false } });
  assert.deepEqual(await warningsAt(trellis), ['Sessions are off: /mcsdc: proxy_path leads nowhere.']);
  const { items } = (await trellis.ask('GET', '/api/@children')).json<ChildrenMessage>();
  const listed = items.find(({ path }) => path === MANAGER)?.warnings.map(({ short }) => short);
  assert.deepEqual(listed, ['Sessions are off']);
  await trellis.ask('POST', '/api/@rename', { body: { from: 'other', to: 'mcproxy' } });
  assert.deepEqual(await warningsAt(trellis), []);
  await memcached.stop();
  await trellis.ask('GET', '/api/session_data_manager/@chain');
  assert.deepEqual(await warningsAt(trellis), ['Sessions are off: /mcproxy: no server answers.']);
});

test('the log hears of sessions that are off, and of a container that is gone, once a minute each', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  await using trellis = await openTestInstallation(undefined, '', {}, { log });
  const said = (words: string) => lines.filter((line) => (JSON.parse(line) as { msg: string }).msg === words).length;
  const page = { type: 'Page Template', id: 'page', properties: { text: '{{ session.cart }}' } };
  await trellis.ask('POST', '/api', { body: page });
  const visit = async () => assert.equal((await trellis.ask('GET', '/page', { as: null })).status, 503);

  await setPath(trellis, '');
  for (let request = 0; request < 5; request += 1) await visit();
  assert.equal(said(`Session data container is unspecified in ${MANAGER}`), 1);

  await trellis.ask('POST', '/api', { body: { type: 'Transient Object Container', id: 'own' } });
  await setPath(trellis, '/own');
  await trellis.ask('DELETE', '/api/own');
  for (let request = 0; request < 5; request += 1) await visit();
  assert.equal(said("External session data container '/own' not found."), 1);
  assert.equal(said(`Session data container is unspecified in ${MANAGER}`), 1);

  const keeper = { type: 'MemCache Session Data Container', id: 'keeper' };
  await trellis.ask('POST', '/api', { body: keeper });
  await setPath(trellis, '/keeper');
  for (let request = 0; request < 5; request += 1) await visit();
  assert.equal(said("No way to the sessions of '/keeper'."), 1);
});
