import { p } from '../../../schema/fields.ts';
import { LocalStore } from '../../memcache/local-store.ts';
import { RuntimeState } from '../../objects/runtime-state.ts';
import { REMOVED } from '../../objects/event.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import type { SessionContainer } from '../../sessions/container.ts';
import { siteOf } from '../../site/site.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';
import { estimatedSessions, estimateLabel } from '../stores/session-estimate.ts';
import { logProcessMemory, processMemoryWarnings } from '../stores/memory-warnings.ts';
import { containerFields } from './container/container-fields.ts';
import { timeWarnings } from './container/container-times.ts';
import { containerIn } from './container/containers.ts';
import { meterOf } from './container/statistics.ts';
import { containerTabs, containerType } from './container-type.ts';

const stores = new RuntimeState<LocalStore>({
  make(object) {
    const store = new LocalStore({ onMemory: (use) => logProcessMemory(siteOf(object).log, object.path, use, REMEDY) });
    meterOf(object).memory = () => store.memory;
    return store;
  },
  close: (store) => store.close(),
  madeFrom: () => null,
});

/** Looking at an object must not take long. */
const MOST_COUNTED = 1_000;

const MIB = 1024 * 1024;
const REMEDY =
  'Give it more memory, let sessions end sooner (Idle timeout), or keep them in memcached, in a MemCache Session Data Container behind a MemCache Proxy.';

/** Keeps sessions in this process's memory: they need no server, are shared with no other process, and go with this one. */
export const transientObjectContainer = defineType({
  ...containerType,
  type: 'Transient Object Container',
  description: 'Keeps sessions in this process',
  icon: 'timer',
  suggestedId: 'session_data',
  addPermission: 'Add Transient Object Containers',
  properties: {
    ...containerFields,
    limit_mib: p.integer({
      title: 'Memory',
      help: 'When sessions take more, those that no browser came back to make room; then new ones are refused (503).',
      default: 64,
      minimum: 1,
      maximum: 65_536,
      unit: 'MiB',
    }),
  },
  provides: [SESSION_CONTAINER.by(async (object) => containerOf(object))],
  ui: {
    tabs: containerTabs,
    async tabCounts(object) {
      const count = await containerOf(object).list.count(undefined, MOST_COUNTED);
      return count === undefined ? {} : { sessions: count };
    },
    size: (object) => countLabel(object),
    count: (object) => countSentence(object),
    async warnings(object: TreeObject) {
      const link = { label: `Properties of ${object.path}`, path: object.path, tab: 'properties' };
      return [...timeWarnings(object), ...processMemoryWarnings(storeOf(object).memory, { text: REMEDY, link })];
    },
  },
  events: [...containerType.events, REMOVED.by((object) => stores.drop(object))],
});

function containerOf(object: TreeObject): SessionContainer {
  return containerIn(storeOf(object), object, null);
}

function storeOf(object: TreeObject): LocalStore {
  const store = stores.of(object);
  store.maxBytes = Number(object.properties['limit_mib']) * MIB;
  return store;
}

async function countLabel(object: TreeObject): Promise<string> {
  const count = await countOf(object);
  // What is recorded may be of before there were so many.
  if (count === undefined) return estimateLabel(Math.max(MOST_COUNTED, (await estimatedSessions(object)) ?? 0));
  return count === 1 ? '1 session' : `${count.toLocaleString('en')} sessions`;
}

async function countSentence(object: TreeObject): Promise<string> {
  const count = await countOf(object);
  return `${itemsIn(count)} in this transient object container.`;
}

function itemsIn(count: number | undefined): string {
  if (count === undefined) return `More than ${MOST_COUNTED.toLocaleString('en')} items are`;
  if (count === 0) return 'There are no items';
  return count === 1 ? '1 item is' : `${count.toLocaleString('en')} items are`;
}

/** `undefined`: more than are counted. */
function countOf(object: TreeObject): Promise<number | undefined> {
  return containerOf(object).list.count(undefined, MOST_COUNTED);
}
