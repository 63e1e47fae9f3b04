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
  .keys {
    margin-left: auto;
  }
  .keys kbd {
    margin-inline: 12px 4px;
  }
  @media (640px <= width < 1300px) {
    .toolbar:has(selection-bar, clipboard-chip) file-button {
      display: none;
    }
    .toolbar:has(selection-bar, clipboard-chip) add-menu {
      margin-left: auto;
    }
  }
  @media (640px <= width < 1040px) {
    .toolbar:has(selection-bar, clipboard-chip) filter-field,
    .keys {
      display: none;
    }
  }
  @media (640px <= width < 940px) {
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
