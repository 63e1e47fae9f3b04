import type { SeenTree } from '../objects/tree-storages.ts';
import type { CachedPage, PageListing, CacheBackend } from './cache-backend.ts';

export interface MemoryBackendLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** How often what is too old is looked for. */
  readonly cleanupMs: number;
}

interface StoredPage {
  readonly kept: CachedPage;
  readonly bytes: number;
  readonly expires: number;
}

/** What an entry takes beside its response. */
const OVERHEAD_BYTES = 500;
/** What each object and each listing takes that it was made from. */
const SEEN_BYTES = 50;

/** Answers in the memory of this process. When it is full, what was not used for longest goes. */
export class MemoryBackend implements CacheBackend {
  readonly isShared = false;
  /** As they are set now; a change applies with the next answer that is kept. */
  limits: MemoryBackendLimits;
  readonly #clock: () => number;
  /** In order of use: the first was not used for longest. */
  readonly #entries = new Map<string, StoredPage>();
  #bytes = 0;
  #cleanedAt: number;

  constructor(limits: MemoryBackendLimits, clock: () => number) {
    this.limits = limits;
    this.#clock = clock;
    this.#cleanedAt = clock();
  }

  /** With those that are too old and were not cleaned up yet. */
  get count(): number {
    return this.#entries.size;
  }

  get(_: number, key: string): CachedPage | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expires <= this.#clock()) {
      this.#remove(key, entry);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.kept;
  }

  put(_: number, key: string, kept: CachedPage, seconds: number): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(key, before);
    const entry = { kept, bytes: bytesOf(kept), expires: this.#clock() + seconds * 1000 };
    if (entry.bytes > this.limits.maxBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    this.#cleanUp();
    this.#makeRoom();
  }

  async list(): Promise<PageListing> {
    this.#dropExpired();
    const entries = Array.from(this.#entries, ([name, { bytes, kept }]) => {
      return { name, oid: kept.oid, generation: kept.generation, bytes };
    });
    return { entries, trouble: null };
  }

  drop(names: readonly string[]): void {
    for (const name of names) {
      const entry = this.#entries.get(name);
      if (entry !== undefined) this.#remove(name, entry);
    }
  }

  #cleanUp(): void {
    if (this.#clock() - this.#cleanedAt >= this.limits.cleanupMs) this.#dropExpired();
  }

  #dropExpired(): void {
    this.#cleanedAt = this.#clock();
    for (const [key, entry] of this.#entries) if (entry.expires <= this.#cleanedAt) this.#remove(key, entry);
  }

  #makeRoom(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.limits.maxEntries && this.#bytes <= this.limits.maxBytes) return;
      this.#remove(key, entry);
    }
  }

  #remove(key: string, entry: StoredPage): void {
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}

/** A text is counted as if each of its characters took two bytes, which is what it may take in memory. */
function bytesOf({ response, seen }: CachedPage): number {
  const body = response?.body ?? '';
  const bodyBytes = typeof body === 'string' ? body.length * 2 : body.length;
  return OVERHEAD_BYTES + bodyBytes + countOf(seen) * SEEN_BYTES;
}

function countOf({ main, memory }: SeenTree): number {
  return [main, memory].reduce((sum, part) => sum + (part?.objects.size ?? 0) + (part?.listings.size ?? 0), 0);
}
