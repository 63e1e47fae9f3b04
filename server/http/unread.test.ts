import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { ask } from './testing.ts';
import { leaveUnread, passOver } from './unread.ts';

test('what is passed over comes in to its end, and nobody keeps it', async () => {
  const body = Array.from({ length: 100 }, () => Buffer.alloc(10_000));
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  const refuse = (message: IncomingMessage, response: ServerResponse) => {
    passOver(message);
    response.end('refused');
    resolve(message);
  };
  const { text } = await ask(refuse, '/', { method: 'POST', body });
  const message = await promise;
  while (!message.complete) await new Promise(setImmediate);
  assert.deepEqual([text, message.readableLength], ['refused', 0]);
});

test('what does not end is passed over for half a minute, and then its connection ends', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  async function* endless() {
    yield 'a';
    await new Promise(() => {});
  }
  let passed: IncomingMessage | undefined;
  void ask((message) => passOver((passed = message)), '/', { method: 'POST', body: endless() }).catch(() => undefined);
  while (passed === undefined) await new Promise(setImmediate);
  t.mock.timers.tick(29_999);
  assert.deepEqual([passed.readableLength, passed.destroyed], [0, false]);
  t.mock.timers.tick(1);
  assert.equal(passed.destroyed, true);
});

test('what is left unread keeps the answer from nobody, and its connection ends a little later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [client, socket] = duplexPair();
  const server = createServer((_, response) => {
    response.setHeader('connection', 'close');
    leaveUnread(response);
    response.end('refused');
  });
  server.emit('connection', socket);
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfirst');
  assert.match(String(await once(client, 'data')), /refused/);
  await new Promise(setImmediate);
  client.write('last');
  await new Promise(setImmediate);
  assert.deepEqual([socket.readableLength, socket.destroyed], ['last'.length, false]);
  t.mock.timers.tick(2_000);
  assert.ok(socket.destroyed);
});
