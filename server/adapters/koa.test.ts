import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { after, mock, test } from 'node:test';
import Koa, { type DefaultState, type ParameterizedContext } from 'koa';
import type { OwnSessionsMessage } from '../../schema/endpoints/own-sessions.ts';
import type { SessionsMessage } from '../../schema/endpoints/sessions.ts';
import { basic } from '../../e2e/support/server.ts';
import { DroppingVisitor, Visitor } from '../../e2e/support/applications/visitor.ts';
import { koaSessions, SessionAlreadyWritten, type CurrentBrowser, type Session, type SessionContext } from './koa.ts';
import { openTestSessions } from './testing.ts';

type Handler = (context: ParameterizedContext<DefaultState, SessionContext>) => Promise<void>;

const { sessions, memcached, installation, change, ...rest } = await openTestSessions();
let handle: Handler = async () => undefined;
const app = new Koa();
app.silent = true;
/** What stands before koaSessions() does before and after it. */
let before: Handler = async () => undefined;
let outer: Handler = async () => undefined;
app.use(async (context, next) => {
  await before(context as Parameters<Handler>[0]);
  await next();
  await outer(context as Parameters<Handler>[0]);
});
let user: (context: Koa.ParameterizedContext) => unknown = ({ query }) => query['user'];
app.use(koaSessions(sessions, { user: (context) => user(context) as string | undefined }));
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

