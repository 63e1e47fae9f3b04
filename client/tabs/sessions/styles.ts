import { css } from 'lit';

export const sessionsStyles = css`
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
  .toolbar {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 53px;
    padding-inline: var(--t-edge);
    border-bottom: 1px solid var(--t-line);
  }
  filter-field {
    flex: 0 1 236px;
    min-width: 120px;
  }
  .end-all {
    margin-left: auto;
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
  .foot reveal-list {
    flex-basis: 100%;
  }
  .foot .page {
    display: flex;
    gap: 8px;
  }
  aside {
    flex: none;
    width: 432px;
    border-left: 1px solid var(--t-line-strong);
  }
  aside session-detail {
    position: sticky;
    top: 0;
    max-height: calc(100dvh - 48px);
    overflow: auto;
  }
  wa-drawer {
    --size: min(432px, 100vw);
    --spacing: 0;
  }
  wa-drawer::part(body) {
    padding: 0;
  }
  wa-drawer:not(:defined) {
    display: none;
  }
  @media (width < 640px) {
    .toolbar {
      min-height: 64px;
    }
    filter-field {
      flex: 1;
    }
    .toolbar:has(session-selection) ~ .foot {
      padding-bottom: 110px;
    }
    .foot {
      position: static;
    }
    .foot .source {
      text-align: start;
    }
  }
  @media (640px <= width < 1000px) {
    .toolbar:has(session-selection) .end-all {
      display: none;
    }
  }
`;
