import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import Koa from 'koa';
import { until as eventually } from '../../e2e/support/figures.ts';
import { Visitor } from '../../e2e/support/applications/visitor.ts';
import {
  Conflict,
  koaSessions,
  ServerUnreachable,
  SessionRefusal,
  SessionsClosed,
  Timeout,
  ValueTooLarge,
  type SessionContext,
} from './koa.ts';
import { openTestSessions } from './testing.ts';

const { sessions, memcached, change, ...rest } = await openTestSessions();
const app = new Koa<Koa.DefaultState, SessionContext>();
app.silent = true;
/** What the next requests set, and what they wait for before they do. */
let value: () => unknown = () => 'x';
let until: () => Promise<void> = async () => undefined;
app.use(koaSessions(sessions));
app.use(async (context) => {
  const session = await context.session();
  session.get('key');
  await until();
  session.set('key', value());
  context.body = 'set';
});
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
after(async () => {
  server.closeAllConnections();
  server.close();
  await rest[Symbol.asyncDispose]();
});
const visitor = new Visitor({ port });
await visitor.ask('/');

/** What kept a request from its session, as the application hears of it. */
async function causeOf(asking: () => Promise<{ status: number }>): Promise<[status: number, cause: unknown]> {
  const [failed, { status }] = await Promise.all([once(app, 'error'), asking()]);
  const [error] = failed as [unknown];
  assert.ok(error instanceof SessionRefusal);
  return [status, error.cause];
}

const ask = () => visitor.ask('/');

test('an application can tell what is too large by its class, and by how much', async () => {
  value = () => 'x'.repeat(300_000);
  const [status, cause] = await causeOf(ask);
  value = () => 'x';
  assert.ok(cause instanceof ValueTooLarge, String(cause));
  assert.deepEqual([status, cause.limit], [413, 256 * 1024]);
  assert.ok(cause.size > 300_000 && cause.size < 301_000, String(cause.size));
});

test('an application can tell a change that came too late', async () => {
  await change('/mcsdc', { on_conflict: 'fail' });
  const both = Promise.withResolvers<void>();
  const values = ['one', 'two'];
  let waiting = 0;
  value = () => values.pop();
  until = () => {
    waiting += 1;
    if (waiting === 2) both.resolve();
    return both.promise;
  };
  const [status, cause] = await causeOf(async () => {
    const answers = await Promise.all([ask(), ask()]);
    return { status: Math.max(...answers.map((answer) => answer.status)) };
  });
  until = async () => undefined;
  value = () => 'x';
  assert.equal(status, 409);
  assert.ok(cause instanceof Conflict, String(cause));
});

test('an application can tell a server that is silent from one that is gone, and which it is', async () => {
  const { address } = memcached;
  await memcached.stop();
  const [status, silence] = await causeOf(ask);
  memcached.resume();
  await eventually('the server is asked again', async () => (await ask()).status === 200);
  assert.ok(silence instanceof Timeout, String(silence));
  assert.ok(silence instanceof ServerUnreachable);
  assert.deepEqual([status, silence.address, silence.ms], [503, address, 250]);
  await memcached.kill();
  const [, refusal] = await causeOf(ask);
  assert.ok(refusal instanceof ServerUnreachable && !(refusal instanceof Timeout), String(refusal));
  assert.equal(refusal.address, address);
  assert.ok(refusal.reason.short !== '' && refusal.retryAfterS === 1);
  await sessions.close();
  const [, closed] = await causeOf(ask);
  assert.ok(closed instanceof SessionsClosed, String(closed));
});
