import { longestS, scopeOf, sliceS, windowS } from './session-meter.ts';
import { floorTo } from './levels.ts';
import { Sketch } from './sketch.ts';
import type { KeyedTable } from '../storage/tables.ts';

/** Sessions of one container, as whoever counts them all must know it. */
export interface CountedContainer {
  readonly subject: string;
  /** What the keys of its sessions begin with now. */
  readonly prefix: string;
  readonly timeoutMinutes: number;
}

/** One process's slice, as it is kept. */
export type SliceRow = { readonly uses: string; readonly left: number };

/** A slice of all processes. */
interface Slice {
  readonly sketch: Sketch;
  readonly left: number;
}

const NOTHING: Slice = { sketch: new Sketch(), left: 0 };

export function sliceKey(scope: string, from: number, process: string): string {
  return `${scope}:${from}:${process}`;
}

/**
 * How many sessions there are, told from which were used lately: no key is walked over. Those that were used within the
 * idle timeout, without those that ended meanwhile; of the slice with which the timeout begins only a part counts.
 */
export class LiveSessions {
  readonly #table: KeyedTable<SliceRow>;
  /** How long after its end every process has written a slice. */
  readonly #settledS: number;
  /** Slices that nobody writes any more. */
  #settled = new Map<string, Slice>();
  /** By scope, when its count can first be told. */
  #tellable = new Map<string, number>();

  constructor(table: KeyedTable<SliceRow>, settledS: number) {
    this.#table = table;
    this.#settledS = settledS;
  }

  /** By subject, as every process has written it so far; nothing of one whose idle timeout was changed lately. */
  async countAll(containers: readonly CountedContainer[], now: number): Promise<Readonly<Record<string, number>>> {
    const kept = new Map<string, Slice>();
    const tellable = new Map<string, number>();
    const counts: Record<string, number> = {};
    for (const container of containers) {
      const { prefix, timeoutMinutes, subject } = container;
      const scope = scopeOf(prefix, windowS(timeoutMinutes));
      const from = this.#tellable.get(scope) ?? (await this.#tellableFrom(prefix, scope));
      tellable.set(scope, from);
      if (now >= from) counts[subject] = await this.#count(container, now, kept);
    }
    this.#settled = kept;
    this.#tellable = tellable;
    return counts;
  }

  /** Once no session lives any more that was used only under another idle timeout: its slices are of another length. */
  async #tellableFrom(prefix: string, scope: string): Promise<number> {
    const keys = (await this.#table.entries(`${prefix}.`)).map(([key]) => key);
    const others = keys.filter((key) => !key.startsWith(`${scope}:`));
    const ends = others.map((key) => {
      const [slice, from] = key.slice(prefix.length + 1).split(':');
      return Number(from) + longestS(Number(slice));
    });
    return Math.max(0, ...ends);
  }

  async #count({ prefix, timeoutMinutes }: CountedContainer, now: number, kept: Map<string, Slice>): Promise<number> {
    const window = windowS(timeoutMinutes);
    const everyS = sliceS(window);
    const scope = scopeOf(prefix, window);
    const first = floorTo(everyS, now - window);
    const seen = new Sketch();
    let left = 0;
    for (let from = first + everyS; from <= now; from += everyS) {
      const slice = await this.#sliceAt(scope, from, from + everyS + this.#settledS < now, kept);
      seen.unite(slice.sketch);
      left += slice.left;
    }
    const oldest = await this.#sliceAt(scope, first, true, kept);
    const recent = seen.estimate;
    const part = (first + everyS - (now - window)) / everyS;
    const older = part * (seen.unite(oldest.sketch).estimate - recent - oldest.left);
    return Math.max(0, Math.round(recent - left + older));
  }

  async #sliceAt(scope: string, from: number, isSettled: boolean, kept: Map<string, Slice>): Promise<Slice> {
    const key = `${scope}:${from}:`;
    const known = this.#settled.get(key) ?? (await this.#read(key));
    if (isSettled) kept.set(key, known);
    return known;
  }

  async #read(key: string): Promise<Slice> {
    const rows = await this.#table.entries(key);
    if (rows.length === 0) return NOTHING;
    const sketch = new Sketch();
    let left = 0;
    for (const [, row] of rows) {
      sketch.unite(Sketch.fromText(row.uses));
      left += row.left;
    }
    return { sketch, left };
  }
}
