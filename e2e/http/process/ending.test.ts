import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { sized, until } from '../../support/figures.ts';
import { basic, type TestServer } from '../../support/server.ts';
import { startSteppedServer } from '../../support/sessions-site.ts';
import { administer } from '../../support/applications/visitor.ts';
import { clientOf, managerOf } from '../client.ts';

const FILE = randomBytes(12 * 1024 * 1024);
const DRAIN_S = 0.5;

/** A connection over which a test sends what it likes, byte by byte. */
class Wire {
  readonly #socket: Socket;
  #received = '';

  constructor({ port }: { readonly port: number }) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (chunk: Buffer) => (this.#received += chunk.toString('latin1')));
    // Instead of its end, where the server closes it while something is still on its way there.
    this.#socket.on('error', () => undefined);
  }

  get received(): string {
    return this.#received;
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async untilReceived(what: RegExp): Promise<void> {
    await until(String(what), async () => what.test(this.#received));
  }

  /** All that came, once the server has closed the connection. */
  async whole(): Promise<string> {
    await until('the connection is closed', async () => this.#socket.closed);
    return this.#received;
  }
}

function requestFor(path: string, ...headers: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
}

async function startSite(drainS = DRAIN_S): Promise<TestServer> {
  const server = await startSteppedServer({ environment: { TRELLIS_DRAIN_SECONDS: String(drainS) } });
  await administer(server.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  return server;
}

async function uploadFile(server: TestServer): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream' };
  assert.equal((await managerOf(server)('/api/@upload?id=file', { raw: FILE, headers })).status, 201);
}

const isRefused = (server: TestServer) => () =>
  clientOf(server)('/', { headers: { connection: 'close' } }).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
  );

test('whatever is under way when a server is told to end comes to its end, and every answer closes its connection', async () => {
  await using server = await startSite();
  await uploadFile(server);
  const wires = Array.from({ length: 6 }, () => new Wire(server));
  const [slow, pipelined, download, upload, kept, idle] = wires as [Wire, Wire, Wire, Wire, Wire, Wire];
  slow.send(requestFor('/page?do=wait%202000'));
  pipelined.send([1, 2, 3].map((n) => requestFor(`/page?do=wait%20${n * 500}&do=wait%20${n}`)).join(''));
  download.send(requestFor('/file'));
  await download.untilReceived(/\r\n\r\n/);
  download.pause();
  const half = FILE.length / 2;
  upload.send(
    [
      'POST /api/@upload?id=sent HTTP/1.1',
      'Host: 127.0.0.1',
      `Authorization: ${basic()}`,
      'Content-Type: application/octet-stream',
      `Content-Length: ${FILE.length}`,
      '',
      '',
    ].join('\r\n'),
  );
  upload.send(FILE.subarray(0, half));
  for (const wire of [kept, idle]) {
    wire.send(requestFor('/livez'));
    await wire.untilReceived(/"ok"/);
    assert.match(wire.received, /^Connection: keep-alive/im);
  }

  const began = performance.now();
  const gone = server.stop();
  await until('the port is closed', isRefused(server));
  assert.ok(performance.now() - began >= DRAIN_S * 1000, 'not before it has said so for a while');

  kept.send(requestFor('/livez').repeat(2));
  const twice = (await kept.whole()).split(/(?=HTTP\/1\.1)/).slice(1);
  assert.deepEqual(
    twice.map((text) => [/^HTTP\/1.1 200/.test(text), /^Connection: close/im.test(text)]),
    [
      [true, false],
      [true, true],
    ],
    'the last answer says that the connection closes',
  );
  upload.send(FILE.subarray(half));
  assert.match(await upload.whole(), /^HTTP\/1.1 201[^]*^Connection: close/im);
  assert.match(await slow.whole(), /^HTTP\/1.1 200[^]*^Connection: close/im);
  const three = (await pipelined.whole()).split(/(?=HTTP\/1\.1)/);
  assert.deepEqual(
    three.map((text) => /\{.*/.exec(text)?.[0]),
    ['null', 'null', 'null'].map(() => '{"results":[null,null]}'),
  );
  download.resume();
  const [, body = ''] = (await download.whole()).split(/\r\n\r\n([^]*)/);
  assert.equal(hashOf(Buffer.from(body, 'latin1')), hashOf(FILE), 'the whole file');
  assert.equal((await idle.whole()).match(/HTTP/g)?.length, 1, 'closed without a word');
  assert.equal(await gone, 0);
});

test('after an answer that closes its connection, nothing that was sent behind it is done', async () => {
  await using server = await startSite();
  await using other = await startSteppedServer({ data: server.data });
  await uploadFile(server);
  const wire = new Wire(server);
  wire.send(requestFor('/livez'));
  await wire.untilReceived(/"ok"/);
  const gone = server.stop();
  await until('the port is closed', isRefused(server));
  wire.send(requestFor('/file'));
  await wire.untilReceived(/^Connection: close[^]*\r\n\r\n/im);
  wire.pause();
  const body = JSON.stringify({ steps: ['title late'] });
  const headers = [`Authorization: ${basic()}`, 'Content-Type: application/json', `Content-Length: ${body.length}`];
  wire.send(requestFor('/api/page/@steps', ...headers).replace('GET', 'POST') + body);
  wire.resume();
  assert.equal((await wire.whole()).match(/HTTP\/1\.1 \d/g)?.length, 2);
  assert.equal(await gone, 0);
  assert.notEqual((await managerOf(other)('/api/page')).json()['title'], 'late');
});

test('an error that nobody caught ends the server as politely, with exit code 1', async () => {
  await using server = await startSite();
  const slow = new Wire(server);
  slow.send(requestFor('/page?do=wait%201000'));
  const kept = new Wire(server);
  kept.send(requestFor('/page?do=fault'));
  await kept.untilReceived(/HTTP\/1.1 200/);
  await until('it is not ready', async () => (await clientOf(server)('/readyz')).status === 503);
  await until('the log says why', async () => /told to fail/.test(server.log()));
  await until('the port is closed', isRefused(server));
  kept.send(requestFor('/livez'));
  assert.match(await kept.whole(), /"ok"/);
  assert.match(await slow.whole(), /^HTTP\/1.1 200[^]*^Connection: close/im);
  assert.equal(await server.stop(), 1);
});

const CUT_OFF = /"connections":1,.*What is under way still did not end in time, and is cut off/;

test('what does not end in time is cut off, and the log says how much that was', async () => {
  await using server = await startSite(0);
  const stuck = new Wire(server);
  stuck.send('POST /api/@upload?id=slow HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n');
  stuck.send(`Authorization: ${basic()}\r\nContent-Type: application/octet-stream\r\nExpect: 100-continue\r\n\r\n`);
  await stuck.untilReceived(/^HTTP\/1\.1 100/);
  await clientOf(server)('/page?do=fault');
  await stuck.whole();
  assert.equal(await server.stop(), 1);
  assert.match(server.log(), CUT_OFF);
});

test(
  'a request that does not end is waited for ten seconds, and the exit code says so',
  { skip: sized(1, 0) === 1 },
  async () => {
    await using server = await startSite();
    const stuck = new Wire(server);
    stuck.send(requestFor('/page?do=wait%2060000'));
    const began = performance.now();
    assert.equal(await server.stop(), 1);
    assert.ok(performance.now() - began > 9_900);
    assert.match(server.log(), CUT_OFF);
  },
);

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
