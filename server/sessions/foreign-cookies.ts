import type { Log } from '../base/log.ts';
import { OnceAMinute } from '../base/once-a-minute.ts';

/** Counts cookies that have the name of ours and were not signed here, and says so in the log once a minute at most. */
export class ForeignCookies {
  readonly #log: Pick<Log, 'warn'>;
  readonly #pace = new OnceAMinute();

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log;
  }

  note(name: string): void {
    const alsoSince = this.#pace.isDue(name);
    if (alsoSince === undefined) return;
    this.#log.warn(
      { name, alsoSince },
      'A cookie with the name of our browser ids came that was not signed here. If something else on this host name calls its ' +
        'cookies so, give the Browser Id Manager another name',
    );
  }
}
