import { createHash } from 'node:crypto';
import { composed } from '../../schema/composed.ts';
import type { Clock } from '../base/clock.ts';
import { TooManyRequests } from '../base/errors.ts';
import { networkOf } from './network.ts';

const FREE_TRIES = 5;
const LONGEST_WAIT_S = 900;
const ACCOUNT_FORGOTTEN_MS = 3_600_000;

const ADDRESS_TRIES = 100;
const ADDRESS_WINDOW_MS = 600_000;

const MOST_KEPT = 10_000;

interface Failures {
  readonly count: number;
  /** When the first of them was, for an address; the last, for an account. */
  readonly time: number;
}

/**
 * Slows guessing down: after five wrong tries on an account each further one waits longer, up to 15 minutes, and an address
 * has 100 wrong tries in ten minutes. Nothing is ever locked for good, and an address from which an account was signed in
 * to does not wait for what others try on that account.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Failures>();
  readonly #addresses = new Map<string, Failures>();
  readonly #familiar = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws TooManyRequests where the next try has to wait. */
  check(name: string, address: string): void {
    const waitMs = Math.max(this.#accountWaitMs(name, address), this.#addressWaitMs(address));
    if (waitMs <= 0) return;
    const waitS = Math.ceil(waitMs / 1000);
    throw new TooManyRequests(`Too many tries. Wait ${waitS} s.`, waitS);
  }

  /** Counts a try before it is known how it ends, so that tries sent at once do not slip through. */
  begin(name: string, address: string): void {
    this.check(name, address);
    const now = this.#clock();
    const account = this.#accountKey(name, address);
    keep(this.#accounts, account, { count: this.#failuresOf(account) + 1, time: now });
    const failures = this.#failuresFrom(address);
    keep(this.#addresses, networkOf(address), { count: (failures?.count ?? 0) + 1, time: failures?.time ?? now });
  }

  /** The try was right: it does not count, and the account starts afresh. */
  succeeded(name: string, address: string): void {
    this.#accounts.delete(this.#accountKey(name, address));
    const failures = this.#failuresFrom(address);
    if (failures !== undefined) this.#addresses.set(networkOf(address), { ...failures, count: failures.count - 1 });
    this.#makeFamiliar(pairKey(name, address));
  }

  #makeFamiliar(pair: string): void {
    this.#familiar.delete(pair);
    this.#familiar.add(pair);
    const [oldest] = this.#familiar;
    if (this.#familiar.size > MOST_KEPT && oldest !== undefined) this.#familiar.delete(oldest);
  }

  #accountWaitMs(name: string, address: string): number {
    const key = this.#accountKey(name, address);
    const beyondFree = this.#failuresOf(key) - FREE_TRIES;
    if (beyondFree <= 0) return 0;
    const waitS = Math.min(LONGEST_WAIT_S, 2 ** (beyondFree - 1));
    return (this.#accounts.get(key)?.time ?? 0) + waitS * 1000 - this.#clock();
  }

  #addressWaitMs(address: string): number {
    const failures = this.#failuresFrom(address);
    if (failures === undefined || failures.count < ADDRESS_TRIES) return 0;
    return failures.time + ADDRESS_WINDOW_MS - this.#clock();
  }

  #failuresFrom(address: string): Failures | undefined {
    const failures = this.#addresses.get(networkOf(address));
    return failures !== undefined && this.#clock() - failures.time < ADDRESS_WINDOW_MS ? failures : undefined;
  }

  #failuresOf(account: string): number {
    const failures = this.#accounts.get(account);
    return failures === undefined || this.#clock() - failures.time > ACCOUNT_FORGOTTEN_MS ? 0 : failures.count;
  }

  #accountKey(name: string, address: string): string {
    const pair = pairKey(name, address);
    return this.#familiar.has(pair) ? pair : digest(name);
  }
}

function pairKey(name: string, address: string): string {
  return `${digest(name)} ${networkOf(address)}`;
}

/** Names come from outside and may be long; their digests are not. */
function digest(name: string): string {
  return createHash('sha256').update(composed(name)).digest('base64url');
}

/** Keeps what failed last; of the oldest few, the one with the fewest failures makes room. */
function keep(kept: Map<string, Failures>, key: string, failures: Failures): void {
  kept.delete(key);
  kept.set(key, failures);
  if (kept.size <= MOST_KEPT) return;
  const oldest = kept.entries().take(16).toArray();
  const least = oldest.reduce((one, other) => (other[1].count < one[1].count ? other : one));
  kept.delete(least[0]);
}
