import { Unavailable } from '../../base/errors.ts';

/** Lets a few through at once and some more wait. */
export class Gate {
  readonly #places: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(places: number, mostWaiting: number) {
    this.#places = places;
    this.#mostWaiting = mostWaiting;
  }

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#inside < this.#places) {
      this.#inside++;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting)
      throw new Unavailable('Too many searches at once. Try again.', { audience: 'anybody' });
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Who waits longest takes over the place. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#inside--;
  }
}
