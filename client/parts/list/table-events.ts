export interface Sorting {
  readonly column: string;
  readonly order: 'asc' | 'desc';
}

/** A press on a column's head: sort by it, or the other way round. */
export class SortChanged extends Event {
  static readonly type = 'sort-changed';
  readonly sorting: Sorting;

  constructor(sorting: Sorting) {
    super(SortChanged.type);
    this.sorting = sorting;
  }
}

export class SelectionChanged extends Event {
  static readonly type = 'selection-changed';
  readonly keys: ReadonlySet<string>;

  constructor(keys: ReadonlySet<string>) {
    super(SelectionChanged.type);
    this.keys = keys;
  }
}

/** Enter on a row, or a double click. */
export class RowOpened extends Event {
  static readonly type = 'row-opened';
  readonly key: string;

  constructor(key: string) {
    super(RowOpened.type);
    this.key = key;
  }
}
