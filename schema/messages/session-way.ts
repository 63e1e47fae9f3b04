import type { FieldResult } from './forms.ts';

/** GET /api/<session data manager>/@chain: how a request finds its session. */
export interface ChainMessage {
  readonly boxes: readonly ChainBox[];
  readonly servers: readonly {
    readonly address: string;
    readonly state: FieldResult['state'];
    readonly text: string;
  }[];
  readonly on: boolean;
  /** `warn`: sessions are on, and servers that keep them do not answer. */
  readonly state: 'ok' | 'warn' | 'down';
  /** "Sessions are on", for whom they are not, or why they are off. */
  readonly text: string;
}

export interface ChainBox {
  /** `null` where nothing is there. */
  readonly path: string | null;
  readonly id: string;
  readonly type: string;
  readonly icon: string;
  readonly state: FieldResult['state'];
  readonly text: string;
  /** The property that leads on, and its value. */
  readonly leadsOn: { readonly property: string; readonly value: string } | null;
  /** Whether the way to the next box holds. */
  readonly holds: boolean;
}

/** POST /api/<session data manager>/@browser-check: sets a cookie for a minute, as browser ids are set; or two, where it may be dropped. */
export interface BrowserCheck {
  /** The browser id manager that says how. */
  readonly manager: string;
  /** The path below which browsers send the cookie. */
  readonly path: string;
  /** Which pages it thereby leaves without sessions, and what to do; empty where there are none. */
  readonly misses: string;
  /** To be asked next. */
  readonly address: string;
  /** Why browsers refuse the cookie at this address, and what to do; empty where nothing is known against it. */
  readonly reason: string;
  /** The settings are for another address of the site than this one. */
  readonly isElsewhere: boolean;
}

/** How the names of cookies end by which it is tried whether a browser sends its id back. */
export const PROBE_SUFFIX = '-probe';

/** GET <path>/@cookie-check: whether each cookie that the query names came with the request. */
export interface CookieCheck {
  readonly came: readonly boolean[];
}

export interface UnreachedContainer {
  readonly path: string;
  /** "4 live sessions". */
  readonly held: string;
}

/** GET /api/<folder>/@setup-sessions: what the set-up wizard finds there. */
export interface SetupMessage {
  /** The session data manager that it would point elsewhere; `null`: there is none here or further up, so it adds one. */
  readonly manager: string | null;
  /** The same for the browser id manager. */
  readonly browserIds: string | null;
  /** Where sessions are kept now: a path, or empty. */
  readonly container: string;
  /** What stays behind there: "12 live sessions". Empty: nothing. */
  readonly held: string;
  /** Other containers with live sessions, to which no session data manager leads. */
  readonly unreached: readonly UnreachedContainer[];
  /** Whether sessions are on now, for whoever uses the manager found here. */
  readonly on: boolean;
}

/** POST /api/<folder>/@setup-sessions: the set-up wizard. 201 with what was made. */
export interface SetupRequest {
  readonly servers: readonly string[];
  readonly proxyId: string;
  readonly containerId: string;
  readonly timeoutMinutes: number;
  /** Also where no server answers, so that sessions are off until one does. */
  readonly anyway?: boolean;
}

export interface SetupAnswer {
  readonly proxy: string;
  readonly container: string;
  readonly manager: string;
  readonly results: readonly FieldResult[];
}

/** Further members of the 422 (`no-server-answers`) that refuses a set-up of servers none of which answers. */
export interface SilentServers {
  /** Each server with what is wrong, as a sentence without its full stop. */
  readonly silent: readonly string[];
  /** What starts a memcached at the first of them. */
  readonly startCommand: string;
}
