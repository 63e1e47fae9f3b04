import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { CheckMessage } from '../../../schema/endpoints/forms.ts';
import type { ChangedMessage, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { startServer } from '../../support/server.ts';
import { managerOf } from '../client.ts';

const memcached = await startMemcached();
const server = await startServer();
after(async () => {
  await server[Symbol.asyncDispose]();
  await memcached[Symbol.asyncDispose]();
});
const manager = managerOf(server);

await manager('/api/', { body: { type: 'MemCache Proxy', id: 'mcproxy' } });
await manager('/api/', {
  body: { type: 'MemCache Session Data Container', id: 'mcsdc', properties: { proxy_path: '/mcproxy' } },
});

const patch = (path: string, properties: Record<string, unknown>) =>
  manager(path, { method: 'PATCH', body: { properties } });
const problemOf = async (path: string, properties: Record<string, unknown>) => {
  const answer = await patch(path, properties);
  assert.equal(answer.status, 422, `${JSON.stringify(properties)}: ${answer.text.slice(0, 300)}`);
  return answer.json<ProblemMessage>();
};

test('servers are saved as lines, and the answer says how each stands', async () => {
  const answer = await patch('/api/mcproxy', { servers: [memcached.address, '127.0.0.1:1025'] });
  assert.equal(answer.status, 200);
  const { properties, results } = answer.json<ChangedMessage>();
  assert.deepEqual(properties['servers'], [memcached.address, '127.0.0.1:1025']);
  assert.deepEqual(
    results.map(({ state }) => state),
    ['ok', 'down'],
  );
  assert.match(results[0]?.text ?? '', /answers in \d/);
  assert.match(results[1]?.text ?? '', /127\.0\.0\.1:1025/);
});

test('every form of address is taken', async () => {
  for (const line of [
    'localhost',
    'localhost:11211',
    '[::1]:11211',
    '/run/memcached.sock',
    '10.0.0.9',
    '# a note',
    '',
  ]) {
    assert.equal((await patch('/api/mcproxy', { servers: [line] })).status, 200, line);
  }
  const servers = ['# ours', 'localhost  ', '', '  ', '10.0.0.9', '  # spare: 10.0.0.8', '#', ''];
  const kept = await patch('/api/mcproxy', { servers });
  const names = ['localhost', '10.0.0.9'];
  assert.deepEqual(kept.json<ObjectMessage>().properties['servers'], names, 'blank lines and # lines are not kept');
  const { revision } = (await manager('/api/mcproxy')).json<ObjectMessage>();
  await patch('/api/mcproxy', { servers: ['# another note', ...names] });
  const after = (await manager('/api/mcproxy')).json<ObjectMessage>();
  assert.deepEqual([after.properties['servers'], after.revision], [names, revision], 'which is no change');
});

test('each bad line is named by its number, and nothing is saved', async () => {
  await patch('/api/mcproxy', { servers: [memcached.address] });
  const bad = ['localhost;11211', 'host:', ':11211', 'host:0', 'host:65536', 'host:x', 'a b', '[::1', 'http://x:11211'];
  for (const line of bad) {
    const { errors = [] } = await problemOf('/api/mcproxy', { servers: ['localhost', line] });
    assert.equal(errors[0]?.pointer, '/properties/servers/1', line);
    assert.match(errors[0]?.detail ?? '', /^Line 2: /, line);
  }
  const two = await problemOf('/api/mcproxy', { servers: ['a;b', 'localhost', 'c;d'] });
  assert.deepEqual(
    two.errors?.map(({ pointer }) => pointer),
    ['/properties/servers/0', '/properties/servers/2'],
  );
  const twice = await problemOf('/api/mcproxy', { servers: ['localhost:11211', 'localhost'] });
  assert.equal(twice.errors?.[0]?.pointer, '/properties/servers/1');
  const kept = (await manager('/api/mcproxy')).json<ObjectMessage>();
  assert.deepEqual(kept.properties['servers'], [memcached.address]);
});

test('lines that are not an array of strings are refused', async () => {
  for (const servers of ['localhost', [1], [null], [['a']], {}, null, true, ['a\nb'], ['\u0000']]) {
    await problemOf('/api/mcproxy', { servers });
  }
});

test('addresses that whoever runs the server did not allow are refused, however they are spelt', async () => {
  const targets = [
    '169.254.169.254',
    '169.254.169.254:11211',
    '8.8.8.8',
    '8.8.8.8:11211',
    '[fe80::1]:11211',
    '127.0.0.1:80',
    '127.0.0.1:22',
    '[::ffff:169.254.169.254]:11211',
    '[::ffff:a9fe:a9fe]:11211',
    '[2001:4860:4860::8888]:11211',
    '10.0.0.9:443',
    '0x7f.1:22',
    '2130706433:80',
    '/etc/passwd',
    '/var/run/docker.sock',
    'localhost:25',
    '0.0.0.0:11211',
  ];
  for (const target of targets) await problemOf('/api/mcproxy', { servers: [target] });
});

test('numbers out of range and of the wrong kind are refused in words', async () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ['', /^Empty entry when integer expected\. Use 0 to 527040 minutes\.$/],
    [null, /^Empty entry when integer expected/],
    ['twenty', /^An integer was expected in the value 'twenty'$/],
    [2.5, /^An integer was expected/],
    [-1, /out of range/],
    [1e15, /out of range/],
    [true, /^An integer was expected/],
    [[20], /^An integer was expected/],
  ];
  for (const [timeout_minutes, words] of cases) {
    const { errors = [] } = await problemOf('/api/mcsdc', { timeout_minutes });
    assert.equal(errors[0]?.pointer, '/properties/timeout_minutes');
    assert.match(errors[0]?.detail ?? '', words);
  }
  assert.equal((await patch('/api/mcsdc', { timeout_minutes: 0 })).status, 200, '0 means never');
});

