import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import express from 'express';
import expressSession from 'express-session';
import Koa from 'koa';
import koaSession from 'koa-session';
import { Visitor } from '../../e2e/support/applications/visitor.ts';
import { wordsForVisitors } from '../base/visitor-words.ts';
import { ExpressSessionStore } from './express-session.ts';
import { koaSessionStore } from './koa-session.ts';
import { koaSessions, type SessionContext } from './koa.ts';
import type { Sessions } from './open-sessions.ts';
import { openTestSessions } from './testing.ts';

/** What a handler that counts visits waits for at `/slow`, between reading its session and the end. */
type Waiting = () => Promise<void>;
type Visits = { visits?: number };
type HttpError = Error & { readonly status: number; readonly headers: Readonly<Record<string, string>> };

const APPLICATIONS: Readonly<Record<string, (sessions: Sessions, waiting: Waiting) => RequestListener>> = {
  koa(sessions, waiting) {
    const app = new Koa<Koa.DefaultState, SessionContext>();
    app.silent = true;
    app.use(koaSessions(sessions));
    app.use(async (context) => {
      const session = await context.session();
      if (context.path === '/slow') await waiting();
      context.body = String(session.update<number>('visits', (visits = 0) => visits + 1));
    });
    return app.callback() as RequestListener;
  },
  'koa-session'(sessions, waiting) {
    const app = new Koa();
    app.silent = true;
    app.keys = ['key'];
    app.use(koaSession({ store: koaSessionStore(sessions) }, app));
    app.use(async (context) => {
      const session = context.session as unknown as Visits;
      session.visits = (session.visits ?? 0) + 1;
      if (context.path === '/slow') await waiting();
      context.body = String(session.visits);
    });
    return app.callback() as RequestListener;
  },
  'express-session'(sessions) {
    const store = new ExpressSessionStore(sessions);
    const app = express();
    app.use(expressSession({ store, secret: 'key', resave: false, saveUninitialized: false }));
    app.use(store.guard());
    app.use((request, response, next) => {
      const session = request.session as typeof request.session & Visits;
      session.visits = (session.visits ?? 0) + 1;
      session.save((error) => (error ? next(error) : response.send(String(session.visits))));
    });
    const answer: express.ErrorRequestHandler = (
      { status, headers, message }: HttpError,
      _request,
      response,
      _next,
    ) => {
      response.status(status).set(headers).send(message);
    };
    app.use(answer);
    return app;
  },
};

for (const [name, make] of Object.entries(APPLICATIONS)) {
  test(`requests that need sessions after they were closed get 503 from ${name}, and new visitors no cookie`, async (t) => {
    await using opened = await openTestSessions();
    const { sessions } = opened;
    const waits = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const server: Server = createServer(
      make(sessions, () => {
        waits.resolve();
        return closed.promise;
      }),
    );
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const visitor = new Visitor({ port });
    assert.equal((await visitor.ask('/')).text, '1');
    // express-session saves once more after an answer that says so, and Express then cuts the connection.
    const underWay = name === 'express-session' ? undefined : visitor.ask('/slow');
    if (underWay !== undefined) await waits.promise;
    await sessions.close();
    closed.resolve();
    const late = await underWay;
    if (late !== undefined) assert.deepEqual([late.status, late.text], [503, CLOSED]);
    for (const each of [visitor, new Visitor({ port })]) {
      const { status, text, headers } = await each.ask('/');
      assert.deepEqual([status, text, headers['set-cookie']], [503, CLOSED, undefined]);
      assert.equal(headers['retry-after'], '1');
    }
  });
}

const CLOSED = wordsForVisitors(503).sentence;
