import type { TemplateResult } from 'lit';

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  readonly cell: (row: Row) => TemplateResult | string;
  /** Least width in pixels; what the table has left over is shared out in proportion. */
  readonly width: number;
  /** 0: never dropped. Where the table is too narrow, the column with the highest rank goes first. */
  readonly rank: number;
  /** What the column shrinks to, and then stays, when its rank would have it dropped. */
  readonly short?: { readonly width: number; readonly cell: (row: Row) => TemplateResult | string };
  readonly isSortable?: boolean;
  /** Sorting by it, which can be done then, begins with the largest or the latest. */
  readonly isLargestFirst?: boolean;
  readonly align?: 'start' | 'end';
  /** Set in quiet. */
  readonly isQuiet?: boolean;
}

/** A row of two lines, as on a phone. */
export interface CompactRow {
  readonly icon?: string;
  readonly first: TemplateResult | string;
  readonly second: TemplateResult | string;
  readonly endFirst?: TemplateResult | string;
  readonly endSecond?: TemplateResult | string;
}

/** The columns that fit into a table of this width, in their own order. */
export function columnsThatFit<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  const kept = new Map(columns.map((column) => [column.id, column]));
  const byRank = columns.filter(({ rank }) => rank > 0).sort((one, other) => other.rank - one.rank);
  for (const column of byRank) {
    if (widthOf(kept.values()) <= width) break;
    if (column.short) kept.set(column.id, { ...column, ...column.short });
    else kept.delete(column.id);
  }
  return [...kept.values()];
}

export function widthOf<Row>(columns: Iterable<Column<Row>>): number {
  let sum = 0;
  for (const { width } of columns) sum += width;
  return sum;
}
