import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import type { ChildrenMessage, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../schema/problems.ts';
import { png } from '../../support/chromium/images.ts';
import { basic, startServer, type TestServer } from '../../support/server.ts';
import { clientOf, managerOf, sameOrigin, type Answer } from '../client.ts';
import { runCli } from '../cli.ts';

const LARGEST = 64 * 1024 * 1024;
const MIB = 1024 * 1024;
const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);
const visitor = clientOf(server);

const upload = (query: string, raw: string | Buffer, headers: Readonly<Record<string, string | undefined>> = {}) =>
  manager(`/api/@upload?${query}`, { raw, headers: { 'content-type': 'application/octet-stream', ...headers } });

/** The answer as it is, its bytes included. */
async function fetched(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const response = await fetch(`${server.url}${path}`, { method, headers });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Bytes that differ from piece to piece, made while they are sent. */
async function sendInPieces(to: TestServer, path: string, size: number): Promise<{ answer: Answer; hash: string }> {
  const headers = { authorization: basic(), 'content-type': 'application/octet-stream', 'content-length': size };
  const outgoing = request({ host: '127.0.0.1', port: to.port, path, method: 'POST', headers });
  const answered = answerTo(outgoing);
  const hash = createHash('sha256');
  for (let sent = 0; sent < size; sent += MIB) {
    const piece = Buffer.alloc(Math.min(MIB, size - sent), sent / MIB);
    piece.writeUInt32LE(sent / MIB, 0);
    hash.update(piece);
    if (!outgoing.write(piece)) await once(outgoing, 'drain');
  }
  outgoing.end();
  return { answer: await answered, hash: hash.digest('hex') };
}

async function answerTo(outgoing: ClientRequest): Promise<Answer> {
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString();
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: <T>() => JSON.parse(text) as T };
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The most memory that a process ever had, in bytes. */
async function mostMemoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** Polls until something is so. */
async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const giveUp = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > giveUp) throw new Error(`In vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function idsInRoot(of: TestServer): Promise<string[]> {
  const { items } = (await managerOf(of)('/api/@children?limit=1000')).json<ChildrenMessage>();
  return items.map(({ id }) => id);
}

/** How many bytes of files a database holds. */
function bytesKept(of: TestServer): number {
  const database = new Database(join(of.data, 'trellis.sqlite'), { readonly: true });
  try {
    return Number(database.prepare('SELECT coalesce(sum(length(bytes)), 0) FROM slices').pluck().get());
  } finally {
    database.close();
  }
}

test('an upload answers like an addition, and its bytes are published at its path', async () => {
  const bytes = png(20, 10);
  const made = await upload('id=first.png', bytes);
  assert.equal(made.status, 201);
  assert.equal(made.headers.location, '/api/first.png');
  assert.equal(made.headers.etag, '"1"');
  assert.equal(made.json<ObjectMessage>().type, 'Image');
  const shown = await fetched('/first.png');
  assert.equal(shown.status, 200);
  assert.ok(shown.bytes.equals(bytes));
  assert.equal(shown.headers.get('content-type'), 'image/png');
  assert.equal(shown.headers.get('content-length'), String(bytes.length));
  assert.equal(shown.headers.get('content-disposition'), `inline; filename="first.png"; filename*=UTF-8''first.png`);
  assert.equal(shown.headers.get('content-security-policy'), "sandbox; default-src 'none'; frame-ancestors 'none'");
  assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
});

test('what browsers would run is sent as bytes to save, under a name that is safely encoded', async () => {
  const cases: readonly (readonly [id: string, type: string, disposition: string])[] = [
    ['page.html', 'application/octet-stream', `attachment; filename="page.html"; filename*=UTF-8''page.html`],
    ['drawing.svg', 'application/octet-stream', `attachment; filename="drawing.svg"; filename*=UTF-8''drawing.svg`],
    ['code.js', 'application/octet-stream', `attachment; filename="code.js"; filename*=UTF-8''code.js`],
    ['style.css', 'text/css', `attachment; filename="style.css"; filename*=UTF-8''style.css`],
    [
      'a "b"; c.txt',
      'text/plain; charset=utf-8',
      `inline; filename="a _b__ c.txt"; filename*=UTF-8''a%20%22b%22%3B%20c.txt`,
    ],
    [
      `größe (1)'.txt`,
      'text/plain; charset=utf-8',
      `inline; filename="gr__e _1__.txt"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%281%29%27.txt`,
    ],
  ];
  for (const [id, type, disposition] of cases) {
    assert.equal((await upload(`id=${encodeURIComponent(id)}`, '<script>alert(1)</script>')).status, 201, id);
    const { headers } = await fetched(`/${encodeURIComponent(id)}`);
    assert.equal(headers.get('content-type'), type, id);
    assert.equal(headers.get('content-disposition'), disposition, id);
  }
});

