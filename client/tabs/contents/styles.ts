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
  .filter {
    position: relative;
    flex: 0 1 280px;
    min-width: 120px;
  }
  .toolbar:has(selection-bar) .filter {
    flex-basis: 216px;
  }
  .filter input {
    padding-inline: 32px;
    border-color: var(--t-line-strong);
  }
  .filter > t-icon {
    position: absolute;
    inset: 0 auto 0 11px;
    margin-block: auto;
  }
  .filter kbd,
  .filter button {
    position: absolute;
    inset: 0 8px 0 auto;
    height: 18px;
    margin-block: auto;
  }
  .filter button {
    right: 3px;
    height: var(--t-target);
  }
  add-menu {
    margin-left: auto;
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
  .keys {
    margin-left: auto;
  }
  .keys kbd {
    margin-inline: 12px 4px;
  }
  @media (640px <= width < 800px) {
    .toolbar:has(selection-bar) .filter {
      display: none;
    }
  }
  @media (width < 640px) {
    .toolbar {
      min-height: 64px;
    }
    .filter {
      flex: 1;
    }
    .keys {
      display: none;
    }
    :host:has(selection-bar) .foot {
      padding-bottom: 110px;
    }
  }
`;
