import type { Sorting } from './table-events.ts';

const PAGE = 100;

/** What of a long list is asked for. */
export interface ListQuery {
  readonly filter: string;
  readonly sort: string;
  readonly order: 'asc' | 'desc';
  /** How many rows stand before the page that is shown. */
  readonly offset: number;
  readonly limit: number;
}

/** What of a list is shown lives in the address of its tab: `?filter=shop&sort=bytes&order=desc&from=101`. */
export function listQueryOf(search: URLSearchParams, first: Sorting): ListQuery {
  const order = search.get('order');
  return {
    filter: search.get('filter') ?? '',
    sort: search.get('sort') ?? first.column,
    order: order === 'asc' || order === 'desc' ? order : first.order,
    offset: Math.max(0, Number(search.get('from') ?? 1) - 1) || 0,
    limit: PAGE,
  };
}
