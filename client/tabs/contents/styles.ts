import { css } from 'lit';

export const contentsStyles = css`
  :host {
    display: block;
    position: relative;
  }
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
  .drop {
    display: flex;
    gap: 8px;
    align-items: center;
    position: absolute;
    z-index: 5;
    inset: 0 0 auto;
    height: 53px;
    padding-inline: var(--t-edge);
    border-bottom: 1px solid var(--t-accent-line);
    background: var(--t-accent-fill);
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
