import type { IncomingMessage, ServerResponse } from 'node:http';
import session from 'express-session';
import type { Session, SessionData } from 'express-session';
import { Unavailable } from '../base/errors.ts';
import { FrameworkSessions, plain, type CookieRules, type Data, type KnownSession } from './framework-sessions.ts';
import { originOf, requireSessions, SessionsClosed, type Sessions } from './open-sessions.ts';
import type { SessionRefusal } from './refusal.ts';

export * from './errors.ts';
export { openSessions, Sessions, type OpenSessionsOptions } from './open-sessions.ts';

type Callback<Value = void> = (error?: unknown, value?: Value) => void;
type Guarded = IncomingMessage & { session?: unknown };

const PROBE_MS = 100;

const RULES: CookieRules = {
  ownKeys: ['cookie'],
  expiresOf: (data) => {
    // `false` and no date at all: the cookie ends with the browser.
    const time = new Date((cookieOf(data)['expires'] || NaN) as string | number).getTime();
    return Number.isNaN(time) ? null : time;
  },
  withoutExpiry: (data) => ({ ...data, cookie: { ...cookieOf(data), ...durationIn(cookieOf(data)), expires: null } }),
};

/**
 * Keeps the sessions of express-session where the tree says:
 * `app.use(session({ store: new ExpressSessionStore(sessions), … }))`.
 */
export class ExpressSessionStore extends session.Store {
  readonly #sessions: Sessions;
  readonly #kept: FrameworkSessions;
  /** By the data that `get` gave, then by the session that express-session made of it. */
  readonly #found = new WeakMap<object, KnownSession>();
  /** As a session was that is in another store, which a class made of this one asks. */
  readonly #elsewhere = new WeakMap<object, Data>();
  /** Sessions that could not be written: whoever changed them was told. */
  readonly #refused = new WeakSet<object>();
  #isGuarded = false;
  #outage: SessionRefusal | undefined;

  constructor(sessions: Sessions) {
    super();
    this.#sessions = requireSessions('new ExpressSessionStore', sessions);
    this.#kept = new FrameworkSessions(sessions, RULES);
  }

