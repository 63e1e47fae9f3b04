/** GET /api/<mcproxy>/@servers */
export interface ServersMessage {
  readonly servers: readonly ServerMessage[];
  /** Those that were taken out and may still hold something, newest first. */
  readonly former: readonly FormerServerMessage[];
  /** What to type on the server's machine when one refuses: a memcached fit for sessions. */
  readonly startCommand: string;
  readonly checked: string;
}

export interface ServerMessage {
  readonly address: string;
  readonly up: boolean;
  readonly latencyMs: number | null;
  readonly version: string | null;
  readonly uptimeS: number | null;
  readonly items: number | null;
  readonly bytes: number | null;
  readonly limitBytes: number | null;
  readonly hits: number | null;
  readonly misses: number | null;
  readonly evictions: number | null;
  /** Values that it refused because its memory was full. */
  readonly refusals: number | null;
  /** Whether it pushes out items when its memory is full; `false`: it was started with -M, and refuses new ones. */
  readonly evicts: boolean | null;
  /** `filling`: nine tenths are used. `evicting`, `refusing`: it was full, and this is what it did since it started. */
  readonly memory: 'ok' | 'filling' | 'evicting' | 'refusing';
  readonly connections: number | null;
  readonly clockDifferenceS: number | null;
  /** Whether that is more than processes and servers may differ by: sessions may end early or late. */
  readonly isClockOff: boolean;
  /** Whether connections to its address lead to several servers; `null` where that is not known. */
  readonly isSeveral: boolean | null;
  /** The address named before it that leads to the same server. */
  readonly sameAs: string | null;
  readonly error: string | null;
  readonly downSince: string | null;
}

/** A server that was taken out, while it is still asked for what is found nowhere else. */
export interface FormerServerMessage {
  readonly address: string;
  /** `silent`: whoever may have a session there is refused. `gone`: nobody listens there, so it holds nothing. */
  readonly state: 'answers' | 'silent' | 'gone';
  readonly error: string | null;
  readonly removed: string;
  /** Until when it is asked: as long as anything that it holds may live. */
  readonly until: string;
  /** What that means, as a sentence. */
  readonly text: string;
}

/** POST /api/<mcproxy>/@forget */
export interface ForgetServerRequest {
  readonly address: string;
}
