import { css, type CSSResultGroup } from 'lit';

/** What stands above a list: what narrows it, and what can be done. */
export const toolbar = css`
  .toolbar {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 53px;
    padding-inline: var(--t-edge);
    border-bottom: 1px solid var(--t-line);
  }
  @media (width < 640px) {
    .toolbar {
      min-height: 64px;
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
    .foot {
      position: sticky;
      bottom: 0;
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 16px;
      min-height: 36px;
      padding: 4px var(--t-edge);
      border-top: 1px solid var(--t-line);
      background: var(--t-canvas);
      color: var(--t-quiet);
      font-size: var(--t-size-small);
      line-height: 18px;
    }
    .foot .source {
      flex: 1 1 300px;
      text-align: end;
    }
    .foot .page {
      display: flex;
      gap: 8px;
    }
    @media (width < 640px) {
      filter-field {
        flex: 1;
      }
      .foot {
        position: static;
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
