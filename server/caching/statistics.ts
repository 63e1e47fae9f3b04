import type { Clock } from '../base/clock.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { RecentCount } from './recent-count.ts';

/** How often one object's answer was found, and how often it had to be made, since it was last invalidated. */
export interface Counts {
  /** How often it had been invalidated then. */
  readonly generation: number;
  hits: number;
  misses: number;
  readonly recentHits: RecentCount;
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
  readonly #clock: Clock;
  readonly #counts = new BoundedMap<number, Counts>(OBJECTS_COUNTED);

  constructor(clock: Clock) {
    this.#clock = clock;
    this.since = clock();
  }

  hit(oid: number, generation: number, path: string): void {
    const counts = this.#of(oid, generation, path);
    counts.hits += 1;
    counts.recentHits.add(this.#clock());
    this.totals.hits += 1;
  }

  miss(oid: number, generation: number, path: string): void {
    this.#of(oid, generation, path).misses += 1;
    this.totals.misses += 1;
  }

  /** The objects that were asked for. */
  oids(): readonly number[] {
    return this.#counts.keys();
  }

  /** What was counted of an object since it was invalidated so often. */
  find(oid: number, generation: number): Counts | undefined {
    const counts = this.#counts.get(oid);
    return counts?.generation === generation ? counts : undefined;
  }

  #of(oid: number, generation: number, path: string): Counts {
    const counts = this.find(oid, generation) ?? newCounts(generation);
    counts.paths.add(path);
    this.#counts.set(oid, counts);
    return counts;
  }
}

function newCounts(generation: number): Counts {
  return { generation, hits: 0, misses: 0, recentHits: new RecentCount(), paths: new Set() };
}
