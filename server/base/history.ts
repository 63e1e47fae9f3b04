/** What something was at a moment, by `performance.now()`, which never jumps. */
export interface Sample<Value> {
  readonly at: number;
  readonly value: Value;
}

export interface HistoryOptions<Value> {
  readonly take: () => Value | Promise<Value>;
  readonly everyMs: number;
  /** How far back samples are kept. */
  readonly spanMs: number;
  /** How long it goes on after the last look. */
  readonly restMs: number;
}

/**
 * What something was over the last minutes. Nothing is done that nobody asked for: the first look begins to take samples,
 * and some minutes after the last one it rests.
 */
export class History<Value> {
  readonly #options: HistoryOptions<Value>;
  #samples: readonly Sample<Value>[] = [];
  #lookedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #taking: Promise<void> | undefined;

  constructor(options: HistoryOptions<Value>) {
    this.#options = options;
  }

  /** Whether samples are being taken. */
  get isAwake(): boolean {
    return this.#timer !== undefined;
  }

  /** The samples, oldest first. There is one at least, unless it could not be taken. */
  async look(): Promise<readonly Sample<Value>[]> {
    this.#lookedAt = performance.now();
    if (!this.isAwake) {
      this.#timer = setInterval(() => this.#tick(), this.#options.everyMs).unref();
      this.#tick();
    }
    await this.#taking;
    return this.#samples;
  }

  /** Takes no more samples: what it is about is gone, or nobody looks. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    if (performance.now() - this.#lookedAt > this.#options.restMs) return this.end();
    this.#taking ??= this.#take().finally(() => (this.#taking = undefined));
  }

  async #take(): Promise<void> {
    try {
      const value = await this.#options.take();
      const at = performance.now();
      this.#samples = [...this.#samples.filter((sample) => at - sample.at <= this.#options.spanMs), { at, value }];
    } catch {
      // What could not be seen is a gap in what is shown; whoever asks for the thing itself is told why.
    }
  }
}

/**
 * How fast a counter rose, a second, up to each sample. `null` where that is not known: at the first one, where samples are
 * missing in between, and where it began again at zero.
 */
export function ratesOf(counter: readonly Sample<number | null>[], everyMs: number): readonly (number | null)[] {
  return counter.map(({ at, value }, index) => {
    const before = counter[index - 1];
    if (before === undefined || before.value === null || value === null) return null;
    const isGap = at - before.at > everyMs * 2.5;
    return isGap || value < before.value ? null : ((value - before.value) / (at - before.at)) * 1_000;
  });
}
