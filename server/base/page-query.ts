/** The part of a list that is asked for. */
export interface PageQuery<Sort extends string> {
  readonly offset: number;
  readonly limit: number;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  /** What the list is narrowed to. Empty: all of it. */
  readonly filter: string;
}
