import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import Koa, { type DefaultState, type ParameterizedContext } from 'koa';
import { Visitor } from '../../e2e/support/visitor.ts';
import { koaSessions, type SessionContext } from './koa.ts';
import { openTestSessions } from './testing.ts';

type Handler = (context: ParameterizedContext<DefaultState, SessionContext>) => Promise<void>;

const { sessions, memcached, installation, change, ...rest } = await openTestSessions();
let handle: Handler = async () => undefined;
const app = new Koa();
app.silent = true;
app.use(koaSessions(sessions, { user: ({ query }) => query['user'] as string | undefined }));
app.use((context) => handle(context as Parameters<Handler>[0]));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
after(async () => {
  server.closeAllConnections();
  server.close();
  await rest[Symbol.asyncDispose]();
});

function visitorOf(handler: Handler): Visitor {
  handle = handler;
  return new Visitor({ port });
}

const counting: Handler = async (context) => {
  const session = await context.session();
  context.body = String(session.update<number>('n', (n = 0) => n + 1));
};

async function commands(): Promise<number> {
  const stats = (await memcached.ask('stats')).join('\n');
  return ['get', 'set', 'touch'].reduce(
    (sum, name) => sum + Number(new RegExp(`cmd_${name} (\\d+)`).exec(stats)?.[1]),
    0,
  );
}

test('a request that asks for no session sends nothing to memcached and gets no cookie', async () => {
  const visitor = visitorOf(counting);
  await visitor.ask('/');
  const before = await commands();
  handle = async (context) => {
    context.body = 'plain';
  };
  const { headers } = await visitor.ask('/');
  assert.equal(await commands(), before);
  assert.deepEqual([headers['set-cookie'], headers['cache-control']], [undefined, undefined]);
});

test('looking sets no cookie; storing does, once, and the answer is not kept by caches', async () => {
  const visitor = visitorOf(async (context) => {
    context.body = String((await context.session()).get('n', 'none'));
  });
  const looked = await visitor.ask('/');
  assert.deepEqual([looked.text, looked.headers['set-cookie']], ['none', undefined]);
  handle = counting;
  const stored = await visitor.ask('/');
  assert.match(
    stored.headers['set-cookie']?.[0] ?? '',
    /^__Host-browser_id=\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  assert.equal(stored.headers['cache-control'], 'no-store');
  assert.equal((await visitor.ask('/')).headers['set-cookie'], undefined);
});

test('the session is stored before the answer arrives', async () => {
  const visitor = visitorOf(counting);
  for (let n = 1; n <= 20; n += 1) assert.equal((await visitor.ask('/')).text, String(n));
});

test('a handler that throws, or answers 500 or more, stores nothing; a refusal of its own does', async () => {
  const visitor = visitorOf(counting);
  await visitor.ask('/');
  for (const [status, n] of [
    [500, '2'],
    [503, '3'],
  ] as const) {
    handle = async (context) => {
      await counting(context);
      if (status === 500) throw new Error('this handler fails');
      context.status = status;
    };
    assert.equal((await visitor.ask('/')).status, status);
    handle = counting;
    assert.equal((await visitor.ask('/')).text, n);
  }
  handle = async (context) => {
    await counting(context);
    context.status = 404;
  };
  await visitor.ask('/');
  handle = counting;
  assert.equal((await visitor.ask('/')).text, '5');
});

test('where two handlers set one key the container’s on_conflict decides, and neither runs twice', async () => {
  for (const rule of ['newest', 'fail']) {
    await change('/mcsdc', { on_conflict: rule });
    const visitor = visitorOf(counting);
    await visitor.ask('/');
    const both = Promise.withResolvers<void>();
    let runs = 0;
    handle = async (context) => {
      const session = await context.session();
      runs += 1;
      if (runs === 2) both.resolve();
      await both.promise;
      session.set('key', context.query['value']);
      context.body = 'set';
    };
    const answers = await Promise.all([visitor.ask('/?value=a'), visitor.ask('/?value=b')]);
    assert.deepEqual(
      answers.map(({ status }) => status).sort((one, other) => one - other),
      rule === 'newest' ? [200, 200] : [200, 409],
    );
    assert.equal(runs, 2);
  }
  await change('/mcsdc', { on_conflict: 'newest' });
});

test('a handler that sent its headers itself cannot begin a session, and is told so', async () => {
  const failed = once(app, 'error');
  const visitor = visitorOf(async (context) => {
    (await context.session()).set('key', 1);
    context.respond = false;
    context.res.end('sent');
  });
  assert.equal((await visitor.ask('/')).headers['set-cookie'], undefined);
  assert.match(String((await failed)[0]), /cookie came too late: nothing was stored/);
});

test('a session can be moved to a new id and ended', async () => {
  const visitor = visitorOf(counting);
  await visitor.ask('/');
  const first = visitor.browserId;
  handle = async (context) => (await context.session()).rotate();
  await visitor.ask('/');
  assert.notEqual(visitor.browserId, first);
  handle = counting;
  assert.equal((await visitor.ask('/')).text, '2');
  handle = async (context) => (await context.session()).invalidate();
  await visitor.ask('/');
  assert.equal(visitor.browserId, '', 'the cookie was dropped');
});

test('a user of the application is nobody of the same name here, whatever happens to that one', async () => {
  const body = { name: 'jo', password: 'violets under glass', roles: [] };
  assert.equal((await installation.ask('POST', '/api/acl_users/@users', { body })).status, 201);
  const visitor = visitorOf(counting);
  await visitor.ask('/?user=jo');
  const path = '/api/acl_users/@users/jo';
  assert.equal((await installation.ask('PATCH', path, { body: { password: 'roses in the rain' } })).status, 200);
  assert.equal((await visitor.ask('/?user=jo')).text, '2', 'after a new password of the one here');
  assert.equal((await installation.ask('DELETE', path)).status, 204);
  assert.equal((await visitor.ask('/?user=jo')).text, '3', 'after the one here was removed');
  const { known } = (await installation.ask('POST', '/api/mcsdc/@sessions/@end', { body: { user: 'jo' } })).json<{
    known: number;
  }>();
  assert.equal(known, 1);
  assert.equal((await visitor.ask('/?user=jo')).text, '1', 'whom a manager ends by name in the list is ended');
});

test('the list of sessions shows who is signed in to the application', async () => {
  const visitor = visitorOf(counting);
  // A name that no random key of another session has in it.
  await visitor.ask('/?user=johanna.weber');
  const { sessions: rows } = (await installation.ask('GET', '/api/mcsdc/@sessions?filter=johanna')).json<{
    sessions: readonly { user: string; address: string }[];
  }>();
  assert.deepEqual(
    rows.map(({ user, address }) => [user, address]),
    [['johanna.weber', '127.0.0.1']],
  );
});
