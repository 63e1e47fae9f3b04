import type { HistoryTimes, Series } from '../../schema/endpoints/history.ts';
import { History, ratesOf, type Sample } from '../base/history.ts';
import { timeText } from './describe.ts';

/** What tabs show of the last minutes. A page that is looked at asks again each time a sample is taken. */
const RECENTLY = { everyMs: 10_000, spanMs: 15 * 60_000, restMs: 5 * 60_000 };

const histories = new WeakMap<object, History<unknown>>();

/** The last minutes of something, from the first look on. One subject has one history: `take` is the same whoever asks. */
export function historyOf<Value>(subject: object, take: () => Value | Promise<Value>): History<Value> {
  const history = histories.get(subject) ?? new History<unknown>({ ...RECENTLY, take });
  histories.set(subject, history);
  return history as History<Value>;
}

/** It is gone, or about to be: nothing is taken any more, unless somebody looks again. */
export function endHistory(subject: object): void {
  histories.get(subject)?.end();
}

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
