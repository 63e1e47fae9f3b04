import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { ChildrenMessage } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { ADMIN_PASSWORD, basic, startServer } from '../../support/server.ts';
import { clientOf, cookiesOf, eachOf, managerOf, sameOrigin, type Answer, type Asked } from '../client.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);

/** How many made-up bodies are tried; a longer run sets more. */
const TRIES = Number(process.env['FUZZ_TRIES'] ?? 1500);

const post = (raw: string | Buffer, type = 'application/json', path = '/api/') =>
  manager(path, { method: 'POST', raw, headers: { 'content-type': type } });

const HEAD = [`Host: 127.0.0.1:${server.port}`, `Origin: ${server.url}`, 'Content-Type: application/json'];
/** Begun here and looked at in the last test: it is given ten seconds. */
const slowSignIn = answerTo(['POST /api/@login HTTP/1.1', ...HEAD, 'Content-Length: 60', '', '{"name":'].join('\r\n'));

/** Everything that a refused request must leave as it is. */
async function stateOfTree(): Promise<string> {
  const { items } = (await manager('/api/@children?limit=1000')).json<ChildrenMessage>();
  return JSON.stringify(items.map(({ path, title, modified }) => [path, title, modified]));
}

async function refuses(status: number, answer: Promise<Answer>, what: string): Promise<ProblemMessage> {
  const { status: got, text } = await answer;
  assert.equal(got, status, `${what}: ${text.slice(0, 300)}`);
  const problem = JSON.parse(text) as ProblemMessage;
  assert.equal(problem.status, status);
  assert.ok(problem.detail.length > 10, what);
  return problem;
}

test('what is not JSON is 400, with the reason', async () => {
  const before = await stateOfTree();
  for (const raw of [
    '{',
    '{"a":}',
    "{'a': 1}",
    'true false',
    '[1,]',
    'NaN',
    '{"a": 01}',
    '\u0000',
    '\ufeff{}',
    '"open',
  ]) {
    const { errors = [] } = await refuses(400, post(raw), raw);
    assert.notDeepEqual(errors, [], 'with pointers');
  }
  assert.equal(await stateOfTree(), before);
});

test('JSON of another shape is 400, with pointers to what is wrong', async () => {
  for (const raw of ['[]', '1', 'null', '"text"', 'true']) await refuses(400, post(raw), raw);
  const wrong: readonly (readonly [unknown, string, string])[] = [
    [{ type: 'Folder', id: 5 }, '/id', 'The value must be a string.'],
    [{ type: null, id: 'a' }, '/type', 'The value must be a string.'],
    [{ type: 'Folder', id: 'a', title: [] }, '/title', 'The value must be a string.'],
    [{ type: 'Folder', id: 'a', properties: 'x' }, '/properties', 'The value must be an object.'],
    [{ type: 'Folder', id: ['a'] }, '/id', 'The value must be a string.'],
    [{ type: 'Folder' }, '/id', "The member 'id' is missing."],
    [
      { type: 'Folder', id: 'a', owner: 'eve' },
      '/owner',
      'There is no such member. The members are type, id, title, properties.',
    ],
  ];
  for (const [body, pointer, detail] of wrong) {
    const problem = await refuses(400, manager('/api/', { body }), JSON.stringify(body));
    assert.deepEqual(problem.errors, [{ pointer, detail }]);
  }
  await refuses(400, manager('/api/', { method: 'POST' }), 'no body at all');
});

