import type { CacheAnswer, CacheRow, CacheStatisticsMessage } from '../../../schema/messages/caches.ts';
import { Invalid, Unavailable } from '../../base/errors.ts';
import { History } from '../../base/history.ts';
import type { KeptAnswers } from '../../caching/kept-answers.ts';
import type { Holding, Holdings } from '../../caching/shelf.ts';
import { timeText } from '../../manage/describe.ts';
import { RECENTLY, rateSeries, timesOf } from '../../manage/recent.ts';
import { demand } from '../../manage/object.ts';
import type { TreeObject } from '../../objects/object.ts';
import { texts } from '../../publisher/body.ts';
import { method } from '../../publisher/views.ts';
import { siteOf } from '../../site.ts';
import { CHANGE_CACHE_SETTINGS } from '../../publisher/answer.ts';
import { invalidate } from './invalidation.ts';

/** What an object gives that provides `cache.statistics`: its answers, once the way to them is found. */
export type OpenAnswers = () => Promise<KeptAnswers>;
export const HAS_STATISTICS = 'cache.statistics';

const PERMISSION = 'Change cache managers';

const look = method({
  http: 'GET',
  permission: PERMISSION,
  summary: 'What is kept, and how often it was found in this process.',
  async run({ object }): Promise<CacheStatisticsMessage> {
    const answers = await open(object);
    const samples = await historyOf(answers).look();
    const { holdings, trouble } = await holdingsOf(answers);
    const byOid = new Map(holdings.map((holding) => [holding.oid, holding]));
    const oids = new Set([...byOid.keys(), ...answers.statistics.oids()]);
    const rows = await Promise.all([...oids].map((oid) => rowFrom(object, answers, oid, byOid.get(oid))));
    return {
      ...timesOf(samples, siteOf(object).clock()),
      hits: rateSeries(samples, ({ hits }) => hits),
      misses: rateSeries(samples, ({ misses }) => misses),
      since: timeText(answers.statistics.since),
      trouble,
      rows: rows.filter((row) => row !== undefined).sort((a, b) => b.hits - a.hits || (a.path < b.path ? -1 : 1)),
    };
  },
});

const remove = method({
  http: 'POST',
  permission: PERMISSION,
  summary: 'Forgets what caches keep of the objects at these paths, and of what is in them.',
  body: { paths: texts },
  async run(call): Promise<CacheAnswer> {
    const { connection, body } = call;
    const objects = await Promise.all(body.paths.map((path) => connection.find(path)));
    const missing = objects.indexOf(undefined);
    if (missing >= 0) {
      const detail = `There is no object at '${body.paths[missing]}'.`;
      throw new Invalid(detail, [{ pointer: `/paths/${missing}`, detail }]);
    }
    const found = objects.filter((object) => object !== undefined);
    for (const object of found) demand(call, CHANGE_CACHE_SETTINGS, object);
    await invalidate(...found);
    return { line: 'Cache entries invalidated' };
  },
});

export const statisticsMethods = { statistics: [look, remove] };
export const statisticsTab = { id: 'statistics', label: 'Statistics', element: 'cache-statistics-tab' };

function open(object: TreeObject): Promise<KeptAnswers> {
  return (object.provide(HAS_STATISTICS) as OpenAnswers)();
}

const histories = new WeakMap<KeptAnswers, History<KeptAnswers['statistics']['totals']>>();

/** The last minutes, from the first look on. */
function historyOf(answers: KeptAnswers) {
  const { totals } = answers.statistics;
  const history = histories.get(answers) ?? new History({ ...RECENTLY, take: () => ({ ...totals }) });
  histories.set(answers, history);
  return history;
}

/** What cannot be listed takes nothing from what is known: how often it was found. */
async function holdingsOf(answers: KeptAnswers): Promise<Holdings> {
  try {
    return await answers.holdings();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { holdings: [], trouble: error.message };
  }
}

/** Nothing for what is no longer there. */
async function rowFrom(
  manager: TreeObject,
  answers: KeptAnswers,
  oid: number,
  holding: Holding | undefined,
): Promise<CacheRow | undefined> {
  const object = await manager.connection.findByOid(oid);
  if (object === undefined) return undefined;
  const counts = answers.statistics.find(oid);
  return {
    path: object.path,
    icon: object.definition?.icon ?? '',
    hits: counts?.hits ?? 0,
    misses: counts?.misses ?? 0,
    entries: holding?.entries ?? 0,
    bytes: holding?.bytes ?? 0,
    views: [...(counts?.paths ?? [])],
  };
}
