import type { IncomingMessage } from 'node:http';
import { FrameworkSessions, type CookieRules, type Data, type Found } from './framework-sessions.ts';
import { asHttpError, originOf, type Sessions } from './open-sessions.ts';

export { openSessions, Sessions, SessionsNotShared, type OpenSessionsOptions } from './open-sessions.ts';

/** What koa-session tells a store beside the session. Some versions leave some of it out. */
export interface KoaSessionCall {
  readonly ctx?: KoaContext;
  readonly changed?: boolean | undefined;
  readonly rolling?: boolean | undefined;
}

interface KoaContext {
  readonly ip: string;
  readonly req: IncomingMessage;
}

/** The `store` option of koa-session. */
export interface KoaSessionStore {
  get(sid: string, maxAge?: unknown, call?: KoaSessionCall): Promise<Record<string, unknown> | undefined>;
  set(sid: string, session: object, maxAge?: unknown, call?: KoaSessionCall): Promise<void>;
  destroy(sid: string, call?: KoaSessionCall): Promise<void>;
}

const RULES: CookieRules = {
  ownKeys: ['_expire', '_maxAge', '_session'],
  expiresOf: ({ _expire }) => (typeof _expire === 'number' ? _expire : null),
  withoutExpiry: ({ _expire, ...others }) => others,
};

/** Keeps the sessions of koa-session where the tree says: `session({ store: koaSessionStore(sessions) }, app)`. */
export function koaSessionStore(sessions: Sessions): KoaSessionStore {
  const kept = new FrameworkSessions(sessions, RULES);
  /** What each request knows, by id: an id that it read nothing of, or that it destroyed, is its own to begin. */
  const requests = new WeakMap<object, Map<string, Found>>();
  const knownTo = ({ ctx }: KoaSessionCall) => {
    const known = (ctx && requests.get(ctx)) ?? new Map<string, Found>();
    if (ctx !== undefined) requests.set(ctx, known);
    return known;
  };
  return {
    async get(sid, _, call = {}) {
      const found = await httpErrors(kept.find(sid));
      if (found === undefined) return undefined;
      knownTo(call).set(sid, found);
      return structuredClone(found.seen);
    },
    // `changed` is no help: it is false where a handler set `maxAge`, called `save`, or a `beforeSave` changed something.
    async set(sid, session, maxAge, call = {}) {
      const known = knownTo(call);
      // Versions below 6.1 do not say whose call it is.
      const found = call.ctx === undefined ? undefined : (known.get(sid) ?? null);
      const origin = originOf(call.ctx?.ip, call.ctx?.req.headers['user-agent'], null);
      const now = await httpErrors(kept.save(sid, withExpiry(session, maxAge), found, origin));
      if (now !== undefined) known.set(sid, now);
    },
    async destroy(sid, call = {}) {
      await httpErrors(kept.destroy(sid));
      knownTo(call).delete(sid);
    },
  };
}

/** koa-session writes the end into the data; whoever calls a store without it says how long in `maxAge`. */
function withExpiry(session: object, maxAge: unknown): Data {
  const data = session as Data;
  const isSaid = '_expire' in data || '_session' in data || typeof maxAge !== 'number';
  return isSaid ? data : { ...data, _expire: Date.now() + maxAge };
}

async function httpErrors<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw asHttpError(error);
  }
}