test('what may not be empty says so, whatever else is changed with it', async () => {
  for (const [path, name] of [
    ['/api/session_data_manager', 'request_name'],
    ['/api/browser_id_manager', 'id_name'],
    ['/api/browser_id_manager', 'cookie_path'],
  ] as const) {
    const { errors } = await problemOf(path, { [name]: '' });
    assert.deepEqual(errors, [{ pointer: `/properties/${name}`, detail: 'No input for required field' }]);
    const { schema } = (await manager(path)).json<ObjectMessage>();
    assert.equal(schema.properties[name]?.minLength, 1);
  }
});

test('a path says what was found where it leads', async () => {
  const wrong = async (value: unknown) => (await problemOf('/api/mcsdc', { proxy_path: value })).detail;
  assert.match(await wrong('/nothing'), /There is no object at '\/nothing'/);
  assert.match(await wrong('/index_html'), /'\/index_html' is a Page Template/);
  assert.match(await wrong('mcproxy'), /not a path/);
  assert.match(await wrong('/../mcproxy'), /not a path/);
  assert.match(await wrong(7), /Text was expected/);
  const kept = (await manager('/api/mcsdc')).json<ObjectMessage>();
  assert.equal(kept.properties['proxy_path'], '/mcproxy');
});

test('a proxy in the place of the container is answered with the container that uses it', async () => {
  const detail = (await problemOf('/api/session_data_manager', { container_path: '/mcproxy' })).detail;
  assert.equal(
    detail,
    "'/mcproxy' is a MemCache Proxy. This path must lead to a session data container. '/mcsdc' uses that proxy: use it instead?",
  );
  const check = await manager('/api/session_data_manager/@check', {
    body: { properties: { container_path: '/mcproxy' } },
  });
  const field = check.json<CheckMessage>().fields['container_path'];
  assert.equal(field?.suggestion?.path, '/mcsdc');
  assert.ok(field.candidates?.some(({ path }) => path === '/mcsdc'));
});

test('an empty container path turns sessions off, with a warning that says so', async () => {
  assert.equal((await patch('/api/session_data_manager', { container_path: '' })).status, 200);
  const { warnings } = (await manager('/api/session_data_manager')).json<ObjectMessage>();
  assert.match(warnings[0]?.text ?? '', /^Sessioning is currently disabled because/);
  await patch('/api/session_data_manager', { container_path: '/temp_folder/session_data' });
});

