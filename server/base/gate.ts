/** Lets a few through at once and some more wait. */
export class Gate {
  readonly #places: number;
  readonly #mostWaiting: number;
  readonly #refusal: () => Error;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  /** `refusal`: what is thrown where as many are waiting as may be. */
  constructor(places: number, mostWaiting: number, refusal: () => Error) {
    this.#places = places;
    this.#mostWaiting = mostWaiting;
    this.#refusal = refusal;
  }

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#inside >= this.#places) await this.#wait();
    else this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #wait(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) throw this.#refusal();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Who waits longest takes over the place. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#inside -= 1;
  }
}