test('whoever has the bytes already is told so, until they or their type change', async () => {
  await upload('id=news', 'one');
  const first = await fetched('/news');
  const etag = first.headers.get('etag') ?? '';
  const modified = first.headers.get('last-modified') ?? '';
  for (const headers of [
    { 'if-none-match': etag },
    { 'if-none-match': `"other", W/${etag}` },
    { 'if-none-match': '*' },
    { 'if-modified-since': modified },
    { 'if-modified-since': new Date(Date.parse(modified) + 5000).toUTCString() },
    { 'if-none-match': etag, 'if-modified-since': new Date(0).toUTCString() },
  ]) {
    const { status, bytes, headers: sent } = await fetched('/news', headers);
    assert.deepEqual([status, bytes.length, sent.get('etag')], [304, 0, etag], JSON.stringify(headers));
  }
  for (const headers of [
    { 'if-none-match': '"other"' },
    { 'if-none-match': '"other"', 'if-modified-since': modified },
    { 'if-modified-since': new Date(0).toUTCString() },
    { 'if-modified-since': 'yesterday' },
  ]) {
    assert.equal((await fetched('/news', headers)).status, 200, JSON.stringify(headers));
  }
  const body = { properties: { content_type: 'text/plain' } };
  assert.equal((await manager('/api/news', { method: 'PATCH', body })).status, 200);
  const typed = await fetched('/news', { 'if-none-match': etag });
  assert.equal(typed.status, 200, 'the type is part of what is sent');
  const headers = { 'content-type': 'application/octet-stream' };
  await manager('/api/news/@content', { raw: 'two', headers });
  const changed = await fetched('/news', { 'if-none-match': typed.headers.get('etag') ?? '' });
  assert.deepEqual([changed.status, changed.bytes.toString()], [200, 'two']);
});

test('a range is given alone; several, and what is not there, are refused with the size', async () => {
  const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, n) => (n * 7) % 251));
  await upload('id=long', bytes);
  const { headers } = await fetched('/long');
  const etag = headers.get('etag') ?? '';
  assert.equal(headers.get('accept-ranges'), 'bytes');
  const parts: readonly (readonly [asked: string, from: number, to: number])[] = [
    ['bytes=0-0', 0, 1],
    ['bytes=262143-262144', 262_143, 262_145],
    ['bytes=500000-', 500_000, 700_000],
    ['bytes=-5', 699_995, 700_000],
    ['bytes=10-9999999', 10, 700_000],
  ];
  for (const [range, from, to] of parts) {
    const part = await fetched('/long', { range });
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get('content-range'), `bytes ${from}-${to - 1}/700000`);
    assert.equal(part.headers.get('content-length'), String(to - from));
    assert.ok(part.bytes.equals(bytes.subarray(from, to)), range);
  }
  for (const range of ['bytes=700000-', 'bytes=-0', 'bytes=0-1,5-6', 'bytes=0-1, 1-2']) {
    const refused = await fetched('/long', { range });
    assert.deepEqual([refused.status, refused.headers.get('content-range')], [416, 'bytes */700000'], range);
    assert.match(refused.bytes.toString(), /one range within 700000 bytes/);
  }
  const still = await fetched('/long', { range: 'bytes=0-0', 'if-range': etag });
  assert.equal(still.status, 206);
  for (const stale of ['"other"', `W/${etag}`, new Date(0).toUTCString()]) {
    assert.equal((await fetched('/long', { range: 'bytes=0-0', 'if-range': stale })).bytes.length, 700_000, stale);
  }
});

