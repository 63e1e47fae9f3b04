import { html } from 'lit';
import type { CacheRow } from '../../../schema/endpoints/caches.ts';
import { formatBytes, formatNumber, plural } from '../../parts/format.ts';
import '../../parts/icon.ts';
import type { Column, CompactRow } from '../../parts/list/table-columns.ts';
import { addressOf } from '../../state/route.ts';
import { rateText } from './hit-rate.ts';

/** How a cache manager lists what it keeps. */
export const columns: readonly Column<CacheRow>[] = [
  { id: 'path', label: 'Path', width: 220, rank: 0, isSortable: true, cell: pathCell },
  figure('hits', 'Hits', 0, ({ hits }) => formatNumber(hits)),
  figure('recentHits', 'Recent hits', 3, ({ recentHits }) => formatNumber(recentHits)),
  figure('misses', 'Misses', 3, ({ misses }) => formatNumber(misses)),
  figure('rate', 'Hit rate', 0, rateText),
  figure('entries', 'Entries', 2, ({ entries }) => formatNumber(entries)),
  figure('bytes', 'Memory', 1, ({ bytes }) => formatBytes(bytes)),
  { id: 'views', label: 'Views', width: 200, rank: 4, isQuiet: true, cell: ({ views }) => views.join(', ') },
];

export function compactRow(row: CacheRow): CompactRow {
  return {
    icon: row.icon,
    first: pathLink(row),
    second: `${plural(row.hits, 'hit')}, ${plural(row.misses, 'miss', 'misses')}`,
    endFirst: rateText(row),
    endSecond: formatBytes(row.bytes),
  };
}

function figure(id: string, label: string, rank: number, cell: (row: CacheRow) => string): Column<CacheRow> {
  return { id, label, width: 100, rank, isLargestFirst: true, align: 'end', cell };
}

export function pathCell(row: Pick<CacheRow, 'path' | 'icon'>) {
  return html`<span class="with-icon"><t-icon name=${row.icon}></t-icon>${pathLink(row)}</span>`;
}

export function pathLink({ path }: Pick<CacheRow, 'path'>) {
  return html`<a class="ellipsis" href=${addressOf(path, 'cache')} title=${path} tabindex="-1">${path}</a>`;
}
