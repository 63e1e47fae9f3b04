import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { ask, type Asking } from './testing.ts';
import { leaveUnread, passOver } from './unread.ts';

/** An answer that is sent before the body has come. */
async function refusing(
  body: NonNullable<Asking['body']>,
  about: (message: IncomingMessage, response: ServerResponse) => void,
) {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  const answered = await ask(
    (message, response) => {
      about(message, response);
      response.end('refused');
      resolve(message);
    },
    '/',
    { method: 'POST', body },
  );
  return { answered, message: await promise };
}

const LONG = Array.from({ length: 100 }, () => Buffer.alloc(10_000));

test('what is passed over comes in to its end, and nobody keeps it', async () => {
  const { answered, message } = await refusing(LONG, passOver);
  while (!message.complete) await new Promise(setImmediate);
  assert.deepEqual([answered.text, message.readableLength], ['refused', 0]);
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
  assert.equal(passed.destroyed, false);
  t.mock.timers.tick(1);
  assert.equal(passed.destroyed, true);
});

test('what is left unread keeps the answer from nobody, and its connection ends a little later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { answered, message } = await refusing(LONG, (_, response) => {
    response.setHeader('connection', 'close');
    leaveUnread(response);
  });
  const { socket } = message;
  await new Promise(setImmediate);
  assert.deepEqual([answered.text, socket.isPaused(), socket.destroyed], ['refused', true, false]);
  t.mock.timers.tick(2_000);
  assert.ok(socket.destroyed);
});
