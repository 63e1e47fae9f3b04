import { css } from 'lit';

export const sessionTestStyles = css`
  .page {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr) 304px;
  }
  .test {
    padding: 16px var(--t-edge) 18px;
  }
  add-items {
    margin-top: 12px;
  }
  .result {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    margin: 12px 0 16px;
    padding: 6px 14px;
    border: 1px solid var(--t-line-strong);
    border-radius: var(--t-radius);
  }
  .result.good {
    border-color: var(--t-accent-line);
    background: var(--t-accent-fill);
  }
  .result.bad {
    border-color: var(--t-danger-line);
    background: var(--t-danger-fill);
  }
  .result t-icon {
    --icon-size: 18px;
    color: var(--t-accent);
  }
  .result.bad t-icon {
    color: var(--t-danger);
  }
  .line {
    flex: 1;
    font: 400 var(--t-size-result) / 24px var(--t-mono);
    white-space: pre;
  }
  .result .small {
    font-variant-numeric: tabular-nums;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    min-height: 46px;
    padding: 8px var(--t-edge);
    border-block: 1px solid var(--t-line);
  }
  t-face + session-facts {
    border-top: 1px solid var(--t-line);
  }
  .actions {
    display: flex;
    gap: 8px;
    margin-left: auto;
  }
  .where {
    display: flex;
    gap: 8px;
  }
  .where a {
    text-decoration: underline;
  }
  .where t-dot {
    flex: none;
    height: 16px;
  }
  .rail {
    min-height: 100%;
  }
  @media (width < 1200px) {
    .page {
      display: block;
    }
    .rail {
      min-height: 0;
    }
    /* Below one's session, which is not known yet. */
    .rail.later {
      visibility: hidden;
    }
  }
  @media (width < 900px) {
    .result .small {
      display: none;
    }
  }
  @media (width < 640px) {
    .result {
      min-height: 40px;
      padding-inline: 12px;
    }
    .line {
      font-size: 0.8125rem;
    }
    .head {
      border-top: 0;
    }
    .test {
      padding-bottom: 8px;
    }
    .page:has(.actions) {
      padding-bottom: 61px;
    }
    .actions {
      position: fixed;
      z-index: 6;
      inset: auto 0 0;
      padding: 8px 12px;
      border-top: 1px solid var(--t-line-strong);
      background: var(--t-canvas);
    }
    .actions button {
      flex: auto;
      padding-inline: 8px;
      font-size: 0.8125rem;
    }
  }
`;
