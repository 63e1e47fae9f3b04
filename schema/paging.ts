/** How a list may be asked for, and what holds where nothing is said. */
export interface Paging<Sort extends string = string> {
  readonly sorts: readonly Sort[];
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly largest: number;
}

/** The query of such a list, in words. */
export function queryOf({ sorts, sort, order, limit, largest }: Paging, filter: string) {
  return {
    offset: 'How many to pass over.',
    limit: `How many at most, up to ${largest}; ${limit} unless said.`,
    sort: `One of ${sorts.join(', ')}; ${sort} unless said.`,
    order: `\`asc\` or \`desc\`; ${order} unless said.`,
    filter,
  };
}
