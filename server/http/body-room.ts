import { Unavailable } from '../base/errors.ts';

/** Room in memory for bodies that are being read, in all requests together; who finds none is told to come back. */
export class BodyRoom {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** What is small is taken even where there is no room. */
  take(bytes: number, isSmall: boolean): void {
    if (bytes > this.#free && !isSmall)
      throw new Unavailable('More is being sent to this server than it has room for. Try again soon.', {
        audience: 'anybody',
      });
    this.#free -= bytes;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }
}