test('looking sets no cookie; storing does, once; neither answer is kept by caches', async () => {
  const visitor = visitorOf(async (context) => {
    context.body = String((await context.session()).get('n', 'none'));
  });
  const looked = await visitor.ask('/');
  assert.deepEqual([looked.text, looked.headers['set-cookie']], ['none', undefined]);
  handle = counting;
  const stored = await visitor.ask('/');
  assert.match(
    stored.headers['set-cookie']?.[0] ?? '',
    /^__Host-browser_id_[0-9a-f]{8}=\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  assert.match(String((await visitor.ask('/')).headers['set-cookie']), /^browser_id_[0-9a-f]{8}=; /, 'its plain twin');
  const again = await visitor.ask('/');
  assert.equal(again.headers['set-cookie'], undefined);
  for (const { headers } of [looked, stored, again]) assert.equal(headers['cache-control'], 'no-store');
});

test('who drops Secure cookies on this machine has a session, too, and loses nothing of the first request', async () => {
  handle = counting;
  const visitor = new DroppingVisitor({ port });
  for (const n of ['1', '2', '3']) assert.equal((await visitor.ask('/')).text, n);
  assert.match([...visitor.cookies.keys()].join(), /^browser_id_[0-9a-f]{8}$/);
  const proxied = new DroppingVisitor({ port });
  await proxied.ask('/', { headers: { 'x-forwarded-for': '192.0.2.7' } });
  assert.equal(proxied.browserId, '', 'who comes through a proxy may be on another machine');
});

test('an application asks for the id of the browser, and has it forgotten, without reading a session', async () => {
  const seen: unknown[] = [];
  const visitor = visitorOf(async (context) => {
    const browser = await context.browser();
    seen.push(browser.hasId, browser.getId(), browser.source);
    if (context.query['flush'] !== undefined) browser.flushCookie();
    context.body = 'seen';
  });
  const sent = await commands();
  await visitor.ask('/');
  const [id = ''] = visitor.browserId.split('.');
  await visitor.ask('/?flush');
  assert.deepEqual(seen, [false, id, 'new', true, id, 'cookie']);
  assert.equal(visitor.browserId, '');
  assert.equal(await commands(), sent);
  let late: CurrentBrowser | undefined;
  handle = async (context) => void (late = await context.browser());
  await visitor.ask('/');
  assert.throws(() => late?.getId(), SessionAlreadyWritten, 'the request is over');
});

test('an answer that sets the cookie is kept by no cache, whatever its handler says', async () => {
  const visitor = visitorOf(async (context) => {
    context.set('cache-control', 'public, max-age=60');
    await counting(context);
  });
  for (const which of ['sets it', 'takes its plain twin away'])
    assert.equal((await visitor.ask('/')).headers['cache-control'], 'no-store', which);
  assert.equal((await visitor.ask('/')).headers['cache-control'], 'public, max-age=60');
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

const LATE: Readonly<Record<string, (session: Session) => unknown>> = {
  set: (session) => session.set('late', 1),
  setdefault: (session) => session.setdefault('late', 1),
  delete: (session) => session.delete('n'),
  pop: (session) => session.pop('n'),
  clear: (session) => session.clear(),
  update: (session) => session.update<number>('n', (n = 0) => n + 1),
  rotate: (session) => session.rotate(),
  invalidate: (session) => session.invalidate(),
};

function isRefused(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch (error) {
    return error instanceof SessionAlreadyWritten && /Change it before the handler returns/.test(error.message);
  }
}

test('a body that streams can read the session; every way to change it throws and changes nothing', async () => {
  const visitor = visitorOf(counting);
  await visitor.ask('/');
  for (const isAskedLate of [false, true]) {
    const refused: string[] = [];
    handle = async (context) => {
      const early = isAskedLate ? undefined : await context.session();
      early?.set('early', true);
      context.body = Readable.from(
        (async function* () {
          const session = early ?? (await context.session());
          for (const [name, change] of Object.entries(LATE)) if (isRefused(() => change(session))) refused.push(name);
          yield `n is ${String(session.get('n'))}`;
        })(),
      );
    };
    assert.equal((await visitor.ask('/')).text, 'n is 1');
    assert.deepEqual(refused, Object.keys(LATE));
  }
  handle = async (context) => {
    context.body = (await context.session()).toObject();
  };
  assert.deepEqual(JSON.parse((await visitor.ask('/')).text), { n: 1, early: true });
});

test('a stream that changes the session without catching is cut off, and the application is told why', async () => {
  const visitor = visitorOf(async (context) => {
    const session = await context.session();
    context.body = Readable.from(
      (async function* () {
        yield 'the beginning';
        session.set('late', 1);
      })(),
    );
  });
  const failed = once(app, 'error');
  await assert.rejects(visitor.ask('/'));
  assert.ok((await failed)[0] instanceof SessionAlreadyWritten);
});

test('middleware before koaSessions() that changes the session after the handler is told so', async () => {
  const visitor = visitorOf(counting);
  outer = async (context) => {
    (await context.session()).set('late', 1);
  };
  const failed = once(app, 'error');
  assert.equal((await visitor.ask('/')).status, 500);
  assert.ok((await failed)[0] instanceof SessionAlreadyWritten);
  handle = async () => {
    throw Object.assign(new Error('this handler fails'), { status: 418 });
  };
  outer = async () => undefined;
  assert.equal((await visitor.ask('/')).status, 418);
});

test('middleware that asks for the session where koaSessions() has not run yet is told so', async () => {
  const visitor = visitorOf(counting);
  await visitor.ask('/');
  before = async (context) => void (await context.session());
  const failed = once(app, 'error');
  assert.equal((await visitor.ask('/')).status, 500);
  assert.match(String((await failed)[0]), /koaSessions\(\) stands after what asks for a session/);
  before = async () => undefined;
});

test('an application that says something else than a name of who is signed in is told so', async () => {
  const named = user;
  for (const [given, what] of [
    [Promise.resolve('ada'), 'a promise'],
    [{ name: 'ada' }, 'an object'],
    [7, '7'],
  ] as const) {
    user = () => given;
    const failed = once(app, 'error');
    assert.equal((await visitorOf(counting).ask('/')).status, 500);
    const [error] = (await failed) as [Error];
    assert.equal(
      error.message,
      `koaSessions: the option 'user' gave ${what}. It must give a name, or null for nobody.`,
    );
  }
  user = named;
});

test('work that goes on after the answer is refused what it changes, also where the client or the handler gave up', async () => {
  for (const ends of ['answered', 'aborted', 'failed'] as const) {
    const visitor = visitorOf(counting);
    await visitor.ask('/');
    const kept = Promise.withResolvers<Session>();
    handle = async (context) => {
      const session = await context.session();
      kept.resolve(session);
      if (ends === 'aborted') context.res.destroy();
      if (ends === 'failed') context.throw(418);
      context.respond = false;
      context.res.end('sent');
    };
    await visitor.ask('/').catch((error: unknown) => assert.equal(ends, 'aborted', String(error)));
    const session = await kept.promise;
    // The next visitor's answer comes after the middleware has ended for this one.
    handle = counting;
    await visitor.ask('/');
    assert.ok(
      isRefused(() => session.set('late', 1)),
      ends,
    );
  }
});

test('a value changed in hand while the answer is sent is told of in the log', async () => {
  const visitor = visitorOf(async (context) => {
    (await context.session()).set('cart', ['tea']);
  });
  await visitor.ask('/');
  const told = mock.method(sessions, 'warnOfLateChange');
  for (const changesLate of [true, false]) {
    handle = async (context) => {
      const session = await context.session();
      const cart = session.get('cart') as string[];
      cart.push('cups');
      context.body = Readable.from(
        (async function* () {
          if (changesLate) cart.push('late');
          yield cart.join();
        })(),
      );
    };
    await visitor.ask('/some/path');
  }
  handle = async (context) => {
    context.body = Readable.from(
      (async function* () {
        const cart = (await context.session()).get('cart') as string[];
        cart.push('late');
        yield cart.join();
      })(),
    );
  };
  await visitor.ask('/asked/late');
  handle = async (context) => {
    context.body = (await context.session()).toObject();
  };
  assert.deepEqual(JSON.parse((await visitor.ask('/')).text), { cart: ['tea', 'cups', 'cups'] });
  assert.deepEqual(
    told.mock.calls.map(({ arguments: given }) => given),
    [
      ['/some/path', ['cart']],
      ['/asked/late', ['cart']],
    ],
  );
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

test('in the application, too, a session of a user of the tree ends with a new password of theirs', async () => {
  const body = { name: 'ina', password: 'violets under glass', roles: ['Manager'] };
  assert.equal((await installation.ask('POST', '/api/acl_users/@users', { body })).status, 201);
  const visitor = visitorOf(counting);
  const headers = { authorization: basic('ina', body.password) };
  const added = await installation.ask('POST', '/api/mcsdc/@test', { body: { items: 'n one' }, headers });
  assert.equal(added.status, 200, added.text);
  const [pair = ''] = String(added.cookies).split(';');
  const [name = '', value = ''] = pair.split('=');
  visitor.cookies.set(name, value);
  handle = async (context) => {
    context.body = String((await context.session()).get('n', 'nothing'));
  };
  assert.equal((await visitor.ask('/')).text, 'one');
  const password = { body: { password: 'roses in the rain' } };
  assert.equal((await installation.ask('PATCH', '/api/acl_users/@users/ina', password)).status, 200);
  assert.equal((await visitor.ask('/')).text, 'nothing');
});

test('one’s own new password leaves alone what a user of the application with that name has in the browser at hand', async () => {
  const kim = { name: 'kim', password: 'violets under glass', roles: ['Manager'] };
  assert.equal((await installation.ask('POST', '/api/acl_users/@users', { body: kim })).status, 201);
  const visitor = visitorOf(counting);
  for (const n of ['1', '2']) assert.equal((await visitor.ask('/?user=kim')).text, n);
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  assert.notEqual(cookie, '');
  const { status, cookies } = await installation.ask('PATCH', '/api/acl_users/@users/kim', {
    body: { password: 'roses in the rain' },
    headers: { authorization: basic('kim', kim.password), cookie },
  });
  assert.deepEqual([status, cookies], [200, []]);
  assert.equal((await visitor.ask('/?user=kim')).text, '3');
});

test('a user of the application is nobody of the same name here, whatever happens to that one', async () => {
  const body = { name: 'jo', password: 'violets under glass', roles: [] };
  assert.equal((await installation.ask('POST', '/api/acl_users/@users', { body })).status, 201);
  const visitor = visitorOf(counting);
  await visitor.ask('/?user=jo');
  const asJo = { headers: { authorization: basic('jo', body.password) } };
  const own = (await installation.ask('GET', '/api/@my-sessions', asJo)).json<OwnSessionsMessage>();
  assert.deepEqual(own.sessions, [], 'it is none of the sessions of the one here');
  const rows = (await installation.ask('GET', '/api/mcsdc/@sessions?filter=jo')).json<SessionsMessage>().sessions;
  const [{ key } = { key: '' }] = rows.filter(({ user }) => user === 'jo');
  const ending = { ...asJo, body: { container: '/mcsdc', key } };
  assert.equal((await installation.ask('POST', '/api/@my-sessions', ending)).status, 404, 'who cannot end it either');
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