  /**
   * Middleware to use right after express-session's. While no server answers, express-session goes on without a session
   * ("disconnect"): with this, a handler that asks for `req.session` then gets the 503 it would have got, and a page
   * without need of it is answered as always. Without it there are no events, and every visitor with a session gets 503.
   * It also tells in the log of sessions that were changed after they were written.
   */
  guard(): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
    if (!this.#isGuarded)
      this.#sessions.closed.addEventListener('abort', () => this.#beginOutage(new SessionsClosed()));
    this.#isGuarded = true;
    return (request: Guarded, response, next) => {
      const outage = this.#outage;
      if (request.session !== undefined) response.once('finish', () => this.#tellOfLateChanges(request));
      else if (outage !== undefined) refuseSession(request, outage);
      next();
    };
  }

  override get(sid: string, callback: Callback<SessionData | null>): void {
    const get = async () => {
      const found = await this.#kept.find(sid);
      if (found === undefined) return null;
      const data = structuredClone(found.seen) as unknown as SessionData;
      this.#found.set(data, found);
      return data;
    };
    this.#answer(get(), callback);
  }

  override createSession(request: Parameters<session.Store['createSession']>[0], data: SessionData) {
    const found = this.#found.get(data);
    const made = super.createSession(request, data);
    if (found !== undefined) this.#found.set(made, found);
    else if (this.#isGuarded) this.#elsewhere.set(made, plain(made));
    return made;
  }

  override set(sid: string, data: SessionData, callback?: Callback): void {
    const found = this.#found.get(data) ?? (isOfRequest(data) ? null : undefined);
    if (found === null) this.#tellOfLateBeginning(sid, data);
    const set = async () => {
      const now = await this.#kept.save(sid, data, found, originOfSession(data));
      if (now !== undefined) this.#found.set(data, now);
    };
    const setting = set();
    setting.catch(() => this.#refused.add(data));
    this.#answer(setting, callback);
  }

  override touch(sid: string, data: SessionData, callback?: Callback): void {
    this.#answer(this.#kept.touch(sid, data, this.#found.get(data), originOfSession(data)), callback);
  }

  override destroy(sid: string, callback?: Callback): void {
    this.#answer(this.#kept.destroy(sid), callback);
  }

  /** Every session, as a list: which ids they belong to is not stored. */
  override all(callback: Callback<SessionData[]>): void {
    this.#answer(this.#kept.all() as Promise<unknown> as Promise<SessionData[]>, callback);
  }

  override length(callback: Callback<number>): void {
    const length = this.#kept.all().then((all) => all.length);
    this.#answer(length, callback);
  }

  /** Ends every session in the container, other applications' too. */
  override clear(callback?: Callback): void {
    this.#answer(this.#sessions.endAll(), callback);
  }

  #tellOfLateChanges({ session: data, url = '' }: Guarded): void {
    if (typeof data !== 'object' || data === null || this.#refused.has(data)) return;
    this.#kept.tellOfLateChanges(pathIn(url), data, this.#found.get(data)?.seen ?? this.#elsewhere.get(data));
  }

  /** express-session stores it all the same. */
  #tellOfLateBeginning(sid: string, data: SessionData): void {
    const { res, url = '' } = requestOf(data) ?? {};
    const isTold = String(res?.getHeader('set-cookie') ?? '').includes(encodeURIComponent(sid));
    if (res?.headersSent === true && !isTold) this.#sessions.warnOfLateBeginning(pathIn(url));
  }

  /** Outside the promise, so that a callback that throws is not called a second time. */
  #answer<Value>(work: Promise<Value>, callback: Callback<Value> | undefined): void {
    const failed = (error: unknown) => {
      if (this.#isGuarded && error instanceof Unavailable) void this.#noticeOutage(error);
      process.nextTick(() => callback?.(this.#sessions.httpErrorOf(error)));
    };
    work.then((value) => process.nextTick(() => callback?.(null, value)), failed);
  }

  /** One server of several that fails is no outage: sessions on the others are to be had. */
  async #noticeOutage(error: Unavailable): Promise<void> {
    if (this.#outage !== undefined || !(await this.#isOut()) || this.#outage !== undefined) return;
    this.#beginOutage(error);
    this.#probeLater();
  }

  #beginOutage(error: Unavailable): void {
    this.#outage = this.#sessions.httpErrorOf(error) as SessionRefusal;
    this.emit('disconnect', error);
  }

  #probeLater(): void {
    setTimeout(() => void this.#probe(), PROBE_MS).unref();
  }

  async #probe(): Promise<void> {
    const isReachable = await this.#isReachable();
    if (this.#sessions.closed.aborted) return;
    if (!isReachable) return this.#probeLater();
    this.#outage = undefined;
    this.emit('connect');
  }

  /** What is known by now is not asked again: meanwhile every request of a browser with a session would be refused. */
  async #isOut(): Promise<boolean> {
    const container = await this.#sessions.container().catch(() => undefined);
    return container === undefined || container.isDown || !(await this.#isReachable());
  }

  async #isReachable(): Promise<boolean> {
    try {
      const servers = await (await this.#sessions.container()).servers();
      return servers.length === 0 || servers.some(({ up }) => up);
    } catch {
      return false;
    }
  }
}

function cookieOf(data: Data): Data {
  return (data['cookie'] ?? {}) as Data;
}

/** express-session measures the duration anew at each use, and may find a millisecond less. */
function durationIn({ originalMaxAge: ms }: Data): Data {
  return typeof ms === 'number' ? { originalMaxAge: Math.ceil(ms / 1_000) } : {};
}

function refuseSession(request: Guarded, outage: SessionRefusal): void {
  Object.defineProperty(request, 'session', {
    configurable: true,
    get() {
      throw outage;
    },
  });
}

/** Whether express-session made it for a request: then it either read what is there, or begins it. */
function isOfRequest(data: SessionData): boolean {
  return 'req' in data;
}

/** Express tells a request its response. */
type ExpressRequest = IncomingMessage & { readonly ip?: string; readonly res?: ServerResponse };

/** A session of express-session knows its request. */
function requestOf(data: SessionData): ExpressRequest | undefined {
  return (data as Session & { req?: ExpressRequest }).req;
}

function pathIn(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function originOfSession(data: SessionData) {
  const req = requestOf(data);
  return originOf(req?.ip ?? req?.socket?.remoteAddress, req?.headers?.['user-agent'], null);
}
