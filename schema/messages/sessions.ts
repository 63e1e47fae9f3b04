import type { Warning } from './objects.ts';

export interface SessionItem {
  readonly key: string;
  /** As text for the eye; obscured where the key speaks of a secret. */
  readonly value: string;
  readonly type: string;
  readonly bytes: number;
  readonly obscured: boolean;
}

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

/** GET /api/<container>/@sessions?offset&limit&sort&order&filter */
export interface SessionsMessage {
  readonly sessions: readonly SessionRow[];
  readonly total: number;
  /** How many the filter lets through. */
  readonly matching: number;
  /** Used within the last five minutes. */
  readonly active: number;
  /** `null` where there is none. */
  readonly meanBytes: number | null;
  readonly largestBytes: number | null;
  /** The first 100 records that cannot be opened: each may be somebody's session, and can be ended. */
  readonly unopened: readonly UnopenedRow[];
  /** What can be seen here and what cannot, in sentences. */
  readonly source: string;
  /** Addresses of servers that could not be listed: with any, no session need not mean that there is none. */
  readonly unreachable: readonly string[];
  /** Everything that is kept here could be seen: none listed means none there. */
  readonly complete: boolean;
  readonly checked: string;
}

export interface SessionRow {
  /** Names the session in lists; it is not the browser id, and opens nothing. */
  readonly key: string;
  /** `null`: nobody was signed in. */
  readonly user: string | null;
  readonly started: string;
  readonly lastSeen: string;
  /** When it ends if nobody uses it again; `null`: never. */
  readonly expires: string | null;
  readonly bytes: number;
  readonly address: string;
  readonly browser: string;
  /** `null` where it is kept in process memory. */
  readonly server: string | null;
  readonly copies: readonly string[];
}

/** A record that cannot be opened, and why, in a sentence. */
export interface UnopenedRow extends Pick<SessionRow, 'key' | 'expires' | 'bytes' | 'server' | 'copies'> {
  readonly why: string;
}

/** GET /api/<container>/@sessions/<key> */
export interface SessionMessage extends SessionRow {
  readonly items: readonly SessionValue[];
}

/** An item of somebody's session. `obscured`: there is something in it that only POST …/@reveal shows. */
export interface SessionValue extends SessionItem {
  readonly json: string;
}

/** POST /api/<container>/@reveal. Answers with a SessionValue. */
export interface RevealRequest {
  readonly key: string;
  readonly item: string;
}

/** POST /api/<container>/@sessions/@end: all sessions, or all of a user. */
export interface EndSessionsRequest {
  readonly user?: string;
}

export interface EndedSessions {
  /** How many were known; `null` where not all could be seen. */
  readonly known: number | null;
}
