import { PageCache } from '../../caching/page-cache.ts';
import { Statistics } from '../../caching/statistics.ts';
import { StoreBackend } from '../../caching/store-backend.ts';
import type { Store } from '../../memcache/store.ts';
import { REMOVED } from '../../objects/event.ts';
import type { TreeObject } from '../../objects/object.ts';
import { RuntimeState } from '../../objects/runtime-state.ts';
import { defineType } from '../../objects/types.ts';
import { CACHE_MANAGER } from '../../publisher/invoke-cached.ts';
import { siteOf } from '../../site/site.ts';
import { associateMethods, associateTab } from '../caching/associate-tab.ts';
import { cacheFields, cacheSettings } from '../caching/cache-fields.ts';
import { invalidations } from '../caching/invalidation.ts';
import { HAS_STATISTICS, recordPages, statisticsMethods, statisticsTab } from '../caching/cache-statistics-tab.ts';
import { valuesOf } from '../stores/values.ts';
import { NO_PROXY, prefixField, proxyField, proxyWarnings, storeBehind } from './proxy-path.ts';

/** Keeps pages in whatever store its `proxy_path` leads to, shared by every process that knows tree and servers. */
export const memCacheCacheManager = defineType({
  type: 'MemCache Cache Manager',
  description: 'Keeps pages behind a MemCache Proxy',
  icon: 'layers',
  group: 'Sessions and caches',
  suggestedId: 'mccache',
  addPermission: 'Add MemCache Cache Managers',
  changePermission: 'Change cache managers',
  properties: {
    proxy_path: proxyField('The MemCache Proxy behind which pages are kept, e.g. /mcproxy.'),
    ...cacheFields(),
    prefix: prefixField(
      'Tells the keys of what is kept here from others behind the same proxy. With another one, every page is made anew.',
    ),
  },
  provides: [
    CACHE_MANAGER.by((object) => ({
      async answer(call, render) {
        const pages = await object.tree.remembered(`answers of ${object.oid}`, () => find(object));
        return pages === undefined ? render(call) : pages.answer(call, render, cacheSettings(object));
      },
    })),
    HAS_STATISTICS.by(open),
  ],
  ui: {
    broken: NO_PROXY,
    works: 'Keeps pages',
    tabs: [associateTab, statisticsTab],
    warnings: proxyWarnings,
    // Only a walk over all keys of all servers would tell.
    size: () => '',
  },
  loss: 'pages will be made anew each time',
  publish: { methods: { ...associateMethods, ...statisticsMethods } },
  events: [REMOVED.by((object) => caches.drop(object))],
});

/** What an object keeps alive, whatever store its path leads to. */
interface Caching {
  readonly prefix: string;
  readonly statistics: Statistics;
  readonly inStores: WeakMap<Store, PageCache>;
  readonly stopRecording: () => void;
}

const caches = new RuntimeState<Caching>({
  make(object) {
    const statistics = new Statistics(siteOf(object).clock);
    const stopRecording = recordPages(object, statistics);
    return { prefix: prefixOf(object), statistics, inStores: new WeakMap(), stopRecording };
  },
  close: ({ stopRecording }) => stopRecording(),
  madeFrom: prefixOf,
});

/** The pages that an object keeps in its store: one for both in a process, so that requests can wait for each other. */
async function open(object: TreeObject): Promise<PageCache> {
  const store = await storeBehind(object);
  const { prefix, statistics, inStores } = caches.of(object);
  const known = inStores.get(store);
  if (known !== undefined) return known;
  const { clock, log, version } = siteOf(object);
  const backend = new StoreBackend(valuesOf(object, store, 'c', prefix));
  const made = new PageCache({ backend, statistics, scope: version, generationOf: invalidations, clock, log });
  inStores.set(store, made);
  return made;
}

function prefixOf({ properties }: TreeObject): string {
  return String(properties['prefix']);
}

/** Nothing where there is no store: pages are then made anew, and the object's warnings say why. */
async function find(object: TreeObject): Promise<PageCache | undefined> {
  try {
    return await open(object);
  } catch (error) {
    siteOf(object).log.warn({ err: error, cache: object.path }, 'A cache has no store: pages are made anew');
    return undefined;
  }
}
