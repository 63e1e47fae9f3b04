import { cacheStatistics, removeEntries, type CacheRow } from '../../../schema/endpoints/caches.ts';
import { visible } from '../../../schema/invisible.ts';
import { invalidAt, Unavailable } from '../../base/errors.ts';
import type { PageCache } from '../../caching/page-cache.ts';
import type { Statistics } from '../../caching/statistics.ts';
import type { CacheUsage, UsageByObject } from '../../caching/cache-backend.ts';
import { timeText } from '../../manage/describe.ts';
import { rateOf, recorded, timesOf } from '../../manage/recent-times.ts';
import { requirePermission } from '../../manage/object.ts';
import { CountMeter } from '../../recent/count-meter.ts';
import { subjectOf } from '../../recent/meter.ts';
import { capability } from '../../objects/capability.ts';
import type { TreeObject } from '../../objects/object.ts';
import { byView, method } from '../../publisher/views.ts';
import { siteOf } from '../../site/site.ts';
import { CHANGE_CACHE_SETTINGS } from '../../publisher/invoke-cached.ts';
import { invalidate, invalidations } from './invalidation.ts';

/** An object that has cached pages to look at. Where there is no way to them, the promise says what is missing. */
export const HAS_STATISTICS = capability<Promise<PageCache>>('cache.statistics', 'a cache with statistics');

const PERMISSION = 'Change cache managers';

/** Where they stand in what is recorded of a cache: after the longest of something, which caches have not. */
const [HITS, MISSES] = [1, 2];

/** From now on it is recorded how often pages of a manager are found, until what it gives is called. */
export function recordPages(object: TreeObject, { totals }: Statistics): () => void {
  const { recording } = siteOf(object);
  const meter = new CountMeter(subjectOf(object), () => [totals.hits, totals.misses]);
  recording.follow(meter);
  return () => recording.unfollow(meter);
}

const look = method(cacheStatistics, {
  permission: PERMISSION,
  async run({ object }) {
    const pages = await object.provide(HAS_STATISTICS);
    const span = await recorded(object);
    const { byOid, trouble } = await usageOf(object, pages);
    const oids = new Set([...byOid.keys(), ...pages.statistics.oids()]);
    const now = siteOf(object).clock();
    const rows = await Promise.all([...oids].map((oid) => rowFrom(object, pages, oid, byOid.get(oid), now)));
    return {
      ...timesOf(span),
      hits: rateOf(span, subjectOf(object), HITS),
      misses: rateOf(span, subjectOf(object), MISSES),
      since: timeText(pages.statistics.since),
      trouble,
      rows: rows.filter((row) => row !== undefined).sort((a, b) => b.hits - a.hits || (a.path < b.path ? -1 : 1)),
    };
  },
});

const remove = method(removeEntries, {
  permission: PERMISSION,
  async run(call) {
    const { tree, body, object: manager } = call;
    const objects = await Promise.all(body.paths.map((path) => tree.find(path)));
    const missing = objects.indexOf(undefined);
    if (missing >= 0) throw invalidAt(`/paths/${missing}`, `There is no object at '${visible(body.paths[missing]!)}'.`);
    const found = objects.filter((object) => object !== undefined);
    for (const object of found) requirePermission(call, CHANGE_CACHE_SETTINGS, object);
    await invalidate(...found);
    await sweep(manager);
    return { line: 'Cache entries invalidated' };
  },
});

export const statisticsMethods = byView(look, remove);
export const statisticsTab = { id: 'statistics', label: 'Statistics', element: 'cache-statistics-tab' };

/** Frees what nobody finds any more. Where that cannot be reached, it runs out by itself. */
async function sweep(manager: TreeObject): Promise<void> {
  try {
    await usageOf(manager, await manager.provide(HAS_STATISTICS));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
}

/** What cannot be listed takes nothing from what is known: how often it was found. */
async function usageOf({ tree }: TreeObject, pages: PageCache): Promise<UsageByObject> {
  try {
    return await pages.usage(async (oid) => {
      const object = await tree.findByOid(oid);
      return object === undefined ? undefined : invalidations(object);
    });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { byOid: new Map(), trouble: error.message };
  }
}

/** Nothing for what is no longer there, or was removed and not asked for since. */
async function rowFrom(
  manager: TreeObject,
  pages: PageCache,
  oid: number,
  usage: CacheUsage | undefined,
  now: number,
): Promise<CacheRow | undefined> {
  const object = await manager.tree.findByOid(oid);
  if (object === undefined) return undefined;
  const counts = pages.statistics.find(oid, invalidations(object));
  if (counts === undefined && usage === undefined) return undefined;
  return {
    path: object.path,
    icon: object.definition?.icon ?? '',
    hits: counts?.hits ?? 0,
    recentHits: counts?.recentHits.at(now) ?? 0,
    misses: counts?.misses ?? 0,
    entries: usage?.entries ?? 0,
    bytes: usage?.bytes ?? 0,
    views: [...(counts?.paths ?? [])],
  };
}
