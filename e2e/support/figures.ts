/** FULL=1 runs the fault suites at the size that the promises name; without it they take minutes less. */
export function sized<Size>(small: Size, full: Size): Size {
  return process.env['FULL'] === '1' ? full : small;
}

/** The value below which this share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** "p50 2 ms, p99 11 ms, max 40 ms" */
export function times(values: readonly number[]): string {
  const [p50, p99, max] = [percentile(values, 0.5), percentile(values, 0.99), Math.max(...values)];
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`;
}

/** "2.0, 3.1 ms" */
export function list(values: readonly number[]): string {
  return `${values.map((value) => value.toFixed(1)).join(', ')} ms`;
}

/** Runs work on numbers from 0, so many at a time. */
export async function several(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}

/** Repeats a question until its answer is true. */
export async function until(what: string, question: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await question())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * Measures something that was promised to stay below a limit. A machine that is busy with other things only ever adds to
 * it, so the best of a few attempts counts, and a run of the usual size allows a multiple. Gives every figure.
 */
export async function promised(
  what: string,
  limit: number,
  measure: () => Promise<number>,
): Promise<readonly number[]> {
  const figures: number[] = [];
  while (figures.length < ATTEMPTS) {
    figures.push(await measure());
    if (Math.min(...figures) < limit * ROOM) return figures;
  }
  const listed = figures.map((figure) => figure.toFixed(1)).join(', ');
  throw new Error(`${what}: ${listed}; below ${limit} is promised, and ${ROOM} times that allowed here`);
}

const ATTEMPTS = 5;
const ROOM = sized(10, 1);
