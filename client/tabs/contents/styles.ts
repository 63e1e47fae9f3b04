import { css } from 'lit';

export const contentsStyles = css`
  filter-field {
    flex: 0 1 280px;
    min-width: 120px;
  }
  .toolbar:has(selection-bar, clipboard-chip) filter-field {
    flex-basis: 216px;
  }
  add-menu,
  file-button {
    margin-left: auto;
  }
  file-button + add-menu {
    margin-left: 0;
  }
  .foot {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 38px;
    padding-inline: var(--t-edge);
    color: var(--t-quiet);
    font-size: var(--t-size-small);
  }
  .page {
    display: flex;
    gap: 8px;
  }
  .keys {
    margin-left: auto;
  }
  .keys kbd {
    margin-inline: 12px 4px;
  }
  @media (640px <= width < 1000px) {
    .toolbar:has(selection-bar, clipboard-chip) file-button {
      display: none;
    }
    .toolbar:has(selection-bar, clipboard-chip) add-menu {
      margin-left: auto;
    }
  }
  @media (640px <= width < 900px) {
    .toolbar:has(selection-bar, clipboard-chip) filter-field,
    .toolbar:has(selection-bar) add-menu {
      display: none;
    }
  }
  @media (width < 640px) {
    .drop {
      min-height: 64px;
    }
    filter-field {
      flex: 1;
      min-width: 0;
    }
    .keys {
      display: none;
    }
    .toolbar:has(selection-bar, clipboard-chip) ~ .foot {
      padding-bottom: 110px;
    }
  }
`;
