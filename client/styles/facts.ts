import { css } from 'lit';

/** What is known of one thing, as labels with their values in two columns. */
export const facts = css`
  dl {
    display: grid;
    grid-template-columns: 5fr 6fr;
    gap: 4px 16px;
    padding: 12px 20px 14px;
    font-size: var(--t-size-small);
    font-variant-numeric: tabular-nums;
  }
  dl > div {
    display: grid;
    grid-template-columns: 62px minmax(0, 1fr);
    gap: 8px;
    line-height: 18px;
  }
  dt {
    color: var(--t-quiet);
  }
  dd {
    overflow-wrap: anywhere;
  }
  @media (width < 640px) {
    dl {
      grid-template-columns: 1fr;
    }
  }
`;
