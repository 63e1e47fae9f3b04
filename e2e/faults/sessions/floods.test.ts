import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { clientOf, managerOf, sameOrigin } from '../../http/client.ts';
import { percentile, promised, sized, times, until } from '../../support/figures.ts';
import { startFlood, type FloodKind } from '../../support/network/flood.ts';
import { workOf } from '../../support/process-state.ts';
import { startPulse } from '../../support/pulse.ts';
import { ADMIN_PASSWORD, basic, startServer, type TestServer } from '../../support/server.ts';

const CONNECTIONS = sized(250, 1_500);
/** A server that works less than this in so long has done all that it was sent, and only answers pages. */
const REST = { workMs: 60, ms: 300 };
const P99_MS = 50;
const MIB = 1024 * 1024;
/** A connection with all that belongs to it, and a body of 16 KiB. */
const BYTES_EACH = 96 * 1024;
/** A piece of a download in place of that, and what was sent already and is not collected yet. */
const BYTES_EACH_DOWNLOAD = 128 * 1024;
/** What the server takes while it does other things. */
const BESIDE_MIB = 40;

const KINDS: readonly FloodKind[] = ['announced as 1 MiB', 'all but one of 16 KiB', 'in chunks of one byte'];
const FURTHER: readonly FloodKind[] = [
  'byte by byte',
  'headers without end',
  'nothing at all',
  'a download that nobody reads',
];

for (const kind of [...KINDS, ...sized<readonly FloodKind[]>([], FURTHER)]) {
  test(`${CONNECTIONS} connections, ${kind}, take little memory, and nobody else waits`, async (t) => {
    await using server = await startServer();
    await plant(server);
    const before = await memoryOf(server);
    let most = before;
    const measure = async () => {
      const stopPulse = startPulse(server);
      const stopFlood = await startFlood(server.port, CONNECTIONS, kind);
      await atRest(server);
      most = Math.max(most, await memoryOf(server));
      const { times: took, failures } = await stopPulse();
      const { answers, open } = await stopFlood();
      t.diagnostic(`${open} open, answers ${JSON.stringify(answers)}; pages meanwhile: ${times(took)}`);
      assert.equal(failures, 0);
      assert.ok(open + (answers['413'] ?? 0) + (answers['408'] ?? 0) >= CONNECTIONS, 'every connection was there');
      return percentile(took, 0.99);
    };
    await promised('Pages meanwhile, p99', P99_MS, measure);
    const grown = (most - before) / MIB;
    t.diagnostic(`${(before / MIB).toFixed(0)} MiB before, ${grown.toFixed(0)} more`);
    const bytesEach = kind === 'a download that nobody reads' ? BYTES_EACH_DOWNLOAD : BYTES_EACH;
    assert.ok(grown < (CONNECTIONS * bytesEach) / MIB + BESIDE_MIB, `${grown.toFixed(0)} MiB more`);
    assert.equal(await signIn(server), 200);
  });
}

test('64 MiB of bodies are taken at once; who comes then is told to come back, and may when others have ended', async () => {
  await using server = await startServer();
  await plant(server);
  const head = ['PATCH /api/plain HTTP/1.1', 'Host: 127.0.0.1', `Authorization: ${basic()}`];
  const request = [...head, 'Content-Type: application/json', `Content-Length: ${MIB}`, '', ''].join('\r\n');
  const answers: string[] = [];
  const send = (): Socket => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined).on('data', (bytes: Buffer) => answers.push(bytes.toString('latin1')));
    socket.write(request + ' '.repeat(MIB - 1));
    return socket;
  };
  const manager = managerOf(server);
  const check = async () => {
    const raw = JSON.stringify({ type: 'Folder', id: 'x' }).padEnd(8_000);
    const headers = { 'content-type': 'application/json' };
    return (await manager('/api/@check', { method: 'POST', raw, headers })).status;
  };
  const sockets = Array.from({ length: 64 }, send);
  await until('all room is taken', async () => (await check()) === 503);
  assert.deepEqual(answers, []);
  sockets.push(...Array.from({ length: 6 }, send));
  await until('six are refused', async () => answers.length === 6);
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 503 [^]*^retry-after: 1\r$[^]*more is being sent/im);
  assert.equal((await clientOf(server)('/plain')).status, 200);
  assert.equal(await signIn(server), 200, 'signing in takes next to nothing');
  for (const socket of sockets) socket.destroy();
  await until('there is room again', async () => (await check()) === 200);
});

test('who comes when as many are connected as may be is turned away, until somebody has gone', async () => {
  await using server = await startServer({ environment: { TRELLIS_MAX_CONNECTIONS: '20' } });
  const held = await Promise.all(Array.from({ length: 20 }, () => connected(server)));
  const beyond = await connected(server);
  await until('it is turned away', async () => beyond.destroyed);
  await until('the log says so', async () => /others are turned away.*TRELLIS_MAX_CONNECTIONS/.test(server.log()));
  assert.equal(held.filter((socket) => socket.destroyed).length, 0);
  held[0]!.destroy();
  await until('there is room', async () => (await clientOf(server)('/livez').catch(() => undefined))?.status === 200);
  for (const socket of held) socket.destroy();
});

test('10,000 are connected, and no more', { skip: sized(1, 0) === 1 }, async (t) => {
  await using server = await startServer();
  await plant(server);
  const before = await memoryOf(server);
  const stopPulse = startPulse(server);
  // Who says nothing is taken for ten seconds: all have to come within them.
  const stopFlood = await startFlood(server.port, 9_990, 'nothing at all');
  const grown = ((await memoryOf(server)) - before) / MIB;
  const { times: took, failures } = await stopPulse();
  assert.equal(failures, 0);
  assert.doesNotMatch(server.log(), /others are turned away/);
  const stopFurther = await startFlood(server.port, 100, 'nothing at all');
  await until('the log says so', async () => server.log().includes('others are turned away'), 5_000);
  t.diagnostic(`${grown.toFixed(0)} MiB more; ${JSON.stringify(await stopFlood())}; pages meanwhile: ${times(took)}`);
  await stopFurther();
});

async function plant(server: TestServer): Promise<void> {
  const manager = managerOf(server);
  const page = { type: 'Page Template', id: 'plain', properties: { text: 'plain' } };
  assert.equal((await manager('/api/', { body: page })).status, 201);
  const headers = { 'content-type': 'application/octet-stream' };
  assert.equal((await manager('/api/@upload?id=file', { raw: Buffer.alloc(8 * MIB), headers })).status, 201);
  for (let visit = 0; visit < 100; visit += 1) await clientOf(server)('/plain');
}

async function signIn(server: TestServer): Promise<number> {
  const body = { name: 'admin', password: ADMIN_PASSWORD };
  return (await clientOf(server)('/api/@login', { body, headers: sameOrigin(server) })).status;
}

async function atRest({ pid }: TestServer): Promise<void> {
  let work = await workOf(pid);
  await until('the server has done all that it was sent', async () => {
    const before = work;
    await new Promise((resolve) => setTimeout(resolve, REST.ms));
    work = await workOf(pid);
    return work - before < REST.workMs;
  });
}

/** What of a server is in memory right now, in bytes. */
async function memoryOf({ pid }: TestServer): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function connected({ port }: TestServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.resume();
  await until('connected', async () => !socket.connecting);
  return socket;
}
