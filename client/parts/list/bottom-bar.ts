import { css } from 'lit';

/** On a phone: along the bottom of the screen, over the list. Comes after an element's own styles. */
export const bottomBar = css`
  @media (width < 640px) {
    :host {
      position: fixed;
      z-index: 15;
      inset: auto 0 0;
      height: auto;
      border: 0;
      border-top: 1px solid var(--t-line-strong);
      border-radius: 0;
      background: var(--t-raised);
    }
  }
`;
