import { css } from 'lit';

/** How tables look; also for a plain <table> in a tab of its own. Lines between rows only. */
export const tableStyles = css`
  :host {
    scroll-margin-top: var(--head-top, 0px);
  }
  table {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    height: 36px;
    padding: 0 14px 0 0;
    border-bottom: 1px solid var(--t-line);
    overflow: hidden;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .two-lines {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    line-height: 16px;
    white-space: normal;
  }
  td:has(> .two-lines) {
    padding-block: 5px;
  }
  th {
    position: sticky;
    z-index: 1;
    top: var(--head-top, 0px);
    height: 34px;
    border-bottom: 0;
    background: var(--t-lowered);
    box-shadow: inset 0 -1px var(--t-line);
    color: var(--t-quiet);
    font-size: var(--t-size-small);
    font-weight: 500;
  }
  :is(th, td):first-child {
    padding-left: var(--t-edge);
  }
  :is(th, td).end {
    padding-right: 28px;
    text-align: end;
  }
  :is(th, td):last-child {
    padding-right: var(--t-edge);
  }
  /* What can be done to a row ends where the other columns do. */
  :is(td.end, .at-end) button.plain {
    margin-right: -11px;
  }
  :is(th, td).check {
    padding-right: 0;
    overflow: visible;
  }
  col.check {
    width: calc(var(--t-edge) + 28px);
  }
  .with-icon {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  /* A row that belongs to the one above it. */
  .under {
    padding-left: 20px;
  }
  a.id {
    color: inherit;
    font-weight: 500;
  }
  td.quiet {
    color: var(--t-quiet);
  }
  /* Not behind what stays in sight. */
  tbody tr {
    scroll-margin-block: calc(var(--head-top, 0px) + 40px) 48px;
  }
  tbody tr:hover {
    background: var(--t-hover);
  }
  tbody tr.selected {
    background: var(--t-accent-fill);
  }
  tbody tr.open {
    background: var(--t-hover);
    box-shadow: inset 2px 0 var(--t-accent);
  }
  tbody tr:focus-visible {
    outline-offset: -2px;
  }
  button.head {
    justify-content: flex-start;
    gap: 4px;
    min-height: 24px;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
  }
  button.head t-icon {
    --icon-size: 13px;
    color: inherit;
  }
  td button.head {
    max-width: 100%;
  }
  th:hover button.head,
  th[aria-sort] button.head {
    color: var(--t-text);
  }
  :host([selectable]) ::slotted(t-face) {
    padding-left: calc(var(--t-edge) + 28px);
  }
  .skeleton rect {
    fill: var(--t-line);
  }
  .skeleton .end svg {
    scale: -1 1;
  }
  .loading {
    padding: 11px var(--t-edge);
  }
  .skeleton:hover {
    background: none;
  }
  @media print {
    th {
      position: static;
    }
    tr {
      break-inside: avoid;
    }
    :is(th, td).check,
    col.check {
      display: none;
    }
    :is(th, td) {
      overflow: visible;
      overflow-wrap: anywhere;
      white-space: normal;
    }
  }
  .compact th {
    position: static;
  }
  .compact td {
    height: 56px;
    padding-right: var(--t-edge);
  }
  .compact :is(th, td).check {
    width: calc(var(--t-edge) + 32px);
    padding-right: 0;
  }
  .two {
    display: flex;
    align-items: center;
    gap: 14px;
  }
  .main {
    flex: 1;
    min-width: 0;
  }
  .main > p + p {
    line-height: 16px;
  }
  .at-end {
    max-width: 50%;
    text-align: end;
  }
`;
