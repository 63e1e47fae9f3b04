import { randomInt } from 'node:crypto';
import type { Clock } from '../base/clock.ts';

const EPOCH = Date.UTC(2026, 0, 1);
const PER_MS = 4096;

/**
 * New oids, in the order of time: milliseconds since 2026 and a counter, in 53 bits. The counter starts at random, so
 * that two processes rarely give the same; where they do, the second commit is a conflict and its request runs again.
 */
export class OidSource {
  readonly #clock: Clock;
  #counter = randomInt(PER_MS);
  #ms = 0;
  #givenInMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): number {
    // At least 1: small numbers are for objects that are the same in every tree, such as the root.
    const now = Math.max(1, this.#clock() - EPOCH);
    if (now > this.#ms) this.#begin(now);
    else if (this.#givenInMs === PER_MS) this.#begin(this.#ms + 1);
    this.#givenInMs++;
    this.#counter = (this.#counter + 1) % PER_MS;
    return this.#ms * PER_MS + this.#counter;
  }

  #begin(ms: number): void {
    this.#ms = ms;
    this.#givenInMs = 0;
  }
}
