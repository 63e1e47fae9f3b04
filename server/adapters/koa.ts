import type { DefaultState, Middleware, ParameterizedContext } from 'koa';
import type { SessionContainer } from '../sessions/container.ts';
import { CurrentBrowser } from '../sessions/current-browser.ts';
import { SessionTransaction } from '../sessions/session-transaction.ts';
import type { Session } from '../sessions/session.ts';
import { isSentInPieces, originOf, requireSessions, type Sessions } from './open-sessions.ts';
import { checkOptions, KOA_SESSIONS, nameFrom } from './options.ts';

export * from './errors.ts';
export { openSessions, Sessions, type OpenSessionsOptions } from './open-sessions.ts';
export type { CurrentBrowser } from '../sessions/current-browser.ts';
export { SessionAlreadyWritten, type Session } from '../sessions/session.ts';

/** What the middleware adds to a Koa context. */
export interface SessionContext {
  /** The browser's session, read at the first call and the same at each: `const session = await ctx.session()`. */
  session(): Promise<Session>;
  /** The browser: which id it has, from where, and that it is to forget it. Asking reads no session. */
  browser(): Promise<CurrentBrowser>;
}

export interface KoaSessionsOptions {
  /** Who is signed in, for the list of sessions; without it, nobody is. */
  readonly user?: (context: ParameterizedContext) => string | null | undefined;
}

/**
 * Koa middleware that gives requests the session of their browser. Nothing is read before a handler asks, and what it
 * changed is stored before the response leaves; a handler that throws, or answers 500 or more, stores nothing. What comes
 * after that (a body that streams, work that goes on, middleware before this one) can read the session: to change it throws.
 */
export function koaSessions(
  sessions: Sessions,
  options: KoaSessionsOptions = {},
): Middleware<DefaultState, SessionContext> {
  requireSessions('koaSessions', sessions);
  checkOptions('koaSessions', KOA_SESSIONS, options);
  return (context, next) => {
    addSessionTo(context.app.context);
    const request = new RequestSession(sessions, context, options);
    (context as Carrying)[REQUEST] = request;
    return next().then(
      () => request.finish(),
      (error: unknown) => request.abort(error),
    );
  };
}

const REQUEST = Symbol('the session of this request');
type Carrying = { [REQUEST]?: RequestSession };
const prepared = new WeakSet<object>();

/**
 * Gives all contexts of an application their `session`, once. A function of its own in each context would be remembered
 * with what it refers to, request after request, until the old generation of the heap is collected.
 */
function addSessionTo(prototype: object): void {
  if (prepared.has(prototype)) return;
  prepared.add(prototype);
  const requestOf = ({ [REQUEST]: request }: Carrying): RequestSession => {
    if (request === undefined) throw new Error('koaSessions() stands after what asks for a session. Use it before.');
    return request;
  };
  async function session(this: Carrying): Promise<Session> {
    return requestOf(this).session();
  }
  async function browser(this: Carrying): Promise<CurrentBrowser> {
    return requestOf(this).browser();
  }
  for (const value of [session, browser])
    Object.defineProperty(prototype, value.name, { value, configurable: true, writable: true });
}

/** What a request has from its first question on. */
interface Begun {
  readonly use: SessionTransaction;
  readonly container: SessionContainer;
}

/** The session of one request, from its first use to its end. */
class RequestSession {
  readonly #sessions: Sessions;
  readonly #context: ParameterizedContext;
  readonly #options: KoaSessionsOptions;
  #beginning: Promise<Begun> | undefined;
  #opening: Promise<Session> | undefined;
  #isOver = false;

  constructor(sessions: Sessions, context: ParameterizedContext, options: KoaSessionsOptions) {
    this.#sessions = sessions;
    this.#context = context;
    this.#options = options;
  }

  session(): Promise<Session> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async browser(): Promise<CurrentBrowser> {
    return new CurrentBrowser((await this.#begin()).use);
  }

  /** Stores what the handler changed. One that caught the error went on without a session: there is nothing to store. */
  finish(): Promise<void> | undefined {
    this.#isOver = true;
    return this.#beginning?.then(
      ({ use }) => this.#finish(use),
      () => undefined,
    );
  }

  async abort(error: unknown): Promise<never> {
    this.#isOver = true;
    await this.#opening?.catch(() => undefined);
    const begun = await this.#beginning?.catch(() => undefined);
    begun?.use.abort();
    throw error;
  }

  async #finish(use: SessionTransaction): Promise<void> {
    const isMissing = (await this.#opening?.catch(() => null)) === null;
    if (!isMissing || use.hasNewId) await this.#store(use);
  }

  async #store(use: SessionTransaction): Promise<void> {
    const context = this.#context;
    if (context.status >= 500) return use.abort();
    await this.#sessions.withHttpErrors(use.commit());
    const { setCookies } = use;
    if (use.hasNewId && context.headerSent) {
      await use.undo();
      throw new Error(
        'The handler sent its headers itself, so the browser id cookie came too late: nothing was stored.',
      );
    }
    use.announce();
    if (isSentInPieces(context)) watch(context, use, this.#sessions);
    if (context.headerSent) return;
    if (setCookies.length > 0) context.append('set-cookie', [...setCookies]);
    // A copy that somebody keeps would give this browser's id to the next.
    if (setCookies.length > 0 || !context.res.hasHeader('cache-control')) context.set('cache-control', 'no-store');
  }

  async #open(): Promise<Session> {
    const { use, container } = await this.#begin();
    return this.#sessions.withHttpErrors(use.open(container));
  }

  #begin(): Promise<Begun> {
    this.#beginning ??= this.#sessions.withHttpErrors(this.#beginOnce());
    return this.#beginning;
  }

  async #beginOnce(): Promise<Begun> {
    const context = this.#context;
    const { user } = this.#options;
    const { container, browserIds, cookie } = await this.#sessions.forBrowser(context);
    const use = new SessionTransaction({
      browserIds,
      cookie,
      cookieHeader: context.req.headers.cookie,
      origin: originOf(context.ip, context.req.headers['user-agent'], nameFrom(user?.(context))),
      mayRerun: false,
      reruns: 0,
    });
    // Nobody stores it any more: it is there to be looked at.
    if (this.#isOver) {
      use.abort();
      watch(context, use, this.#sessions);
    }
    return { use, container };
  }
}

/** Where the answer is still being sent, values that somebody has in hand may change: to be told of, if not to be stored. */
function watch(context: ParameterizedContext, use: SessionTransaction, sessions: Sessions): void {
  context.res.once('close', () => {
    const keys = use.changedSinceCommit();
    if (keys.length > 0) sessions.warnOfLateChange(context.path, keys);
  });
}