test('HEAD tells all that GET would, and sends nothing', async () => {
  const get = await fetched('/long');
  const head = await fetched('/long', { range: 'bytes=0-0' }, 'HEAD');
  assert.equal(head.status, 200);
  assert.equal(head.bytes.length, 0);
  for (const name of ['content-length', 'content-type', 'content-disposition', 'etag', 'last-modified']) {
    assert.equal(head.headers.get(name), get.headers.get(name), name);
  }
});

test('files of 64 MiB are taken and given again without ever being whole in memory', async () => {
  assert.equal((await sendInPieces(server, '/api/@upload?id=warm', 4 * MIB)).answer.status, 201);
  let most = await mostMemoryOf(server.pid);
  const grown = async (what: string) => {
    const before = most;
    most = await mostMemoryOf(server.pid);
    console.log(`${what}: the most memory grew by ${((most - before) / MIB).toFixed(0)} MiB`);
    assert.ok(most - before < LARGEST, what);
  };
  const { answer, hash } = await sendInPieces(server, '/api/@upload?id=largest', LARGEST);
  assert.equal(answer.status, 201, answer.text);
  await grown('One taken');
  const response = await fetch(`${server.url}/largest`);
  const back = createHash('sha256');
  let size = 0;
  for await (const chunk of response.body ?? []) {
    back.update(chunk);
    size += chunk.length;
  }
  assert.deepEqual([size, back.digest('hex')], [LARGEST, hash]);
  await grown('One given');
  const four = [1, 2, 3, 4].map((n) => sendInPieces(server, `/api/@upload?id=large${n}`, LARGEST - n));
  for (const { answer: each } of await Promise.all(four)) assert.equal(each.status, 201);
  await grown('Four taken at once');
});

test('one byte less than 64 MiB is taken, one more is 413, and the connection ends', async () => {
  const less = await sendInPieces(server, '/api/@upload?id=less', LARGEST - 1);
  assert.equal(less.answer.status, 201);
  for (const claim of [LARGEST + 1, LARGEST * 1000]) {
    const answer = await rawAnswer([`Content-Length: ${claim}`, 'Content-Type: application/octet-stream'], 'x');
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /connection: close/i);
    assert.match(answer, /larger than 64 MiB/);
  }
  assert.ok(!(await idsInRoot(server)).includes('raw'));
});