test('a property that the type does not declare is refused, whatever its name', async () => {
  const names = ['owner', 'roles', 'revision', 'parent', 'oid', 'constructor', 'toString', 'a/b', 'x~y', '', ' '];
  for (const name of names) {
    const body = { properties: { [name]: 'eve' } };
    const problem = await refuses(422, manager('/api/index_html', { method: 'PATCH', body }), name);
    const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
    assert.equal(problem.errors?.[0]?.pointer, `/properties/${token}`);
  }
  const raw = '{"properties":{"__proto__":{"polluted":true}}}';
  const answer = await manager('/api/index_html', {
    method: 'PATCH',
    raw,
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(answer.status, 422);
  assert.equal((await manager('/api/')).json()['polluted'], undefined);
});

test('bodies other than UTF-8 are 400', async () => {
  for (const bytes of [
    [0xff, 0xfe],
    [0x22, 0xc0, 0xaf, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xf5, 0x22],
  ]) {
    await refuses(400, post(Buffer.from(bytes)), bytes.join());
  }
});

test('half a character is refused, not kept', async () => {
  const problem = await refuses(422, post('{"type":"Folder","id":"half","title":"\\ud800"}'), 'lone surrogate');
  assert.equal(problem.errors?.[0]?.pointer, '/title');
  await refuses(422, post('{"type":"Folder","id":"\\udfff"}'), 'lone surrogate in an id');
});

test('a type other than application/json is 415', async () => {
  const types = ['text/plain', 'text/json', 'application/x-www-form-urlencoded', 'application/jsonp', '', 'json'];
  for (const type of types) await refuses(415, post('{}', type), type);
  const charset = await post('{"type":"Folder","id":"with_charset"}', 'Application/JSON; charset=utf-8');
  assert.equal(charset.status, 201);
});

test('a body of another type is told what its address takes, however large it is', async () => {
  const icon = Buffer.alloc(2 * 1024 * 1024, 1);
  const words = (wanted: string, type: string) => `The body must be ${wanted}, not '${type}'.`;
  for (const path of ['/api/@upload?id=a.png', '/api/a_file/@content']) {
    if (path.includes('a_file')) await manager('/api/', { body: { type: 'File', id: 'a_file' } });
    const { detail } = await refuses(415, post(icon, 'image/png', path), path);
    assert.equal(detail, words('application/octet-stream, whatever kind of file it is', 'image/png'));
    const unnamed = await refuses(415, manager(path, { raw: icon }), path);
    assert.equal(unnamed.detail, words('application/octet-stream, whatever kind of file it is', ''));
  }
  const { detail } = await refuses(415, post('a=1', 'application/x-www-form-urlencoded'), 'a form');
  assert.equal(detail, words('application/json', 'application/x-www-form-urlencoded'));
  await refuses(
    401,
    clientOf(server, sameOrigin(server))('/api/@upload', { raw: icon, headers: { 'content-type': 'image/png' } }),
    'who?',
  );
  assert.equal((await manager('/api/a_file/@content')).json()['bytes'], 0);
});

test('a body of 1 MiB is read, one byte more is 413', async () => {
  const bodyOf = (bytes: number) => {
    const frame = JSON.stringify({ properties: { text: '' } }).length;
    return JSON.stringify({ properties: { text: 'x'.repeat(bytes - frame) } });
  };
  const patch = (raw: string) =>
    manager('/api/index_html', { method: 'PATCH', raw, headers: { 'content-type': 'application/json' } });
  const largest = 1024 * 1024;
  assert.equal((await patch(bodyOf(largest))).status, 422, 'read; its text alone is over the limit of the field');
  assert.equal((await patch(bodyOf(1_000_000))).status, 200);
  const problem = await refuses(413, patch(bodyOf(largest + 1)), 'one byte more');
  assert.match(problem.detail, /larger than 1 MiB/);
});

test('before signing in 16 KiB are taken, and one byte more is 413, wherever it is sent; who is known sends 1 MiB', async () => {
  const visitor = clientOf(server, sameOrigin(server));
  const padded = (value: unknown, bytes: number) => JSON.stringify(value).padEnd(bytes);
  const send = (path: string, raw: string, headers: Asked['headers'] = {}) =>
    visitor(path, { method: 'POST', raw, headers: { 'content-type': 'application/json', ...headers } });
  const [most, login] = [16 * 1024, { name: 'admin', password: ADMIN_PASSWORD }];
  const signedIn = await send('/api/@login', padded(login, most));
  assert.equal(signedIn.status, 200, 'read to its last byte');
  const refusal = 'The body is larger than 16 KiB, which is all that is taken before signing in.';
  for (const path of ['/api/@login', '/api/@administrator', '/api/', '/api/nothing', '/api/index_html']) {
    const { detail } = await refuses(413, send(path, padded(login, most + 1)), path);
    assert.equal(detail, refusal);
    const head = [`POST ${path} HTTP/1.1`, ...HEAD, 'Transfer-Encoding: chunked', '', ''].join('\r\n');
    const answer = await answerTo(`${head}${(most + 1).toString(16)}\r\n${padded(login, most + 1)}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.ok(answer.includes(refusal));
  }
  for (const headers of [{ cookie: cookiesOf(signedIn) }, { authorization: basic() }]) {
    const known = padded({ type: 'Folder', id: 'x' }, 1024 * 1024);
    assert.equal((await send('/api/@check', known, headers)).status, 200);
    await refuses(413, send('/api/@check', `${known} `, headers), 'one byte over 1 MiB');
  }
  const ended = { cookie: cookiesOf(signedIn).replaceAll(/=[^;]+/g, `=${'x'.repeat(43)}`) };
  await refuses(401, send('/api/index_html', padded(login, most + 1), ended), 'whose login has ended signs in again');
  const wrong = { authorization: basic('admin', 'wrong') };
  await refuses(401, send('/api/@check', padded({}, most + 1), wrong), 'a wrong password');
});

test('a body in a thousand pieces of a byte is taken, and in one more is 413', async () => {
  const headers = [...HEAD, 'Connection: close', 'Transfer-Encoding: chunked'];
  const head = ['POST /api/@login HTTP/1.1', ...headers, '', ''].join('\r\n');
  const login = JSON.stringify({ name: 'admin', password: ADMIN_PASSWORD });
  const inPieces = (bytes: number) =>
    `${head}${[...login.padEnd(bytes)].map((each) => `1\r\n${each}\r\n`).join('')}0\r\n\r\n`;
  assert.match(await answerTo(inPieces(1_000)), /^HTTP\/1\.1 200 /);
  assert.match(await answerTo(inPieces(1_001)), /^HTTP\/1\.1 413 [^]*too small\. Send larger ones\./);
});

test('a body that only claims to be huge is refused before it is sent', async () => {
  const head = ['POST /api/ HTTP/1.1', ...HEAD, `Authorization: ${basic()}`];
  const answer = await answerTo([...head, 'Content-Length: 999999999999', '', '{'].join('\r\n'));
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /connection: close/i);
});

test('who breaks off a request, or sends what is none, leaves neither an error nor bytes of it in the log', async () => {
  const form = ['POST / HTTP/1.1', `Host: 127.0.0.1:${server.port}`, `Origin: ${server.url}`];
  const begun = [...form, 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 30', '', 'a=1'].join(
    '\r\n',
  );
  const followed = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\nNOT HTTP\0\r\n\r\n`;
  await connectionWith(begun, (socket) => socket.end());
  await connectionWith(begun, (socket) => socket.resetAndDestroy());
  await connectionWith(followed, () => {});
  // The log is written in order: once it tells of this, it has told of what came before.
  const body = { name: 'afterwards', password: 'wrong' };
  assert.equal((await manager('/api/@login', { method: 'POST', body })).status, 401);
  const deadline = performance.now() + 20_000;
  while (!server.log().includes('afterwards') && performance.now() < deadline) await nextTurn();
  assert.match(server.log(), /afterwards/);
  assert.doesNotMatch(server.log(), /"level":50|rawPacket/);
});

/** Sends what it is given, waits, and gives all that comes back until the server closes the connection. */
function answerTo(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

/** Sends what it is given, ends as told while the server waits for more, and settles when the connection is gone. */
function connectionWith(text: string, end: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text, () => end(socket)));
    socket.on('error', () => {}).on('close', () => resolve());
    socket.resume();
  });
}

test('20 levels are read, 21 are 400; 10,000 values are read, one more is 413', async () => {
  const patch = (x: string) =>
    manager('/api/index_html', {
      method: 'PATCH',
      raw: `{"properties":{"x":${x}}}`,
      headers: { 'content-type': 'application/json' },
    });
  // The body itself and its properties are two levels, and with the list in them three values.
  const levels = (count: number) => patch('['.repeat(count - 1) + ']'.repeat(count - 1));
  const values = (count: number) => patch(`[${Array.from({ length: count - 3 }, () => '0').join()}]`);
  assert.equal((await levels(20)).status, 422, 'read, and refused for its name only');
  for (const count of [21, 1000, 500_000]) await refuses(400, levels(count), `${count} levels`);
  assert.equal((await values(10_000)).status, 422);
  for (const count of [10_001, 400_000]) await refuses(413, values(count), `${count} values`);
});

test('of members with one name the last counts, and __proto__ is a name like any other', async () => {
  const raw = '{"type":"Folder","id":"first_name","id":"last_name"}';
  assert.equal((await post(raw)).headers.location, '/api/last_name');
  await refuses(400, post('{"type":"Folder","id":"x","__proto__":{"title":"polluted"}}'), '__proto__ as a member');
  assert.equal((await manager('/api/x')).status, 404);
});

test(`of ${TRIES} made-up bodies none fails the server, and none that is refused changes anything`, async () => {
  const nasty = fc.constantFrom(
    '__proto__',
    'constructor',
    '',
    '..',
    '%2f',
    '\0',
    '\ud800',
    'x'.repeat(600),
    '/a',
    '@b',
  );
  const value: fc.Arbitrary<unknown> = fc.oneof(
    nasty,
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(-0, 1e308, -1, 2 ** 53, true, null),
  );
  const body = fc.record(
    {
      type: fc.oneof(fc.constantFrom('Folder', 'MemCache Proxy', 'Page Template'), value),
      id: value,
      title: value,
      properties: fc.oneof(
        value,
        fc.dictionary(fc.oneof(nasty, fc.constantFrom('servers', 'text', 'replicas')), value),
      ),
    },
    { requiredKeys: ['type', 'id'] },
  );
  const bodies = fc.sample(body, { numRuns: TRIES, seed: 20261122 });
  const before = await stateOfTree();
  const wrong: string[] = [];
  let accepted = 0;
  await eachOf(bodies, async (each) => {
    const raw = JSON.stringify(each);
    const answer = await post(raw, 'application/json', '/api/@check');
    const added = await post(raw);
    for (const { status, text } of [answer, added]) if (status >= 500) wrong.push(`${raw}: ${text}`);
    if (added.status !== 201) return;
    accepted += 1;
    await manager(added.headers.location ?? '', { method: 'DELETE' });
  });
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.equal(await stateOfTree(), before, `${accepted} were accepted and deleted again`);
});

test('a body that does not come to its end within ten seconds is 408, and the connection ends', async () => {
  const answer = await slowSignIn;
  assert.match(answer, /^HTTP\/1\.1 408 [^]*The body did not come to its end within 10 s\./);
  assert.match(answer, /^connection: close\r$/im);
});
