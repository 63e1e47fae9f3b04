import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, describe, mock, test } from 'node:test';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type session from 'express-session';
import { MemoryStore, type Session, type SessionData, type SessionOptions } from 'express-session';
import fc from 'fast-check';
import { ExpressSessionStore } from './express-session.ts';
import { assertAlike, openTestSessions, VisitedApplication, type Step } from './testing.ts';

const { sessions, ...rest } = await openTestSessions();
after(() => rest[Symbol.asyncDispose]());

const require = createRequire(import.meta.url);
const DAY_MS = 86_400_000;
const LOOK = { steps: [], cookie: 0 };

/** What a handler does with its session, one after the other. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('set'), fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 3 })) },
  fc.tuple(fc.constant('nest'), fc.constantFrom('a', 'n'), fc.constantFrom('x', 'y')),
  { weight: 2, arbitrary: fc.tuple(fc.constant('delete'), fc.constantFrom('a', 'b', 'n')) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('maxAge'), fc.constantFrom<unknown>(30 * DAY_MS, 3_600_000, null)) },
  fc.tuple(fc.constant('expires'), fc.constantFrom<unknown>(90 * DAY_MS, 2 * DAY_MS)),
  fc.tuple(fc.constantFrom('save', 'touch', 'reload', 'regenerate', 'destroy', 'null', 'stop')),
);

type Values = Session & Record<string, unknown>;

async function run(request: Request, response: Response, steps: readonly Step[]): Promise<void> {
  for (const [name, first, second] of steps) {
    const values = request.session as Values | null | undefined;
    if (values === null || values === undefined) return;
    if (name === 'set') values[first as string] = second;
    else if (name === 'nest')
      values[first as string] = { ...(values[first as string] as object), [second as string]: 1 };
    else if (name === 'delete') delete values[first as string];
    else if (name === 'big') values[first as string] = 1n;
    else if (name === 'large') values[first as string] = 'x'.repeat(300 * 1024);
    else if (name === 'maxAge') values.cookie.maxAge = first as number;
    else if (name === 'expires') values.cookie.expires = new Date(Date.now() + (first as number));
    else if (name === 'null') (request as { session: unknown }).session = null;
    else if (name === 'stop') throw Object.assign(new Error('the handler fails'), { status: 418 });
    else if (name === 'write') response.write('{');
    else if (name === 'end') response.end('}');
    else if (name === 'touch') values.touch();
    else await called((done) => values[name as 'save' | 'reload' | 'regenerate' | 'destroy'](done));
  }
}

/** A session that was never stored cannot be reloaded: that is an answer like others. */
function called(act: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve) => act(() => resolve()));
}

function told({ cookie, ...values }: SessionData): unknown {
  const { expires, originalMaxAge } = cookie;
  const hours = expires ? Math.round((new Date(expires).getTime() - Date.now()) / 3_600_000) : expires;
  return { values, hours, duration: originalMaxAge && Math.round(originalMaxAge / 1_000) };
}

/** All sessions are in the store that was there before, which it asks as the manual says. */
class StoreAfterAnother extends ExpressSessionStore {
  readonly #former = new MemoryStore();

