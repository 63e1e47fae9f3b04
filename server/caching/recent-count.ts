const MINUTES = 15;
const MINUTE_MS = 60_000;

/** Counts what happens, and says how much of it was within the last quarter of an hour, to the minute. */
export class RecentCount {
  readonly #minutes = new Uint32Array(MINUTES);
  /** The last minute that is counted in. */
  #minute = 0;

  add(now: number): void {
    this.#goOnTo(now);
    this.#minutes[this.#minute % MINUTES]! += 1;
  }

  at(now: number): number {
    this.#goOnTo(now);
    return this.#minutes.reduce((sum, count) => sum + count, 0);
  }

  /** Forgets the minutes that are over. A clock that is set back counts on in the same minute. */
  #goOnTo(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute - this.#minute >= MINUTES) this.#minutes.fill(0);
    else for (let each = this.#minute + 1; each <= minute; each += 1) this.#minutes[each % MINUTES] = 0;
    this.#minute = Math.max(this.#minute, minute);
  }
}
