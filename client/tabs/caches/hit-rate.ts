import type { CacheRow, CacheStatisticsMessage } from '../../../schema/endpoints/caches.ts';
import type { ChartColumn, RecentLine } from '../../parts/chart/recent-charts.ts';
import { topFor } from '../../parts/chart/series.ts';
import type { ListQuery } from '../../parts/list/list-query.ts';

type Counts = Pick<CacheRow, 'hits' | 'misses'>;

/** `98.5 %`; nothing where nobody has asked yet. */
export function rateText(counts: Counts): string {
  const rate = rateOf(counts);
  return rate === undefined ? '–' : `${Number((rate * 100).toFixed(1))} %`;
}

/** The last minutes: what was given from the cache, what was made, and their proportion. */
export function recentColumns({ hits, misses }: CacheStatisticsMessage): readonly ChartColumn[] {
  const rates = hits.map((hit, index) => {
    const rate = rateOf({ hits: hit ?? 0, misses: misses[index] ?? 0 });
    return rate === undefined ? null : rate * 100;
  });
  const line = (label: string, kind: RecentLine['kind'], values: RecentLine['values']): RecentLine => {
    return { label, unit: 'a second', kind, values, top: topFor(values) };
  };
  return [
    { name: 'Given from the cache', lines: [line('Hits', 'ok', hits)] },
    { name: 'Made anew', lines: [line('Misses', 'quiet', misses)] },
    { name: 'Proportion', lines: [{ ...line('Hit rate', 'ok', rates), unit: '%', top: 100 }] },
  ];
}

export function sorted(
  rows: readonly CacheRow[],
  { sort, order }: Pick<ListQuery, 'sort' | 'order'>,
): readonly CacheRow[] {
  const direction = order === 'asc' ? 1 : -1;
  return rows.toSorted((one, other) => direction * compare(sort, one, other) || (one.path < other.path ? -1 : 1));
}

function compare(column: string, one: CacheRow, other: CacheRow): number {
  switch (column) {
    case 'path':
      return one.path < other.path ? -1 : 1;
    case 'rate':
      return (rateOf(one) ?? -1) - (rateOf(other) ?? -1);
    case 'recentHits':
    case 'misses':
    case 'entries':
    case 'bytes':
      return one[column] - other[column];
    default:
      return one.hits - other.hits;
  }
}

function rateOf({ hits, misses }: Counts): number | undefined {
  return hits + misses === 0 ? undefined : hits / (hits + misses);
}
