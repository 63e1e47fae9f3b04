import type { Counts } from './figures.ts';

/**
 * How long answers took, as numbers that can be added up over processes and time: each counts those of half an octave
 * (from 4 to 6, from 6 to 8, from 8 to 12 parts of a millisecond), the first all that were quicker, the last all slower.
 */
export const WAITS = 24;
const PARTS_IN_MS = 64;
/** In a power of two; 1/16 ms. */
const FIRST = 2;
const LONGEST_MS = 100_000;

/** Which of the numbers counts an answer that took so long. */
export function placeOfWait(ms: number): number {
  const parts = Math.min(ms, LONGEST_MS) * PARTS_IN_MS;
  const octave = 31 - Math.clz32(parts);
  if (octave < FIRST) return 0;
  return Math.min(WAITS - 1, 1 + 2 * (octave - FIRST) + ((parts >> (octave - 1)) & 1));
}

/** In how many milliseconds such a share of the answers came; `undefined` where there was none. */
export function waitOf(share: number, waits: Counts, slowestMs: number): number | undefined {
  const all = waits.reduce((sum, count) => sum + count, 0);
  let missing = share * all;
  for (const [place, count] of waits.entries()) {
    if (count > 0 && missing <= count) {
      const from = beginOf(place);
      const to = place === WAITS - 1 ? slowestMs : beginOf(place + 1);
      return Math.min(slowestMs, from + (to - from) * (missing / count));
    }
    missing -= count;
  }
  return undefined;
}

/** The shortest that a number counts, in milliseconds. */
function beginOf(place: number): number {
  if (place === 0) return 0;
  const half = (place - 1) % 2;
  return (2 ** (FIRST + (place - 1 - half) / 2) * (1 + half / 2)) / PARTS_IN_MS;
}
