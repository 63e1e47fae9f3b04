import { css } from 'lit';

/**
 * A tab with a rail beside it: `<div class="with-rail"><div>…</div><aside class="rail"><section><h3>…</h3>…`. Below 1200 px
 * the rail stands under the content. `<dl class="facts">` holds `<div><dt>…</dt><dd>…</dd></div>`.
 */
export const rail = css`
  .with-rail {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 304px;
    min-height: 100%;
  }
  .rail {
    border-left: 1px solid var(--t-line);
    overflow-wrap: anywhere;
  }
  .rail section {
    padding: 16px 24px 18px 20px;
    border-bottom: 1px solid var(--t-line);
  }
  .rail section:last-child {
    border-bottom: 0;
  }
  .rail h3 {
    margin-bottom: 8px;
  }
  .facts {
    font-size: var(--t-size-small);
    font-variant-numeric: tabular-nums;
  }
  .facts > div {
    display: grid;
    grid-template-columns: 96px minmax(0, 1fr);
    padding: 2px 0;
  }
  .facts dt {
    color: var(--t-quiet);
  }
  @media (width < 1200px) {
    .with-rail {
      grid-template-columns: minmax(0, 1fr);
      min-height: 0;
    }
    .rail {
      border-top: 1px solid var(--t-line);
      border-left: 0;
    }
    .rail section {
      padding-inline: var(--t-edge);
    }
  }
`;
