import { html, nothing, type TemplateResult } from 'lit';
import type { FilterChanged } from '../parts/list/filter-field.ts';
import type { SortChanged, Sorting } from '../parts/list/table.ts';
import { place, setQuery } from '../state/location.ts';

/** How many rows a page of a long list has. */
export const PAGE = 100;

/** What of a list is shown lives in the address of its tab: `?filter=shop&sort=bytes&order=desc&from=101`. */
export function filterText(): string {
  return place.get().query.get('filter') ?? '';
}

/** Sorted as the address says, else as the list is at first. */
export function sortingOf(first: Sorting): Sorting {
  const { query } = place.get();
  const order = query.get('order');
  return {
    column: query.get('sort') ?? first.column,
    order: order === 'asc' || order === 'desc' ? order : first.order,
  };
}

/** How many rows stand before the page that is shown. */
export function offset(): number {
  return Math.max(0, Number(place.get().query.get('from') ?? 1) - 1) || 0;
}

export function showFiltered({ text }: FilterChanged): void {
  setQuery({ filter: text, from: undefined });
}

export function showSorted({ sorting: { column, order } }: SortChanged): void {
  setQuery({ sort: column, order, from: undefined });
}

/** The ways to the rows before and after those that are shown, where there are any. */
export function pages(shown: number, total: number): TemplateResult | typeof nothing {
  const before = offset();
  const to = before + shown;
  if (before === 0 && to >= total) return nothing;
  const page = (label: string, from: number, isThere: boolean) => {
    const show = () => setQuery({ from: from <= 0 ? undefined : String(from + 1) });
    return html`<button class="small" ?disabled=${!isThere} @click=${show}>${label}</button>`;
  };
  return html`<div class="page">${page('Previous', before - PAGE, before > 0)} ${page('Next', to, to < total)}</div>`;
}
