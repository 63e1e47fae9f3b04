import type { Series } from '../../../schema/endpoints/recent.ts';

const ROUND = [1, 2, 4, 5, 8, 10] as const;

/** The top of a scale that has room for all values: a round number. */
export function topFor(...all: readonly Series[]): number {
  const largest = Math.max(0, ...all.flat().map((value) => value ?? 0));
  if (largest === 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(largest));
  return magnitude * (ROUND.find((step) => step * magnitude >= largest) ?? 10);
}

/** The newest value; `undefined` where it is not known. */
export function lastOf(series: Series): number | undefined {
  return series.at(-1) ?? undefined;
}

/** Several series as one: what is known at a time is added up. */
export function sumOf(...all: readonly Series[]): Series {
  return (all[0] ?? []).map((_, index) => {
    const known = all.flatMap((series) => series[index] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value);
  });
}

/** A rate a second as one a minute. */
export function aMinute(series: Series): Series {
  return series.map((rate) => (rate === null ? null : rate * 60));
}

/** `128`, `2.8`, `0.03`: a rate to three digits that count, small ones to two places. */
export function rateText(rate: number): string {
  const digits = rate >= 100 ? 0 : rate >= 1 ? 1 : 2;
  return Number(rate.toFixed(digits)).toLocaleString('en');
}

/** The values of one stretch of time as one: their mean, or the last of them. */
export type Gathering = 'mean' | 'last';

export interface Stretch {
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  readonly values: readonly (number | null)[];
}

/** In minutes; a table of a longer span has no more than a hundred rows. */
const STRETCHES = [1, 5, 15, 30, 60, 120, 240, 480];
const MOST_ROWS = 100;

/** Several series in stretches of minutes or hours, the newest first. */
export function byStretch(
  { times, everyS }: { readonly times: readonly string[]; readonly everyS: number },
  all: readonly { readonly values: Series; readonly gathering: Gathering }[],
): readonly Stretch[] {
  const minutes = (times.length * everyS) / 60;
  const lastsMs = 60_000 * (STRETCHES.find((each) => minutes / each <= MOST_ROWS) ?? STRETCHES.at(-1)!);
  const stretches = Map.groupBy(times.keys(), (index) => Math.floor(Date.parse(times[index] ?? '') / lastsMs));
  return Array.from(stretches, ([stretch, indexes]) => ({
    at: stretch * lastsMs,
    values: all.map(({ values, gathering }) =>
      gather(
        indexes.flatMap((index) => values[index] ?? []),
        gathering,
      ),
    ),
  })).reverse();
}

function gather(known: readonly number[], gathering: Gathering): number | null {
  if (gathering === 'last') return known.at(-1) ?? null;
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value) / known.length;
}
