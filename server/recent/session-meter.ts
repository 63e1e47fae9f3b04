import { BoundedMap } from '../base/bounded-map.ts';
import { CountMeter, rounded } from './count-meter.ts';
import type { Counts } from './figures.ts';
import { floorTo } from './levels.ts';
import type { Meter, SliceOfUses } from './meter.ts';
import { Sketch } from './sketch.ts';
import { placeOfWait, WAITS } from './waits.ts';

/** Of an idle timeout, so many parts are told apart. */
const SLICES = 10;
const LEAST_SLICE_S = 10;
/** What counts where sessions end only when somebody ends them. */
const WITHOUT_TIMEOUT_S = 24 * 60 * 60;
const SCOPES = 2;

interface Memory {
  readonly usedBytes: number;
  readonly limitBytes: number;
}
const NO_MEMORY: Memory = { usedBytes: 0, limitBytes: 0 };

/** How long a session counts after it was used, in seconds. */
export function windowS(timeoutMinutes: number): number {
  return timeoutMinutes === 0 ? WITHOUT_TIMEOUT_S : timeoutMinutes * 60;
}

export function sliceS(window: number): number {
  return Math.ceil(window / SLICES / LEAST_SLICE_S) * LEAST_SLICE_S;
}

/** How long a session may count after the beginning of a slice that is so long, and is perhaps followed by one not written yet. */
export function longestS(slice: number): number {
  return (SLICES + 2) * slice;
}

/** The name under which slices of the sessions whose keys begin so are kept. */
export function scopeOf(prefix: string, window: number): string {
  return `${prefix}.${sliceS(window)}`;
}

/** What one process knows of the sessions of one container: nothing here costs a request more than some additions. */
export class SessionMeter implements Meter {
  readonly subject: string;
  readonly #counts: CountMeter;
  #timeoutMinutes = 0;
  #answers = 0;
  #waitedMs = 0;
  #slowestMs = 0;
  readonly #waits = Array.from({ length: WAITS }, () => 0);
  /** Of each point: over time, their share of a point is what there was on average. */
  #bytes = 0;
  #limitBytes = 0;
  /** By scope: those of before all sessions were ended, and of now. */
  readonly #slices = new BoundedMap<string, SliceOfUses>(SCOPES);
  readonly #changed = new Set<SliceOfUses>();
  #now = 0;
  /** What the keys of now begin with, and their slice. */
  #prefix = '';
  #slice: SliceOfUses | undefined;

  /** How full the memory of this process is, where it is kept for these sessions alone. */
  memory: (() => Memory) | undefined;

  /**
   * `totals`: see CountMeter. How often the store answered, and how long that took in all, follow after them; then how much of
   * how much memory was used at each point, where any was; then how many answers took how long (waits.ts).
   */
  constructor(subject: string, totals: () => Counts) {
    this.subject = subject;
    this.#counts = new CountMeter(subject, () => [
      ...totals(),
      this.#answers,
      this.#waitedMs,
      this.#bytes,
      this.#limitBytes,
      ...this.#waits,
    ]);
  }

  /** After which a session that nobody uses ends, as it is set now. */
  set timeoutMinutes(minutes: number) {
    if (minutes !== this.#timeoutMinutes) this.#prefix = '';
    this.#timeoutMinutes = minutes;
  }

  /** The store answered after so many milliseconds. */
  readonly answered = (ms: number): void => {
    this.#answers += 1;
    this.#waitedMs += ms;
    this.#waits[placeOfWait(ms)]! += 1;
    if (ms > this.#slowestMs) this.#slowestMs = ms;
  };

  /** The session with this key was used. */
  readonly used = (key: string): void => {
    const slice = this.#sliceOf(key);
    if (slice.sketch.add(key)) this.#changed.add(slice);
  };

  /** The session with this key ended before its time, or moved to another key. It counts as used, so that both leave at once. */
  readonly left = (key: string): void => {
    const slice = this.#sliceOf(key);
    slice.sketch.add(key);
    slice.left += 1;
    this.#changed.add(slice);
  };

  take(): Counts | undefined {
    this.#noteMemory();
    const [, ...sums] = this.#counts.take() ?? [];
    const slowest = rounded(this.#slowestMs);
    this.#slowestMs = 0;
    return sums.length === 0 ? undefined : [slowest, ...withoutZerosBehind(sums)];
  }

  turn(now: number): void {
    this.#now = now;
    if (this.#slice !== undefined && now >= this.#slice.from + sliceS(windowS(this.#timeoutMinutes))) this.#prefix = '';
  }

  takeSlices(): readonly SliceOfUses[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  #noteMemory(): void {
    const { usedBytes, limitBytes } = this.memory?.() ?? NO_MEMORY;
    if (usedBytes === 0) return;
    this.#bytes += usedBytes;
    this.#limitBytes += limitBytes;
  }

  #sliceOf(key: string): SliceOfUses {
    if (this.#prefix !== '' && key.startsWith(this.#prefix)) return this.#slice!;
    this.#prefix = key.slice(0, key.lastIndexOf(':') + 1);
    this.#slice = this.#beginSlice(this.#prefix.slice(0, -1));
    return this.#slice;
  }

  #beginSlice(prefix: string): SliceOfUses {
    const window = windowS(this.#timeoutMinutes);
    const scope = scopeOf(prefix, window);
    const from = floorTo(sliceS(window), this.#now);
    const known = this.#slices.get(scope);
    if (known?.from === from) return known;
    const slice = { scope, from, until: from + sliceS(window) + window, sketch: new Sketch(), left: 0 };
    this.#slices.set(scope, slice);
    return slice;
  }
}

function withoutZerosBehind(sums: Counts): Counts {
  return sums.slice(0, sums.findLastIndex((sum) => sum !== 0) + 1);
}
