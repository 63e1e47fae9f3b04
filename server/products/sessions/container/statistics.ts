import { COUNTED, sessionStatistics, type StatisticsMessage } from '../../../../schema/endpoints/statistics.ts';
import { nothingIfUnavailable } from '../../../base/errors.ts';
import { timeText } from '../../../manage/describe.ts';
import { rateOf, recorded, timesOf } from '../../../manage/recent-times.ts';
import { RuntimeState } from '../../../objects/runtime-state.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { method, type Method } from '../../../publisher/views.ts';
import { subjectOf } from '../../../recent/meter.ts';
import { SessionMeter } from '../../../recent/session-meter.ts';
import { newCounts, newTraffic, type SessionCounts, type SessionTraffic } from '../../../sessions/counts.ts';
import { siteOf } from '../../../site/site.ts';
import { SESSION_CONTAINER } from '../../stores/session-container.ts';
import { placeOf, totalsOf } from '../../stores/session-counting.ts';

const statistics = new RuntimeState({
  make(object) {
    const { clock, recording } = siteOf(object);
    const counts = newCounts();
    const meter = new SessionMeter(subjectOf(object), () => totalsOf(counts));
    recording.follow(meter);
    return { counts, traffic: newTraffic(), meter, recording, since: clock() };
  },
  close: ({ meter, recording }) => recording.unfollow(meter),
  madeFrom: () => null,
});

/** Where this process counts what happens to the sessions that an object keeps, whatever store they are in. */
export function countsOf(object: TreeObject): SessionCounts {
  return statistics.of(object).counts;
}

/** What goes to an object that keeps sessions, and from there to its store. */
export function trafficOf(object: TreeObject): SessionTraffic {
  return statistics.of(object).traffic;
}

/** What is recorded of them, and who tells it which are used. */
export function meterOf(object: TreeObject): SessionMeter {
  return statistics.of(object).meter;
}

export function forgetStatistics(object: TreeObject): void {
  statistics.drop(object);
}

const look = method(sessionStatistics, {
  permission: 'View management screens',
  async run({ object }) {
    const { counts, since } = statistics.of(object);
    const span = await recorded(object);
    const rates = COUNTED.map((name) => [name, rateOf(span, subjectOf(object), placeOf(name))] as const);
    // What was counted is shown also where there is no way to the store just now.
    const container = await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable);
    const losses = container?.watchLosses() ?? null;
    return {
      ...timesOf(span),
      since: timeText(since),
      totals: { ...counts },
      rates: Object.fromEntries(rates) as StatisticsMessage['rates'],
      losses,
      unseen: await unseen(object),
      memory: container?.memory ?? null,
    };
  },
});

export const statisticsTab = { id: 'statistics', label: 'Statistics', element: 'session-statistics-tab' } as const;

/** The Statistics tab of every session data container. */
export const statisticsMethods: Readonly<Record<string, Method>> = { statistics: look };

async function unseen(object: TreeObject): Promise<string> {
  const others = (await siteOf(object).processes.hasOthers())
    ? 'Another process serves this tree: what it did is in charts and rates, and not in these sums.'
    : 'What other processes did is in charts and rates alone.';
  return `${others} Sessions that expire, or end with all others, are not counted: nobody is told of each.`;
}
