import { COUNTED, sessionStatistics, type StatisticsMessage } from '../../../../schema/endpoints/statistics.ts';
import { nothingIfUnavailable } from '../../../base/errors.ts';
import { timeText } from '../../../manage/describe.ts';
import { endHistory, historyOf, rateSeries, timesOf } from '../../../manage/recent-history.ts';
import { RuntimeState } from '../../../objects/runtime-state.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { method, type Method } from '../../../publisher/views.ts';
import { newCounts, newTraffic, type SessionCounts, type SessionTraffic } from '../../../sessions/counts.ts';
import { KnownSessions } from '../../../sessions/record/known-sessions.ts';
import { siteOf } from '../../../site/site.ts';
import { SESSION_CONTAINER } from '../../stores/session-container.ts';

const statistics = new RuntimeState({
  make: (object) => ({
    counts: newCounts(),
    traffic: newTraffic(),
    known: new KnownSessions(),
    since: siteOf(object).clock(),
  }),
  close: ({ counts }) => endHistory(counts),
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

/** Which of them this process read or wrote. */
export function knownIn(object: TreeObject): KnownSessions {
  return statistics.of(object).known;
}

export function forgetStatistics(object: TreeObject): void {
  statistics.drop(object);
}

const look = method(sessionStatistics, {
  permission: 'View management screens',
  async run({ object }) {
    const { counts, since } = statistics.of(object);
    const samples = await historyOf(counts, () => ({ ...counts })).look();
    // What was counted is shown also where there is no way to the store just now.
    const container = await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable);
    const losses = container?.watchLosses() ?? null;
    const rates = COUNTED.map((name) => [name, rateSeries(samples, (counted) => counted[name])] as const);
    return {
      ...timesOf(samples, siteOf(object).clock()),
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
    ? 'Another process serves this tree, and counts for itself.'
    : 'Other processes count for themselves.';
  return `${others} Sessions that expire, or end with all others, are not counted: nobody is told of each.`;
}
