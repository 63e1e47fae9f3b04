import type { HistoryTimes, Series } from '../../schema/endpoints/history.ts';
import { ratesOf, type HistoryOptions, type Sample } from '../base/history.ts';
import { timeText } from './describe.ts';

/** What tabs show of the last minutes. A page that is looked at asks again each time a sample is taken. */
export const RECENTLY = {
  everyMs: 10_000,
  spanMs: 15 * 60_000,
  restMs: 5 * 60_000,
} as const satisfies Omit<HistoryOptions<unknown>, 'take'>;

/** When the samples were taken, by the clock of today. */
export function timesOf(samples: readonly Sample<unknown>[], now: number): HistoryTimes {
  const elapsed = performance.now();
  return {
    spanS: RECENTLY.spanMs / 1_000,
    everyS: RECENTLY.everyMs / 1_000,
    now: timeText(now),
    times: samples.map(({ at }) => timeText(now - (elapsed - at))),
  };
}

/** How fast a counter in the samples rose, a second. */
export function rateSeries<Value>(samples: readonly Sample<Value>[], pick: (value: Value) => number | null): Series {
  const counter = samples.map(({ at, value }) => ({ at, value: pick(value) }));
  return ratesOf(counter, RECENTLY.everyMs).map((rate) => (rate === null ? null : Math.round(rate * 1_000) / 1_000));
}
