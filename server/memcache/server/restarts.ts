/** What a server said of the process that it is, and when, by `performance.now()`. */
interface Seen {
  readonly pid: string | undefined;
  readonly uptimeS: number;
  readonly at: number;
}

/** memcached tells its uptime in whole seconds of a clock that may lag. */
const GRAIN_MS = 3_000;

/** Knows from what a server says of itself, whenever it is asked, that it was restarted in between. */
export class Restarts {
  /** When it was last started anew since this process first asked it, in milliseconds since 1970. */
  lastAt: number | null = null;
  #seen: Seen | undefined;

  /** Whether memcached's `stats` are those of another process than before, or of the same one begun again. */
  note(stats: ReadonlyMap<string, string>, now: number, at = performance.now()): boolean {
    const uptimeS = Number(stats.get('uptime') ?? NaN);
    if (Number.isNaN(uptimeS)) return false;
    const before = this.#seen;
    const seen: Seen = { pid: stats.get('pid'), uptimeS, at };
    this.#seen = seen;
    if (before === undefined || !isYounger(before, seen)) return false;
    this.lastAt = now - uptimeS * 1_000;
    return true;
  }
}

/** What was there before as well is another of several servers behind one address. */
function isYounger(before: Seen, { pid, uptimeS, at }: Seen): boolean {
  const passedMs = at - before.at;
  const isShort = uptimeS < before.uptimeS || uptimeS * 1_000 + GRAIN_MS < before.uptimeS * 1_000 + passedMs;
  const isOther = pid !== before.pid || isShort;
  return isOther && uptimeS * 1_000 <= passedMs + GRAIN_MS;
}
