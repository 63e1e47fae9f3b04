import { OVERVIEW } from '../../manage/describe.ts';
import { REMOVED } from '../../objects/event.ts';
import { timeProblems } from './container/container-times.ts';
import { liveSessions } from './container/live-sessions.ts';
import { forgetContainers } from './container/containers.ts';
import { useMethods } from './container-use.ts';
import { forgetStatistics, statisticsMethods, statisticsTab } from './container/statistics.ts';
import { recentMethod } from '../stores/recent.ts';
import { NEEDS_BROWSER_IDS } from './manager-warnings.ts';
import { sessionsMethods } from './sessions-tab.ts';
import { testMethods } from './session-test-tab.ts';

/** What every type of session data container declares, wherever it keeps its sessions. */
export const containerType = {
  group: 'Sessions and caches',
  needs: NEEDS_BROWSER_IDS,
  holds: liveSessions,
  publish: {
    methods: { ...testMethods, ...sessionsMethods, ...statisticsMethods, ...useMethods, recent: recentMethod },
  },
  check: timeProblems,
  events: [REMOVED.by(forgetContainers), REMOVED.by(forgetStatistics)],
} as const;

export const containerTabs = [
  { id: 'test', label: 'Test', element: 'session-test-tab' },
  { id: 'sessions', label: 'Sessions', element: 'sessions-tab' },
  OVERVIEW,
  statisticsTab,
];
