import { css } from 'lit';

/** Buttons in a row of which one is pressed. */
export const segments = css`
  .segments {
    display: flex;
  }
  .segments button {
    border-radius: 0;
    font-size: var(--t-size-small);
  }
  .segments button:first-child {
    border-radius: var(--t-radius) 0 0 var(--t-radius);
  }
  .segments button:last-child {
    border-radius: 0 var(--t-radius) var(--t-radius) 0;
  }
  .segments button + button {
    margin-left: -1px;
  }
  .segments button[aria-pressed='true'] {
    position: relative;
    border-color: var(--t-accent-line);
    background: var(--t-accent-fill);
    color: var(--t-accent);
  }
`;
