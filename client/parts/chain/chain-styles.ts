import { css } from 'lit';

export const chainStyles = css`
  :host {
    container-type: inline-size;
  }
  ol,
  .step,
  .fan {
    display: flex;
    align-items: center;
  }
  .step {
    align-self: stretch;
    flex: 1 1 0;
    min-width: 0;
    max-width: 328px;
  }
  /* Boxes are as wide as each other whatever stands in them, each with its line but the last. */
  .step:has(.join) {
    flex-basis: 28px;
  }
  .box {
    display: flex;
    flex-direction: column;
    align-self: stretch;
    flex: 1;
    min-width: 0;
    min-height: 110px;
    padding: 9px 11px;
    border: 1px solid var(--t-line-strong);
    border-radius: var(--t-radius);
    background: var(--t-canvas);
  }
  .box.current {
    border-color: var(--t-accent);
    box-shadow: inset 0 0 0 1px var(--t-accent);
  }
  .box.missing {
    border-style: dashed;
  }
  .heading {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    font-weight: 500;
  }
  .current .heading a,
  .missing .heading {
    color: var(--t-text);
  }
  .current .heading t-icon {
    color: var(--t-accent);
  }
  .heading t-icon {
    flex: none;
    margin-top: 2px;
  }
  /* Two lines of it; the whole is in the tooltip. */
  .name,
  .reason {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow-wrap: anywhere;
  }
  .name {
    min-width: 0;
  }
  .kind {
    line-height: 16px;
  }
  .kind,
  .state {
    margin-top: 2px;
  }
  .state t-dot {
    align-items: baseline;
    padding-top: 4px;
    font-size: var(--t-size-small);
    line-height: 18px;
  }
  .state p {
    margin-top: 3px;
    overflow-wrap: anywhere;
  }
  .value {
    margin-left: 4px;
    color: var(--t-text);
  }
  svg {
    overflow: visible;
  }
  svg.narrow {
    display: none;
  }
  .join {
    flex: none;
  }
  .join .wide {
    display: block;
    width: 28px;
  }
  .join .wide circle {
    translate: -2px;
  }
  path,
  line {
    fill: none;
    stroke: var(--t-dot-ok);
    stroke-width: 1.5;
  }
  .broken {
    stroke: var(--t-dot-down);
    stroke-dasharray: 3 3;
  }
  circle {
    fill: var(--t-dot-ok);
  }
  .fan {
    flex: 0 0 260px;
    min-width: 0;
  }
  .fan ul {
    flex: 1;
    min-width: 150px;
  }
  /* Which server it is comes before how it stands. */
  .end {
    display: grid;
    grid-template-columns: fit-content(100%) minmax(0, 1fr);
    align-content: center;
    align-items: center;
    column-gap: 8px;
    height: 34px;
    padding: 0 10px;
    border: 1px solid var(--t-line-strong);
    border-radius: var(--t-radius);
  }
  .end.lines-1 {
    height: 52px;
  }
  .end.lines-2 {
    height: 68px;
  }
  .end.lines-3 {
    height: 84px;
  }
  .end > .ellipsis {
    text-align: end;
  }
  .end > .reason,
  .end > .flow {
    grid-column: 1 / -1;
    padding-left: 18px;
    line-height: 16px;
  }
  .end + .end {
    margin-top: 4px;
  }
  .end t-dot,
  .end > span {
    min-width: 0;
  }
  /* No figure makes anything wider. */
  .flow,
  .losses {
    width: 0;
    min-width: 100%;
    white-space: nowrap;
  }
  .box .flow {
    margin-top: auto;
    padding-top: 6px;
    border-top: 1px solid var(--t-line);
  }
  /* Two lines whatever the figures are. */
  .box .flow span {
    display: block;
    height: 16px;
    line-height: 16px;
  }
  .box .flow .and {
    display: none;
  }
  .box .state {
    margin-bottom: 8px;
  }
  @container (width < 1080px) {
    .box {
      padding-inline: 9px;
    }
    .join .wide {
      width: 16px;
    }
    .fan {
      flex-basis: 252px;
    }
    .end {
      column-gap: 6px;
      padding-inline: 8px;
    }
    .heading,
    .state t-dot {
      gap: 6px;
    }
  }
  @container (width < 960px) {
    ol,
    .step,
    .fan {
      flex-direction: column;
      align-items: stretch;
    }
    .step {
      max-width: none;
    }
    .box,
    .fan,
    .fan ul {
      flex: none;
    }
    .box .flow {
      grid-column: 1 / -1;
    }
    .box .flow :is(span, .and) {
      display: inline;
    }
    .box {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      column-gap: 16px;
      min-height: 0;
    }
    svg.wide,
    .join .wide {
      display: none;
    }
    svg.narrow {
      display: block;
      margin-left: 24px;
    }
  }
  @container (width < 560px) {
    .box {
      display: block;
    }
  }
`;
