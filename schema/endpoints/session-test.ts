import type { SessionItem } from './sessions.ts';
import type { Warning } from './objects.ts';

/** GET and POST /api/<container>/@test */
export interface TestMessage {
  readonly before: number;
  readonly after: number;
  /** Lines added by this request. */
  readonly count: number;
  /** `Before: 0;  after: 2; # items: 2`, with two spaces after the first semicolon. */
  readonly line: string;
  readonly session: readonly SessionItem[];
  /** `null` while the caller has no session here. */
  readonly about: SessionAbout | null;
  /** The server that holds the session; `null` where it is kept in process memory or there is none. */
  readonly server: string | null;
  readonly tookMs: number;
  readonly warnings: readonly Warning[];
  /** Why the caller's session cannot be seen by this interface; empty where it can. */
  readonly unseen: string;
}

export interface SessionAbout {
  readonly created: string;
  readonly lastAccess: string;
  readonly expires: string | null;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly places: readonly string[];
}

/** POST /api/<container>/@test */
export interface TestRequest {
  readonly items: string;
}

/** POST /api/<container>/@own `{action, key?}`: the caller's own session in this container. Answers like @test. */
export interface OwnSessionRequest {
  readonly action: 'remove' | 'clear' | 'invalidate' | 'rotate';
  readonly key?: string;
}