test('a check looks at values, says how they stand, and saves nothing', async () => {
  const before = (await manager('/api/mcproxy')).text;
  const body = { properties: { servers: [memcached.address, '127.0.0.1:1025', 'a;b'] } };
  const { errors, fields } = (await manager('/api/mcproxy/@check', { body })).json<CheckMessage>();
  assert.equal(errors[0]?.pointer, '/properties/servers/2');
  const states = fields['servers']?.results.map(({ state }) => state);
  assert.deepEqual(states?.slice(0, 2), ['ok', 'down']);
  assert.equal((await manager('/api/mcproxy')).text, before);
});

test('the answer to each line is at its place, blank lines and notes between them or not', async () => {
  const servers = [
    '# ours',
    memcached.address,
    '',
    '127.0.0.1:1025',
    '#',
    `  ${memcached.address.replace('127.0.0.1', 'localhost')}  `,
  ];
  const body = { properties: { servers } };
  const { errors, fields } = (await manager('/api/mcproxy/@check', { body })).json<CheckMessage>();
  assert.deepEqual(errors, []);
  const texts = fields['servers']?.results.map(({ text }) => text.replace(/ in .*/, ''));
  assert.deepEqual(texts?.slice(0, 5), ['', 'answers', '', 'does not answer (refused)', '']);
  assert.match(texts?.[5] ?? '', /answers|same/);
});

test('lines that are no address, not allowed and named twice are refused at once, each by its number', async () => {
  const servers = ['# ours', memcached.address, 'localhost;11211', '', '127.0.0.1:80', memcached.address];
  const { errors = [] } = await problemOf('/api/mcproxy', { servers });
  assert.deepEqual(
    errors
      .toSorted((one, other) => one.pointer.localeCompare(other.pointer))
      .map(({ pointer, detail }) => [pointer, detail.slice(0, 7)]),
    [2, 4, 5].map((index) => [`/properties/servers/${index}`, `Line ${index + 1}:`]),
  );
  assert.match(errors.find(({ pointer }) => pointer.endsWith('/4'))?.detail ?? '', /TRELLIS_MEMCACHED_ALLOW/);
});

test('everything that is wrong is said at once, and one good value among bad ones is not saved', async () => {
  const { errors = [] } = await problemOf('/api/mcsdc', {
    proxy_path: '/nothing',
    timeout_minutes: -1,
    resolution_seconds: 0,
    on_conflict: 'sometimes',
    max_lifetime_minutes: 60,
  });
  assert.deepEqual(errors.map(({ pointer }) => pointer).toSorted(), [
    '/properties/on_conflict',
    '/properties/proxy_path',
    '/properties/resolution_seconds',
    '/properties/timeout_minutes',
  ]);
  assert.equal((await manager('/api/mcsdc')).json<ObjectMessage>().properties['max_lifetime_minutes'], 0);
});

test('a title may be any text of one line, up to 500 characters', async () => {
  const title = (value: unknown) => manager('/api/mcsdc', { method: 'PATCH', body: { title: value } });
  for (const value of ['', '<b>bold</b>', '${7*7}', "Robert'); DROP TABLE objects;--", '日本', 'x'.repeat(500)]) {
    assert.equal((await title(value)).json<ObjectMessage>().title, value);
  }
  for (const value of ['x'.repeat(501), 'two\nlines', '\u0000']) assert.equal((await title(value)).status, 422);
  assert.equal((await title(5)).status, 400);
});

test('the servers of a proxy are asked now, for one deadline at most', async () => {
  await patch('/api/mcproxy', { servers: [memcached.address, '127.0.0.1:1025'] });
  const answer = await manager('/api/mcproxy/@servers');
  assert.equal(answer.status, 200);
  const { servers, startCommand } = answer.json<{ servers: Record<string, unknown>[]; startCommand: string }>();
  const [up, down] = servers;
  assert.equal(up?.['up'], true);
  assert.match(String(up?.['version']), /^\d+\.\d+/);
  for (const name of ['latencyMs', 'items', 'bytes', 'limitBytes', 'hits', 'misses', 'evictions', 'connections']) {
    assert.equal(typeof up?.[name], 'number', name);
    assert.equal(name === 'limitBytes' || down?.[name] === null, true, name);
  }
  assert.equal(down?.['up'], false);
  assert.match(String(down?.['error']), /refused/);
  assert.match(startCommand, /^memcached .*-M.*-U 0/);
});
