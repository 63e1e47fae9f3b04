import { css, type CSSResultGroup } from 'lit';

/**
 * What stands above a list: what narrows it, and what can be done; below it: what can be said of it, and its pages. Both stay
 * in sight while the rows scroll, as do the heads of the table.
 */
export const toolbar = css`
  .toolbar {
    position: sticky;
    z-index: 3;
    top: 0;
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 53px;
    padding: 6px var(--t-edge);
    border-bottom: 1px solid var(--t-line);
    background: var(--t-canvas);
  }
  .toolbar ~ t-table {
    --head-top: 53px;
  }
  .foot {
    position: sticky;
    z-index: 2;
    bottom: 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 16px;
    min-height: 38px;
    padding: 4px var(--t-edge);
    border-top: 1px solid var(--t-line);
    background: var(--t-canvas);
    color: var(--t-quiet);
    font-size: var(--t-size-small);
    line-height: 18px;
  }
  @media print {
    .toolbar,
    .foot page-turner {
      display: none;
    }
    .foot {
      position: static;
    }
  }
  @media (width < 640px) {
    .toolbar {
      min-height: 64px;
    }
    .toolbar ~ t-table {
      --head-top: 64px;
    }
    .foot {
      position: static;
    }
  }
`;

/** A tab that is a list: what narrows it above, what can be said of it below, one row's details at the side. */
export const listPage: CSSResultGroup = [
  toolbar,
  css`
    :host {
      display: flex;
      align-items: stretch;
    }
    .list {
      display: flex;
      flex: 1;
      flex-direction: column;
      min-width: 0;
    }
    filter-field {
      flex: 0 1 236px;
      min-width: 120px;
    }
    t-table {
      flex: 1;
    }
    .foot .source {
      flex: 1 1 300px;
      text-align: end;
    }
    @media (width < 640px) {
      filter-field {
        flex: 1;
      }
      .foot .source {
        text-align: start;
      }
    }
  `,
];

/** For an element that is a <details>: in the foot of a list, over its whole width. */
export const foldedList = css`
  :host {
    flex-basis: 100%;
    font-size: var(--t-size-small);
    line-height: 18px;
  }
  summary {
    min-height: 24px;
    line-height: 24px;
    cursor: pointer;
  }
`;
