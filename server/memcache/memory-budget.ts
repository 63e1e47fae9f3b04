import type { Clock } from '../base/clock.ts';
import type { MemoryUse, Worth } from './store.ts';

/** What one value takes up. `new`: nobody asked for it since it was first stored. `kept`: it leaves only by itself. */
export interface Share {
  readonly bytes: number;
  standing: 'spare' | 'new' | 'kept';
}

interface RoomOptions {
  readonly limitBytes: number;
  readonly clock: Clock;
  /** Told when the state is another: at once when it is worse, a minute later when it is better. */
  readonly onState: (use: MemoryUse) => void;
}

const STATES = ['ok', 'filling', 'evicting', 'refusing'] as const;
const NEARLY_FULL = 0.8;
const FULL = 0.98;
/** How far what is owed may go beyond the limit. */
const RESERVE = 1 / 16;
/** A state is left so long after it was last so: whoever is told of it is not told at each request. */
const HELD_MS = 60_000;

/** Who takes up a memory that is limited, and who leaves first when it is full. */
export class MemoryBudget {
  #limitBytes: number;
  readonly #clock: Clock;
  readonly #onState: (use: MemoryUse) => void;
  readonly #bytes = { spare: 0, new: 0, kept: 0 };
  /** The one not used for longest first. */
  readonly #spare = new Set<string>();
  /** The oldest first, those of twice the size apart. */
  readonly #new = Array.from({ length: 32 }, () => new Set<string>());
  #evictions = 0;
  #refusals = 0;
  #level = 0;
  #levelAt = 0;

  constructor({ limitBytes, clock, onState }: RoomOptions) {
    this.#limitBytes = limitBytes;
    this.#clock = clock;
    this.#onState = onState;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** What was seen under another limit says nothing about this one. */
  set limitBytes(limitBytes: number) {
    if (limitBytes === this.#limitBytes) return;
    this.#limitBytes = limitBytes;
    this.#levelAt = -Infinity;
    this.note();
  }

  get use(): MemoryUse {
    const { kept, new: newBytes } = this.#bytes;
    return {
      usedBytes: kept + newBytes,
      newBytes,
      limitBytes: this.limitBytes,
      evictions: this.#evictions,
      refusals: this.#refusals,
      state: STATES[this.#level] ?? 'ok',
    };
  }

  /** There is so much left that nobody needs to be asked. */
  isAmpleFor(bytes: number): boolean {
    return this.#level === 0 && this.#total + bytes <= this.limitBytes * NEARLY_FULL;
  }

  /** Whether so much may come, once everybody has left who has to. */
  mayTake(bytes: number, worth?: Worth): boolean {
    const staying = this.#bytes.kept + (worth === 'spare' ? this.#bytes.new : 0);
    const isRefused = staying + bytes > this.#limitFor(worth);
    if (isRefused && worth !== 'spare') {
      this.#refusals += 1;
      this.note('refusing');
    }
    return !isRefused;
  }

  /**
   * Who has to leave next so that so much can come: what is spare; then, so that the fewest do, of the largest that nobody
   * asked for again the oldest. `undefined`: there is room.
   */
  nextToLeave(bytes: number, worth?: Worth): string | undefined {
    if (this.#total + bytes <= this.#limitFor(worth)) return undefined;
    if (this.#spare.size > 0) return firstOf(this.#spare);
    this.#evictions += 1;
    this.note('evicting');
    return firstOf(this.#new.findLast(({ size }) => size > 0));
  }

  take(key: string, share: Share): void {
    this.#bytes[share.standing] += share.bytes;
    this.#lineOf(share)?.add(key);
  }

  give(key: string, share: Share): void {
    this.#bytes[share.standing] -= share.bytes;
    this.#lineOf(share)?.delete(key);
  }

  /** It was asked for: what is spare goes to the end of its line, anything else is kept from now on. */
  ask(key: string, share: Share): void {
    if (share.standing === 'kept') return;
    this.give(key, share);
    if (share.standing === 'new') share.standing = 'kept';
    this.take(key, share);
  }

  /** Finds out how it stands, or was just seen to. */
  note(seen?: MemoryUse['state']): void {
    const now = this.#clock();
    const level = seen === undefined ? this.#levelNow : STATES.indexOf(seen);
    const before = this.#level;
    if (level < before && now - this.#levelAt < HELD_MS) return;
    this.#level = level;
    this.#levelAt = now;
    if (level !== before) this.#onState(this.use);
  }

  get #levelNow(): number {
    const { kept, new: begun } = this.#bytes;
    if (kept >= FULL * this.limitBytes) return 3;
    if (kept + begun >= FULL * this.limitBytes) return 2;
    return kept + begun >= NEARLY_FULL * this.limitBytes ? 1 : 0;
  }

  get #total(): number {
    return this.#bytes.spare + this.#bytes.new + this.#bytes.kept;
  }

  #limitFor(worth: Worth | undefined): number {
    return worth === 'owed' ? this.limitBytes * (1 + RESERVE) : this.limitBytes;
  }

  #lineOf({ standing, bytes }: Share): Set<string> | undefined {
    if (standing === 'new') return this.#new[32 - Math.clz32(bytes)];
    return standing === 'spare' ? this.#spare : undefined;
  }
}

function firstOf(keys: ReadonlySet<string> | undefined): string | undefined {
  return keys?.values().next().value;
}
