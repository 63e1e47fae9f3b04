import type { Clock } from '../../base/clock.ts';
import { backoffMs } from '../../base/backoff.ts';
import { REASONS, ServerUnreachable } from '../errors.ts';

/**
 * How one server stands. `up`: in use. `suspect`: a connection broke; the next operation opens another and waits for it.
 * `down`: it did not answer, or refused; operations fail at once, and one probe at a time looks whether it is back.
 */
type State = 'up' | 'suspect' | 'down';

const FIRST_BACKOFF_MS = 8;
/** Chance makes it up to half as long again: 200 ms at most. */
const LONGEST_BACKOFF_MS = 133;
/** So many connections may break, one after the other and without one answer between, before a server counts as down. */
const MAX_LOSSES = 10;
/** An older verdict is not believed: who asks then waits for the probe. */
const FRESH_MS = 2_000;

/** The breaker of one server. It keeps no timer: whoever uses the server asks when to probe. */
export class Health {
  state: State = 'up';
  /** Since when nothing was answered, on the wall clock. */
  downSince: number | null = null;
  /** When it was last out of use, on the wall clock; 0 for never. What was written meanwhile it may not have. */
  troubledAt = 0;
  /** Why it is not up. */
  error: ServerUnreachable;
  readonly #clock: Clock;
  readonly #random: () => number;
  #losses = 0;
  #failures = 0;
  #probeAt = 0;
  #judgedAt = 0;

  constructor(address: string, clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
    this.error = new ServerUnreachable(address, REASONS.closed);
  }

  /** Whether it is down on the word of one or two tries alone: that may have been a moment of trouble, here or there. */
  get isNewlyDown(): boolean {
    return this.state === 'down' && this.#failures <= 2;
  }

  /** Whether the next probe is due. */
  isProbeDue(now: number): boolean {
    return this.state === 'down' && now >= this.#probeAt;
  }

  /** How long it is until then. */
  probeInMs(now: number): number {
    return Math.max(0, this.#probeAt - now);
  }

  /** Whether the verdict "down" is young enough to fail an operation by. */
  isFresh(now: number): boolean {
    return now - this.#judgedAt < FRESH_MS;
  }

  /** Something was answered. */
  alive(): void {
    this.#losses = 0;
    this.#failures = 0;
    if (this.state !== 'up') this.opened();
  }

  /** A connection was made and answered `version`. */
  opened(): void {
    if (this.state === 'up') return;
    this.state = 'up';
    this.downSince = null;
    this.troubledAt = this.#clock();
  }

  /** A connection broke. */
  lost(error: ServerUnreachable, now: number): void {
    this.#losses++;
    if (this.#losses > MAX_LOSSES) return this.failed(error, now);
    this.#note(error, 'suspect');
  }

  /** The server did not answer in time, or no connection could be made. */
  failed(error: ServerUnreachable, now: number): void {
    this.#note(error, 'down');
    this.#judgedAt = now;
    this.#probeAt = now + backoffMs(this.#failures++, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, this.#random);
  }

  #note(error: ServerUnreachable, state: State): void {
    this.error = error;
    this.state = state;
    this.troubledAt = this.#clock();
    this.downSince ??= this.troubledAt;
  }
}