/** The answer to an upload whose body is only begun. */
function rawAnswer(headers: readonly string[], begin: string, path = '/api/@upload?id=raw'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', reject).on('close', () => resolve(text));
    const head = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: ${basic()}`, ...headers];
    socket.write([...head, '', begin].join('\r\n'));
  });
}

test('a body that says not how long it is, is cut off at the limit', async () => {
  const outgoing = request({
    host: '127.0.0.1',
    port: server.port,
    path: '/api/@upload?id=endless',
    method: 'POST',
    headers: { authorization: basic(), 'content-type': 'application/octet-stream' },
  });
  let sent = 0;
  const ended = new Promise<void>((resolve) => outgoing.on('error', () => resolve()).on('close', () => resolve()));
  let isOver = false;
  void ended.then(() => (isOver = true));
  const piece = Buffer.alloc(MIB);
  while (!isOver && sent < 4 * LARGEST) {
    sent += piece.length;
    if (!outgoing.write(piece)) await Promise.race([once(outgoing, 'drain'), ended]);
  }
  outgoing.destroy();
  console.log(`It was cut off after ${sent / MIB} MiB.`);
  assert.ok(isOver && sent > LARGEST && sent < 2 * LARGEST, `${sent / MIB} MiB were taken`);
  assert.ok(!(await idsInRoot(server)).includes('endless'));
});

test('who may not upload, or sends from another site, is refused before any byte is read', async () => {
  await manager('/api/acl_users/@users', { body: { name: 'mem', password: 'violets under glass', roles: [] } });
  const who: readonly (readonly [string, readonly string[], number])[] = [
    ['nobody', ['Sec-Fetch-Site: same-origin'], 401],
    ['a member', [`Authorization: ${basic('mem', 'violets under glass')}`], 403],
    ['another site', [`Authorization: ${basic()}`, 'Origin: http://evil.example'], 403],
  ];
  for (const [name, headers, status] of who) {
    for (const path of ['/api/@upload?id=x', '/api/first.png/@content']) {
      // The body never comes: whoever waited for it would not answer.
      assert.match(await firstLineOf(path, headers), new RegExp(`^HTTP/1.1 ${status} `), `${name} at ${path}`);
    }
  }
});

function firstLineOf(path: string, headers: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', reject).on('data', (chunk: Buffer) => {
      resolve(chunk.toString('latin1').split('\r\n')[0] ?? '');
      socket.destroy();
    });
    const type = ['Content-Type: application/octet-stream', 'Content-Length: 1000000'];
    socket.write([`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...type, ...headers, '', ''].join('\r\n'));
  });
}

test('who is refused with a body on the way can use the same connection again', async () => {
  for (let round = 0; round < 3; round += 1) {
    const refused = await upload('id=_x', Buffer.alloc(3 * MIB));
    assert.equal(refused.status, 422);
    assert.equal(refused.headers.connection, 'keep-alive');
  }
});

test('an upload that breaks off leaves nothing behind', async () => {
  const before = bytesKept(server);
  for (const part of [0, 1, 3 * MIB]) {
    const outgoing = request({
      host: '127.0.0.1',
      port: server.port,
      path: '/api/@upload?id=broken',
      method: 'POST',
      headers: { authorization: basic(), 'content-type': 'application/octet-stream', 'content-length': 5 * MIB },
    });
    outgoing.on('error', () => {});
    outgoing.flushHeaders();
    await new Promise<void>((resolve) => outgoing.write(Buffer.alloc(part), () => resolve()));
    await until('the server takes it in', () => part === 0 || filesOpen(server.pid).then((count) => count > 0));
    outgoing.destroy();
    await until('the server lets it go', async () => (await filesOpen(server.pid)) === 0);
  }
  assert.ok(!(await idsInRoot(server)).includes('broken'));
  assert.equal(bytesKept(server), before);
  assert.deepEqual(
    (await readdir(server.data)).filter((name) => name.startsWith('upload-')),
    [],
  );
  assert.equal((await visitor('/healthz')).status, 200);
});

/** How many files without a name a process has open. */
async function filesOpen(pid: number): Promise<number> {
  const names = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return targets.filter((target) => /upload-.* \(deleted\)$/.test(target)).length;
}

test('a server killed in the middle of an upload has none of it when it starts again', async () => {
  const first = await startServer({ data: join(server.data, 'killed') });
  const outgoing = request({
    host: '127.0.0.1',
    port: first.port,
    path: '/api/@upload?id=half',
    method: 'POST',
    headers: { authorization: basic(), 'content-type': 'application/octet-stream', 'content-length': 5 * MIB },
  });
  outgoing.on('error', () => {});
  outgoing.write(Buffer.alloc(2 * MIB));
  await until('the server takes it in', async () => (await filesOpen(first.pid)) === 1);
  await first.kill();
  await writeFile(join(first.data, 'upload-left'), 'by a process that was killed before it took the name away');
  await using second = await startServer({ data: first.data });
  assert.ok(!(await idsInRoot(second)).includes('half'));
  assert.equal(bytesKept(second), 0);
  assert.deepEqual(
    (await readdir(second.data)).filter((name) => name.startsWith('upload-')),
    [],
  );
});