  override get(...[sid, callback]: Parameters<ExpressSessionStore['get']>): void {
    super.get(sid, (error, found) => (error || found ? callback(error, found) : this.#former.get(sid, callback)));
  }

  override set(...[sid, data, callback]: Parameters<ExpressSessionStore['set']>): void {
    this.#former.set(sid, data, callback);
  }
}

async function start(
  version: string,
  makeStore: (of: typeof session) => session.Store,
  options: Partial<SessionOptions>,
  further: () => RequestHandler = () => (_, __, next) => next(),
): Promise<VisitedApplication> {
  const made = require(version) as typeof session;
  const app = express();
  app.use(made({ resave: false, saveUninitialized: false, secret: 'of tests', ...options, store: makeStore(made) }));
  app.use(further());
  app.use(async (request, response) => {
    const before = told(request.session);
    await run(request, response, JSON.parse(String(request.headers['steps'])) as Step[]);
    if (!response.headersSent && !response.writableEnded) response.json(before);
  });
  app.use(((error: { status?: number }, _, response, __) => {
    response.status(error.status ?? 500).end();
  }) as express.ErrorRequestHandler);
  return VisitedApplication.of(app.listen(0, '127.0.0.1'), 'connect.sid');
}

const OPTIONS: Readonly<Record<string, Partial<SessionOptions>>> = {
  'as it is recommended': {},
  'saved at each request': { resave: true, saveUninitialized: true },
  'rolling, of an hour': { rolling: true, cookie: { maxAge: 3_600_000 } },
  'destroyed where it is unset': { unset: 'destroy', cookie: { maxAge: 3_600_000 } },
};

for (const version of ['express-session-1.17', 'express-session-1.18', 'express-session']) {
  describe(version, () => {
    test('what is changed after the session was written, or begun without its cookie, is told of in the log', async () => {
      const told = mock.method(sessions, 'warnOfLateChange');
      const begun = mock.method(sessions, 'warnOfLateBeginning');
      const store = new ExpressSessionStore(sessions);
      using ours = await start(
        version,
        () => store,
        {},
        () => store.guard(),
      );
      const visits = (...steps: readonly Step[]) =>
        ours.visits([
          { steps: [['set', 'a', 1]], cookie: 0 },
          { steps, cookie: 0 },
        ]);
      await visits(['set', 'a', 2]);
      await visits(['maxAge', 3_600_000], ['write'], ['set', 'b', 2], ['end']);
      assert.deepEqual([told.mock.callCount(), begun.mock.callCount()], [0, 0], 'express-session writes at the end');
      await visits(['large', 'b']);
      assert.equal(told.mock.callCount(), 0, 'who was refused knows');
      await visits(['end'], ['set', 'c', 1]);
      await visits(['end'], ['big', 'd']);
      await visits(['regenerate'], ['set', 'a', 2], ['write'], ['set', 'b', 2], ['end']);
      assert.equal(begun.mock.callCount(), 0, 'it was begun in time');
      await ours.visits([{ steps: [['write'], ['set', 'b', 2], ['end']], cookie: 0 }]);
      assert.deepEqual(
        told.mock.calls.map(({ arguments: given }) => given),
        [
          ['/', ['c']],
          ['/', ['d']],
        ],
      );
      assert.equal(begun.mock.callCount(), 1);
      mock.restoreAll();
    });

    test('what is changed too late of a session that a former store has is told of, and nothing else of it', async () => {
      const told = mock.method(sessions, 'warnOfLateChange');
      const store = new StoreAfterAnother(sessions);
      const guard = store.guard();
      // What begins it, the former store was given.
      const guarded: RequestHandler = (request, response, next) =>
        request.headers.cookie === undefined ? next() : guard(request, response, next);
      using ours = await start(
        version,
        () => store,
        {},
        () => guarded,
      );
      await ours.visits([{ steps: [['set', 'a', 1]], cookie: 0 }, LOOK, LOOK]);
      assert.equal(told.mock.callCount(), 0, 'nobody changed it');
      await ours.visits([
        { steps: [['set', 'a', 1]], cookie: 0 },
        { steps: [['end'], ['set', 'b', 1]], cookie: 0 },
      ]);
      assert.deepEqual(
        told.mock.calls.map(({ arguments: given }) => given),
        [['/', ['b']]],
      );
      mock.restoreAll();
    });

    for (const [name, options] of Object.entries(OPTIONS)) {
      test(`${name}: whatever handlers do, a browser cannot tell the store from a MemoryStore`, async () => {
        using ours = await start(version, () => new ExpressSessionStore(sessions), options);
        using memory = await start(version, ({ MemoryStore }) => new MemoryStore(), options);
        await assertAlike(ours, memory, step);
      });
    }
  });
}
