import type { IncomingMessage, ServerResponse } from 'node:http';
import { FrameworkSessions, type CookieRules, type Data, type KnownSession } from './framework-sessions.ts';
import { isSentInPieces, originOf, requireSessions, type Sessions } from './open-sessions.ts';

export * from './errors.ts';
export { openSessions, Sessions, type OpenSessionsOptions } from './open-sessions.ts';

/** What koa-session tells a store beside the session. Some versions leave some of it out. */
export interface KoaSessionCall {
  readonly ctx?: KoaContext;
  readonly changed?: boolean | undefined;
  readonly rolling?: boolean | undefined;
}

interface KoaContext {
  readonly ip: string;
  readonly req: IncomingMessage;
  readonly res?: ServerResponse;
  readonly path?: string;
  readonly body?: unknown;
  readonly respond?: boolean;
  readonly session?: object | null;
}

/** What one request knows. */
interface Request {
  /** By id: one that it read nothing of, or that it destroyed, is its own to begin. */
  readonly known: Map<string, KnownSession>;
  /** What it read or wrote last. */
  last: KnownSession | undefined;
}

/** The `store` option of koa-session. */
export interface KoaSessionStore {
  get(sid: string, maxAge?: unknown, call?: KoaSessionCall): Promise<Record<string, unknown> | undefined>;
  set(sid: string, session: object, maxAge?: unknown, call?: KoaSessionCall): Promise<void>;
  destroy(sid: string, call?: KoaSessionCall): Promise<void>;
}

const RULES: CookieRules = {
  ownKeys: ['_expire', '_maxAge', '_session'],
  expiresOf: ({ _expire, _session }) => (typeof _expire === 'number' && _session !== true ? _expire : null),
  withoutExpiry: ({ _expire, ...others }) => others,
};

/** Keeps the sessions of koa-session where the tree says: `session({ store: koaSessionStore(sessions) }, app)`. */
export function koaSessionStore(sessions: Sessions): KoaSessionStore {
  const kept = new FrameworkSessions(requireSessions('koaSessionStore', sessions), RULES);
  const requests = new WeakMap<KoaContext, Request>();
  const requestOf = ({ ctx }: KoaSessionCall): Request => {
    const seen = ctx && requests.get(ctx);
    if (seen !== undefined) return seen;
    const request: Request = { known: new Map(), last: undefined };
    if (ctx !== undefined) {
      requests.set(ctx, request);
      ctx.res?.once('close', () => {
        if (isSentInPieces(ctx) && ctx.session) kept.tellOfLateChanges(ctx.path ?? '', ctx.session, request.last?.seen);
      });
    }
    return request;
  };
  const remember = (sid: string, call: KoaSessionCall, found: KnownSession) => {
    const request = requestOf(call);
    request.known.set(sid, found);
    request.last = found;
  };
  return {
    async get(sid, _, call = {}) {
      const found = await sessions.withHttpErrors(kept.find(sid));
      if (found === undefined) return undefined;
      remember(sid, call, found);
      return structuredClone(found.seen);
    },
    // `changed` is no help: it is false where a handler set `maxAge`, called `save`, or a `beforeSave` changed something.
    async set(sid, session, maxAge, call = {}) {
      // Versions below 6.1 do not say whose call it is.
      const found = call.ctx === undefined ? undefined : (requestOf(call).known.get(sid) ?? null);
      const origin = originOf(call.ctx?.ip, call.ctx?.req.headers['user-agent'], null);
      const now = await sessions.withHttpErrors(kept.save(sid, withExpiry(session, maxAge), found, origin));
      if (now !== undefined) remember(sid, call, now);
    },
    async destroy(sid, call = {}) {
      await sessions.withHttpErrors(kept.destroy(sid));
      const request = requestOf(call);
      request.known.delete(sid);
      request.last = undefined;
    },
  };
}

/** koa-session writes the end into the data; whoever calls a store without it says how long in `maxAge`. */
function withExpiry(session: object, maxAge: unknown): Data {
  const data = session as Data;
  const isSaid = '_expire' in data || '_session' in data || typeof maxAge !== 'number';
  return isSaid ? data : { ...data, _expire: Date.now() + maxAge };
}
