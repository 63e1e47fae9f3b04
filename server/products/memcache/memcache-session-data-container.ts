import { REMOVED } from '../../objects/event.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import { siteOf } from '../../site/site.ts';
import { containerFields } from '../sessions/container/container-fields.ts';
import { timeProblems, timeWarnings } from '../sessions/container/container-times.ts';
import { containerIn } from '../sessions/container/containers.ts';
import { leftBehind, liveSessions } from '../sessions/container/live-sessions.ts';
import { NEEDS_BROWSER_IDS } from '../sessions/manager-warnings.ts';
import { sessionsMethods } from '../sessions/sessions-tab.ts';
import { forgetStatistics, statisticsMethods, statisticsTab } from '../sessions/container/statistics.ts';
import { testMethods } from '../sessions/test-tab.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';
import { NO_PROXY, proxyField, proxyWarnings, storeBehind } from './proxy-path.ts';

const proxyPath = proxyField('The MemCache Proxy behind which the sessions are kept, e.g. /mcproxy.');

/** Keeps sessions in whatever store its `proxy_path` leads to, shared by every process that knows tree and servers. */
export const memCacheSessionDataContainer = defineType({
  type: 'MemCache Session Data Container',
  description: 'Keeps sessions behind a MemCache Proxy',
  icon: 'database',
  group: 'Sessions and caches',
  suggestedId: 'mcsdc',
  addPermission: 'Add MemCache Session Data Containers',
  properties: { proxy_path: proxyPath, ...containerFields },
  provides: [
    SESSION_CONTAINER.by(async (object) => containerIn(await storeBehind(object), object, siteOf(object).keyRing)),
  ],
  needs: NEEDS_BROWSER_IDS,
  holds: (object) => liveSessions(object),
  answers: { proxy_path: (path, about) => leftBehind('proxy_path', path, about) },
  ui: {
    broken: NO_PROXY,
    works: 'Keeps sessions',
    tabs: [
      { id: 'test', label: 'Test', element: 'session-test-tab' },
      { id: 'sessions', label: 'Sessions', element: 'sessions-tab' },
      statisticsTab,
    ],
    warnings: async (object: TreeObject) => [...timeWarnings(object), ...(await proxyWarnings(object))],
  },
  loss: 'sessions will be off',
  publish: { methods: { ...testMethods, ...sessionsMethods, ...statisticsMethods } },
  check: timeProblems,
  events: [REMOVED.by(forgetStatistics)],
});
