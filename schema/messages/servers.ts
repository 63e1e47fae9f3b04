/** GET /api/<mcproxy>/@servers */
export interface ServersMessage {
  readonly servers: readonly ServerMessage[];
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
  readonly error: string | null;
  readonly downSince: string | null;
}
