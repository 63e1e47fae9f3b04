import { css } from 'lit';

export const contentsStyles = css`
  :host {
    display: block;
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
    flex: 0 1 280px;
    min-width: 120px;
  }
  .toolbar:has(selection-bar) filter-field {
    flex-basis: 216px;
  }
  add-menu,
  file-button {
    margin-left: auto;
  }
  file-button + add-menu {
    margin-left: 0;
  }
  .drop {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 8px var(--t-edge);
    border-bottom: 1px solid var(--t-accent-line);
    background: var(--t-accent-fill);
  }
  @media (640px <= width < 800px) {
    .toolbar:has(selection-bar) filter-field {
      display: none;
    }
  }
  @media (width < 640px) {
    .toolbar {
      min-height: 64px;
    }
    filter-field {
      flex: 1;
    }
    .toolbar:has(selection-bar) ~ list-foot {
      padding-bottom: 110px;
    }
  }
`;
