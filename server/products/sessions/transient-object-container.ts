import { LocalStore } from '../../memcache/local.ts';
import { LiveParts } from '../../objects/live.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { containerFields } from './container-fields.ts';
import { containerIn, type OpenContainer } from './containers.ts';
import { sessionsMethods } from './sessions-tab.ts';
import { forgetStatistics, statisticsMethods, statisticsTab } from './statistics.ts';
import { testMethods } from './test-tab.ts';

const stores = new LiveParts<LocalStore>({
  make: () => new LocalStore(),
  close: (store) => store.close(),
  madeFrom: () => null,
});

/** Looking at an object must not take long. */
const MOST_COUNTED = 1_000;

/** Keeps sessions in this process's memory: they need no server, are shared with no other process, and go with this one. */
export const transientObjectContainer = defineType({
  type: 'Transient Object Container',
  description: 'Keeps sessions in this process',
  icon: 'timer',
  group: 'Sessions and caches',
  suggestedId: 'session_data',
  addPermission: 'Add Transient Object Containers',
  properties: containerFields,
  provides: {
    'session.container':
      (object): OpenContainer =>
      async () =>
        containerOf(object),
  },
  tabs: [
    { id: 'test', label: 'Test', element: 'session-test-tab' },
    { id: 'sessions', label: 'Sessions', element: 'sessions-tab' },
    statisticsTab,
  ],
  methods: { ...testMethods, ...sessionsMethods, ...statisticsMethods },
  async tabCounts(object) {
    const count = await containerOf(object).list.count(undefined, MOST_COUNTED);
    return count === undefined ? {} : { sessions: count };
  },
  size: (object) => countLabel(object),
  on: {
    removed(object: TreeObject) {
      stores.drop(object);
      forgetStatistics(object);
    },
  },
});

function containerOf(object: TreeObject): SessionContainer {
  return containerIn(stores.of(object), object, null);
}

async function countLabel(object: TreeObject): Promise<string> {
  const count = await containerOf(object).list.count(undefined, MOST_COUNTED);
  if (count === undefined) return `More than ${MOST_COUNTED.toLocaleString('en')} sessions`;
  return count === 1 ? '1 session' : `${count.toLocaleString('en')} sessions`;
}