test('what a server that is killed has written down of an upload is swept', async () => {
  const first = await startServer({ data: join(server.data, 'staging') });
  const sending = sendInPieces(first, '/api/@upload?id=half', LARGEST).catch(() => undefined);
  await until('the first slices are written', () => bytesKept(first) > 0);
  await first.kill();
  await sending;
  const left = bytesKept(first);
  assert.ok(left > 0 && left < LARGEST, `${left} bytes of it were written`);
  // A minute passes.
  const database = new Database(join(first.data, 'trellis.sqlite'));
  database.exec('UPDATE contents SET staged_until = staged_until - 60000');
  database.close();
  await using second = await startServer({ data: first.data });
  assert.ok(!(await idsInRoot(second)).includes('half'));
  assert.equal(bytesKept(second), 0);
});

test('while 64 MiB are written, other changes wait for a slice of them at most', async () => {
  let isDone = false;
  const large = sendInPieces(server, '/api/@upload?id=slow', LARGEST).finally(() => (isDone = true));
  let changes = 0;
  while (!isDone) {
    const body = { title: `Welcome ${changes}` };
    assert.equal((await manager('/api/index_html', { method: 'PATCH', body })).status, 200);
    changes += 1;
  }
  assert.equal((await large).answer.status, 201);
  console.log(`${changes} changes were made meanwhile`);
  assert.ok(changes > 5, `${changes}`);
});

test('a second upload under one id, at the same moment, is told that the id is in use', async () => {
  const both = await Promise.all([upload('id=twice', 'a'), upload('id=twice', 'b')]);
  assert.deepEqual(
    both.map(({ status }) => status).sort((one, other) => one - other),
    [201, 422],
  );
  const refused = both.find(({ status }) => status === 422)?.json<ProblemMessage>();
  assert.equal(refused?.errors?.[0]?.detail, 'The id "twice" is invalid - it is already in use.');
});

test('from the interface an upload passes with the cookie alone, and from a page that another site framed it does not', async () => {
  const signedIn = await visitor('/api/@login', {
    body: { name: 'admin', password: 'correct horse battery' },
    headers: sameOrigin(server),
  });
  const cookie = (signedIn.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  const send = (id: string, site: string) =>
    visitor(`/api/@upload?id=${id}`, {
      raw: 'bytes',
      headers: { cookie, 'sec-fetch-site': site, 'content-type': 'application/octet-stream' },
    });
  assert.equal((await send('ours', 'same-origin')).status, 201);
  assert.equal((await send('theirs', 'cross-site')).status, 403);
  assert.equal((await send('theirs', 'same-site')).status, 403);
});

test('of a file that a visitor may not know of, nothing is told', async () => {
  const there = await visitor('/api/first.png/@content');
  const absent = await visitor('/api/nothing.png/@content');
  assert.deepEqual([there.status, there.text], [absent.status, absent.text]);
});

test('the bytes of files are part of a backup', async () => {
  const source = join(server.data, 'source');
  const backup = join(server.data, 'copy');
  const first = await startServer({ data: source });
  const { hash } = await sendInPieces(first, '/api/@upload?id=kept', 3 * MIB + 5);
  assert.equal((await runCli(['backup', backup, '--data', source], '')).code, 0);
  await first.stop();
  const elsewhere = join(server.data, 'elsewhere');
  assert.equal((await runCli(['restore', backup, '--data', elsewhere], '')).code, 0);
  await using second = await startServer({ data: elsewhere });
  const response = await fetch(`${second.url}/kept`);
  assert.equal(hashOf(Buffer.from(await response.arrayBuffer())), hash);
});
