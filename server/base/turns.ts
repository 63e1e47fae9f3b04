/** Gives a turn back. Calling it again does nothing. */
export type Release = () => void;

interface Line {
  holder: object;
  readonly waiting: { readonly token: object; readonly start: () => void }[];
  timer: NodeJS.Timeout | undefined;
}

/**
 * One holder at a time for each key, first come first served. A holder that keeps others waiting for `passOnMs` loses
 * its turn, so a turn orders work that is also safe without one; it does not protect.
 */
export class Turns {
  readonly #lines = new Map<string, Line>();
  readonly #passOnMs: number;
  readonly #maxWaiting: number;

  constructor(passOnMs: number, maxWaiting: number) {
    this.#passOnMs = passOnMs;
    this.#maxWaiting = maxWaiting;
  }

  /** The turn if it is free right now. */
  tryTake(key: string): Release | undefined {
    if (this.#lines.has(key)) return undefined;
    const token = {};
    this.#lines.set(key, { holder: token, waiting: [], timer: undefined });
    return () => this.#pass(key, token);
  }

  /** Waits for the turn. `undefined`: too many are waiting already. */
  async take(key: string): Promise<Release | undefined> {
    const line = this.#lines.get(key);
    if (line === undefined) return this.tryTake(key);
    if (line.waiting.length >= this.#maxWaiting) return undefined;
    const token = {};
    await new Promise<void>((start) => {
      line.waiting.push({ token, start });
      this.#watch(key, line);
    });
    return () => this.#pass(key, token);
  }

  #pass(key: string, token: object): void {
    const line = this.#lines.get(key);
    if (line === undefined || line.holder !== token) return;
    clearTimeout(line.timer);
    line.timer = undefined;
    const next = line.waiting.shift();
    if (next === undefined) {
      this.#lines.delete(key);
      return;
    }
    line.holder = next.token;
    if (line.waiting.length > 0) this.#watch(key, line);
    next.start();
  }

  #watch(key: string, line: Line): void {
    line.timer ??= setTimeout(() => this.#pass(key, line.holder), this.#passOnMs);
  }
}
