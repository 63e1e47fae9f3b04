/** How much goes a way just now. */
export interface Flow {
  readonly perSecond: number;
  /** In the last seconds. */
  readonly errors: number;
  /** What went well, in the same seconds. */
  readonly answers: number;
  /** How long one takes, in the mean; `null` where there was none. */
  readonly latencyMs: number | null;
}

interface Counted {
  readonly at: number;
  readonly done: number;
  readonly failed: number;
  readonly micros: number;
}

/** Whoever looks every few seconds is told of the last ten. */
const LONGEST_MS = 10_500;
const SHORTEST_MS = 1_000;

/** What went a way since this process began: whole numbers, so that counting costs nothing. */
export class Traffic {
  #done = 0;
  #failed = 0;
  #micros = 0;
  #looks: readonly Counted[] = [];

  /** Something is over, well or not. */
  note(tookMs: number, isFailed = false): void {
    this.#done += 1;
    if (isFailed) this.#failed += 1;
    this.#micros += Math.round(tookMs * 1_000);
  }

  /** Since a look of the last seconds, whoever looked; `undefined` where nobody did: then it is known at the next. */
  look(now = performance.now()): Flow | undefined {
    const recent = this.#looks.filter(({ at }) => now - at <= LONGEST_MS);
    const counted: Counted = { at: now, done: this.#done, failed: this.#failed, micros: this.#micros };
    const isNew = now - (recent.at(-1)?.at ?? -Infinity) >= SHORTEST_MS;
    this.#looks = isNew ? [...recent, counted] : recent;
    const [since] = recent;
    return since === undefined || now - since.at < SHORTEST_MS ? undefined : flowBetween(since, counted);
  }
}

function flowBetween(since: Counted, until: Counted): Flow {
  const done = until.done - since.done;
  const errors = until.failed - since.failed;
  return {
    perSecond: (done / (until.at - since.at)) * 1_000,
    errors,
    answers: done - errors,
    latencyMs: done === 0 ? null : (until.micros - since.micros) / done / 1_000,
  };
}
