import type { Clock } from '../base/clock.ts';
import { BoundedMap } from '../base/limits.ts';

/** How often one object's answer was found, and how often it had to be made. */
export interface Counts {
  hits: number;
  misses: number;
  /** The paths by which it was asked for. */
  readonly paths: Set<string>;
}

const OBJECTS_COUNTED = 10_000;

/** What a cache has done in this process. */
export class Statistics {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Of all objects, those that are no longer counted one by one included. */
  readonly totals = { hits: 0, misses: 0 };
  readonly #counts = new BoundedMap<number, Counts>(OBJECTS_COUNTED);

  constructor(clock: Clock) {
    this.since = clock();
  }

  hit(oid: number, path: string): void {
    this.#of(oid, path).hits += 1;
    this.totals.hits += 1;
  }

  miss(oid: number, path: string): void {
    this.#of(oid, path).misses += 1;
    this.totals.misses += 1;
  }

  /** The objects that were asked for. */
  oids(): readonly number[] {
    return this.#counts.keys();
  }

  find(oid: number): Counts | undefined {
    return this.#counts.get(oid);
  }

  #of(oid: number, path: string): Counts {
    const counts = this.#counts.get(oid) ?? { hits: 0, misses: 0, paths: new Set() };
    counts.paths.add(path);
    this.#counts.set(oid, counts);
    return counts;
  }
}
