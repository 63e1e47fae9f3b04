import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

const MINUTE_MS = 60_000;

/** Counts cookies that have the name of ours and were not signed here, and says so in the log once a minute at most. */
export class ForeignCookies {
  readonly #log: Pick<Log, 'warn'>;
  readonly #clock: Clock;
  /** By name. Names come from the tree, so they are few. */
  readonly #counts = new Map<string, number>();
  #saidAt = -Infinity;

  constructor(log: Pick<Log, 'warn'>, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  note(name: string): void {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (this.#clock() - this.#saidAt < MINUTE_MS) return;
    this.#saidAt = this.#clock();
    this.#log.warn(
      { name, count },
      'Cookies with the name of our browser ids come that were not signed here. If something else on this host name calls its ' +
        'cookies so, give the Browser Id Manager another name',
    );
  }
}
