/** Lets so many go on in each turn of the event loop, first come first served, so that others are answered in between. */
export class Pace {
  readonly #eachTurn: number;
  readonly #waiting: (() => void)[] = [];

  constructor(eachTurn: number) {
    this.#eachTurn = eachTurn;
  }

  next(): Promise<void> {
    return new Promise((goOn) => {
      if (this.#waiting.push(goOn) === 1) setImmediate(this.#letSome);
    });
  }

  readonly #letSome = (): void => {
    for (const goOn of this.#waiting.splice(0, this.#eachTurn)) goOn();
    if (this.#waiting.length > 0) setImmediate(this.#letSome);
  };
}
