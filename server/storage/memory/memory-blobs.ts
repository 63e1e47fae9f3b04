import type { Clock } from '../../base/clock.ts';
import { ContentDamaged, TooLarge } from '../../base/errors.ts';
import { STAGED_MS, type Content, type BlobSource, type Blobs } from '../storage.ts';

/** What all files in memory may take together. */
const MOST_BYTES = 128 * 1024 * 1024;
const SLICE_BYTES = 1024 * 1024;

interface MemoryBlob extends Content {
  readonly slices: readonly Buffer[];
  stagedUntil: number;
}

/** Blobs in process memory; `isNamed` says whether a revision that is kept names them. */
export class MemoryBlobs implements Blobs {
  readonly #clock: Clock;
  readonly #isNamed: (hash: string) => boolean;
  readonly #blobs = new Map<string, MemoryBlob>();
  /** What those take that are being staged. */
  #bytesComing = 0;

  constructor(clock: Clock, isNamed: (hash: string) => boolean) {
    this.#clock = clock;
    this.#isNamed = isNamed;
  }

  has(hash: string): boolean {
    return this.#blobs.has(hash);
  }

  async stage(source: BlobSource): Promise<void> {
    await this.sweep();
    const there = this.#blobs.get(source.hash);
    const blob = there ?? (await this.#take(source));
    blob.stagedUntil = this.#clock() + STAGED_MS;
    this.#blobs.set(source.hash, blob);
  }

  /** What is in memory has been nowhere else since it was stored. */
  async check({ hash }: Content): Promise<void> {
    if (!this.has(hash)) throw new ContentDamaged();
  }

  async *read({ hash, size }: Content, from = 0, to = size): AsyncGenerator<Buffer> {
    const blob = this.#blobs.get(hash);
    if (blob === undefined) throw new ContentDamaged();
    for (const [number, slice] of blob.slices.entries()) {
      const begin = number * SLICE_BYTES;
      if (begin < to && begin + slice.length > from) yield slice.subarray(Math.max(0, from - begin), to - begin);
    }
  }

  async sweep(): Promise<void> {
    const now = this.#clock();
    for (const { hash, stagedUntil } of this.#blobs.values()) {
      if (stagedUntil <= now && !this.#isNamed(hash)) this.#blobs.delete(hash);
    }
  }

  async #take({ hash, size, slices: slicesOf }: BlobSource): Promise<MemoryBlob> {
    const held = [...this.#blobs.values()].reduce((sum, each) => sum + each.size, 0);
    if (held + this.#bytesComing + size > MOST_BYTES) {
      throw new TooLarge(
        `Files in temporary folders may take ${MOST_BYTES / 1024 / 1024} MiB together. Put this one into a folder that is kept.`,
      );
    }
    this.#bytesComing += size;
    try {
      const slices: Buffer[] = [];
      for await (const slice of slicesOf(SLICE_BYTES)) slices.push(Buffer.from(slice));
      return { hash, size, slices, stagedUntil: 0 };
    } finally {
      this.#bytesComing -= size;
    }
  }
}
