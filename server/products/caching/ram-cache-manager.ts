import { p, type ValuesOf } from '../../../schema/fields.ts';
import { PageCache, USER_NAME } from '../../caching/page-cache.ts';
import { MemoryBackend, type MemoryBackendLimits } from '../../caching/memory-backend.ts';
import { Statistics } from '../../caching/statistics.ts';
import { RuntimeState } from '../../objects/runtime-state.ts';
import { REMOVED } from '../../objects/event.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import { CACHE_MANAGER } from '../../publisher/invoke-cached.ts';
import { siteOf } from '../../site/site.ts';
import { associateMethods, associateTab } from './associate-tab.ts';
import { cacheFields, cacheSettings } from './cache-fields.ts';
import { invalidations } from './invalidation.ts';
import { HAS_STATISTICS, recordPages, statisticsMethods, statisticsTab } from './cache-statistics-tab.ts';

interface RamCache {
  readonly backend: MemoryBackend;
  readonly pages: PageCache;
  readonly stopRecording: () => void;
}

const caches = new RuntimeState<RamCache>({
  make(object) {
    const { clock, log } = siteOf(object);
    const backend = new MemoryBackend(limitsOf(object), clock);
    const statistics = new Statistics(clock);
    const pages = new PageCache({ backend, statistics, scope: '', generationOf: invalidations, clock, log });
    return { backend, pages, stopRecording: recordPages(object, statistics) };
  },
  close: ({ stopRecording }) => stopRecording(),
  madeFrom: () => null,
});

const limitFields = {
  threshold_entries: p.integer({
    title: 'Threshold',
    help: 'When more is kept, what was not asked for longest goes.',
    default: 1000,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'entries',
  }),
  threshold_mib: p.integer({
    title: 'Memory',
    help: 'When kept answers take more, what was not asked for longest goes.',
    default: 64,
    minimum: 1,
    maximum: 65_536,
    unit: 'MiB',
  }),
  cleanup_interval_seconds: p.integer({
    title: 'Cleanup interval',
    help: 'What is too old is looked for this often.',
    default: 300,
    minimum: 1,
    maximum: 86_400,
    unit: 'seconds',
  }),
};

/** Keeps pages in this process's memory: the fastest cache, shared with no other process. */
export const ramCacheManager = defineType({
  type: 'RAM Cache Manager',
  description: 'Keeps pages in this process',
  icon: 'memory-stick',
  group: 'Sessions and caches',
  suggestedId: 'ram_cache',
  addPermission: 'Add RAM Cache Managers',
  changePermission: 'Change cache managers',
  properties: {
    ...cacheFields([USER_NAME]),
    ...limitFields,
  },
  provides: [
    CACHE_MANAGER.by((object) => ({
      answer: (call, render) => cacheOf(object).pages.answer(call, render, cacheSettings(object)),
    })),
    HAS_STATISTICS.by(async (object) => cacheOf(object).pages),
  ],
  ui: {
    tabs: [associateTab, statisticsTab],
    size(object) {
      const { count } = cacheOf(object).backend;
      return count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`;
    },
  },
  publish: { methods: { ...associateMethods, ...statisticsMethods } },
  events: [REMOVED.by((object) => caches.drop(object))],
});

function cacheOf(object: TreeObject): RamCache {
  const cache = caches.of(object);
  cache.backend.limits = limitsOf(object);
  return cache;
}

function limitsOf({ properties }: TreeObject): MemoryBackendLimits {
  const values = properties as unknown as ValuesOf<typeof limitFields>;
  return {
    maxEntries: values.threshold_entries,
    maxBytes: values.threshold_mib * 1024 * 1024,
    cleanupMs: values.cleanup_interval_seconds * 1000,
  };
}
