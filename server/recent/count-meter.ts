import type { Counts } from './figures.ts';
import type { Meter } from './meter.ts';

/** A meter of numbers that only rise. */
export class CountMeter implements Meter {
  readonly subject: string;
  readonly #totals: () => Counts;
  #before: Counts;

  /** `totals`: what was counted since the process began, in an order that stays. */
  constructor(subject: string, totals: () => Counts) {
    this.subject = subject;
    this.#totals = totals;
    this.#before = totals();
  }

  take(): Counts | undefined {
    const now = this.#totals();
    const rises = now.map((total, index) => rounded(total - (this.#before[index] ?? 0)));
    this.#before = now;
    return rises.some((rise) => rise !== 0) ? [0, ...rises] : undefined;
  }
}

/** To hundredths: so fine a store in memory is, in milliseconds. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
