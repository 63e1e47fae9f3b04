/** What became of work on many: how many it was done to, and why no more. */
export interface BatchesDone {
  readonly count: number;
  /** What ended it before all were done; nothing where somebody did. */
  readonly failure?: unknown;
}

/** Does work to so many at a time, one batch after the other, until all are done, one fails, or it is stopped. */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  work: (batch: readonly T[]) => Promise<unknown>,
  onProgress: (count: number) => void = () => {},
  signal?: AbortSignal,
): Promise<BatchesDone> {
  let count = 0;
  while (count < items.length && !signal?.aborted) {
    const batch = items.slice(count, count + size);
    try {
      await work(batch);
    } catch (failure) {
      return { count, failure };
    }
    count += batch.length;
    onProgress(count);
  }
  return { count };
}
