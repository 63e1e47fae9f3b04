import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Connections } from './connections.ts';

const KEPT_MS = 50;
const DRAIN_MS = 300;

test('a request that comes in while the server is held up is answered, although its connection is over by then', async (t) => {
  const { socket } = await keptConnection(t);
  await nextTurn();
  ask(socket, '/held-up');
  holdUp(4 * KEPT_MS);
  assert.match(await received(socket), /^HTTP\/1.1 200[^]*\/held-up$/);
  await once(socket, 'end');
});

test('so it is where the server ends, and would close its connection as one over which nothing goes', async (t) => {
  const { socket, server, connections } = await keptConnection(t, 60_000);
  const ended = connections.end(DRAIN_MS);
  while (server.listening) await nextTurn();
  await nextTurn();
  ask(socket, '/held-up');
  holdUp(2 * DRAIN_MS);
  assert.match(await received(socket), /^HTTP\/1.1 200[^]*^Connection: close[^]*\/held-up$/im);
  await ended;
});

test('what is under way is waited for, and its answer tells the client to connect anew', async (t) => {
  const slow = Promise.withResolvers<void>();
  const { socket, server, connections } = await keptConnection(t, 60_000, () => slow.promise);
  ask(socket, '/slow');
  await once(server, 'request');
  const ended = connections.end(0);
  while (server.listening) await nextTurn();
  await wait(KEPT_MS * 2);
  assert.equal(connections.open, 1);
  slow.resolve();
  assert.match(await received(socket), /^HTTP\/1.1 200[^]*^Connection: close[^]*\/slow$/im);
  await ended;
  assert.equal(connections.open, 0);
});

test('before it closes its port a server says for a while that it ends, and serves whoever comes still', async (t) => {
  const { socket, server, connections } = await keptConnection(t, 60_000);
  const ended = connections.end(DRAIN_MS);
  await wait(DRAIN_MS / 3);
  assert.deepEqual([connections.isEnding, server.listening], [true, true]);
  ask(socket, '/meanwhile');
  assert.match(await received(socket), /^HTTP\/1.1 200[^]*^Connection: keep-alive[^]*\/meanwhile$/im);
  await ended;
  assert.equal(connections.open, 0);
});

/** A connection that is kept after a first answer, to a server of this process. */
async function keptConnection(t: TestContext, keepAliveTimeout = KEPT_MS, ready = async () => {}) {
  const server = createServer({ keepAliveTimeout, keepAliveTimeoutBuffer: 0 });
  const connections = new Connections(server, async (request, response) => {
    if (request.url === '/slow') await ready();
    response.end(request.url);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
  t.after(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, 'connect');
  ask(socket, '/first');
  assert.match(await received(socket), /\/first$/);
  return { server, connections, socket };
}

function ask(socket: Socket, path: string): void {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
}

async function received(socket: Socket): Promise<string> {
  return String((await once(socket, 'data'))[0]);
}

/** Keeps this process from reading, as a machine does that has too much to do. */
function holdUp(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
