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
  /** What each request read, and under which id. */
  const reads = new WeakMap<object, { readonly sid: string; readonly found: Found }>();
  const remember = (sid: string, { ctx }: KoaSessionCall, found: Found | undefined) => {
    if (ctx !== undefined && found !== undefined) reads.set(ctx, { sid, found });
  };
  const readBy = (sid: string, { ctx }: KoaSessionCall) => {
    const read = ctx === undefined ? undefined : reads.get(ctx);
    return read?.sid === sid ? read.found : undefined;
  };
  return {
    async get(sid, _, call = {}) {
      const found = await httpErrors(kept.find(sid));
      remember(sid, call, found);
      return found === undefined ? undefined : structuredClone(found.seen);
    },
    async set(sid, session, maxAge, call = {}) {
      const data = withExpiry(session, maxAge);
      const found = readBy(sid, call);
      const origin = originOf(call.ctx?.ip, call.ctx?.req.headers['user-agent'], null);
      // A rolling session that was not changed: only how long it is good is new.
      if (call.changed === false && found !== undefined) return httpErrors(kept.touch(sid, data, found, origin));
      remember(sid, call, await httpErrors(kept.save(sid, data, found, origin)));
    },
    async destroy(sid) {
      await httpErrors(kept.destroy(sid));
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
