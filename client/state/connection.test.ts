import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { connection, serverAnswered, serverLost } from './connection.ts';

test('a server that is out of reach is asked again after ever longer pauses, until it answers', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let isThere = false;
  const asked = t.mock.method(globalThis, 'fetch', () =>
    isThere ? Promise.resolve(new Response('ok')) : Promise.reject(new TypeError('refused')),
  );
  const pauseS = () => {
    const now = connection.get();
    return now.up ? 0 : (now.nextTry - Date.now()) / 1000;
  };
  serverLost();
  serverLost();
  const pauses: number[] = [];
  for (let tries = 0; tries < 7; tries += 1) {
    pauses.push(pauseS());
    isThere = tries === 6;
    t.mock.timers.tick(pauseS() * 1000);
    await setImmediate();
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 15, 15, 15]);
  assert.deepEqual([connection.get(), asked.mock.callCount()], [{ up: true }, 7]);
});

test('an answer to anything else ends the asking, and the next pause is short again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const asked = t.mock.method(globalThis, 'fetch', () => Promise.resolve(new Response('', { status: 503 })));
  serverLost();
  t.mock.timers.tick(1000);
  await setImmediate();
  serverAnswered();
  t.mock.timers.tick(60_000);
  assert.deepEqual([connection.get(), asked.mock.callCount()], [{ up: true }, 1]);
  serverLost();
  assert.deepEqual(connection.get(), { up: false, nextTry: Date.now() + 1000 });
  serverAnswered();
});
