import { css } from 'lit';

export const chainStyles = css`
  :host {
    container-type: inline-size;
  }
  :host([isStale]) {
    filter: grayscale(1);
  }
  ol,
  .step,
  .fan {
    display: flex;
  }
  .step {
    flex: 1 1 0;
    min-width: 0;
    max-width: 360px;
  }
  /* Boxes are as wide as each other whatever stands in them, each with its line but the last. */
  .step:has(.way) {
    flex-basis: 88px;
  }
  .step:has(.bare) {
    flex-basis: 28px;
  }
  .box {
    flex: 1;
    align-self: center;
    min-width: 0;
    /* All alike, but not as high as many servers are. */
    height: min(100%, 196px);
    min-height: fit-content;
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
  /* Three lines of it; the whole is in the tooltip. */
  .name {
    display: -webkit-box;
    overflow: hidden;
    min-width: 0;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow-wrap: anywhere;
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
    color: var(--t-text);
  }
  /* Two lines whatever the figures are. */
  .losses {
    min-height: 32px;
  }

  /* A line, and the dot where it arrives. */
  .way {
    --colour: var(--t-dot-ok);
    --line: 2px solid var(--colour);
    position: relative;
    flex: none;
    width: 88px;
  }
  .way.bare {
    width: 28px;
  }
  .way.warn {
    --colour: var(--t-dot-warn);
  }
  .way.down {
    --colour: var(--t-dot-down);
  }
  .broken {
    --colour: var(--t-dot-down);
    --line: 2px dashed var(--colour);
  }
  .way::before,
  .way::after {
    position: absolute;
    content: '';
  }
  .way::before {
    top: calc(50% - 1px);
    right: 0;
    left: 0;
    border-top: var(--line);
  }
  .way::after {
    top: calc(50% - 3px);
    right: 0;
    width: 6px;
    height: 6px;
    border-radius: 50%;
    background: var(--colour);
  }
  .way.broken::after {
    display: none;
  }
  /* On its line, over and under it: no figure moves or widens anything. */
  .rate,
  .quality {
    position: absolute;
    left: 0;
    width: 100%;
    text-align: center;
    white-space: nowrap;
  }
  .rate {
    bottom: calc(50% + 4px);
    color: var(--t-text);
  }
  .quality {
    top: calc(50% + 4px);
  }
  .quality span {
    display: block;
  }

  .fan {
    --line: 2px solid var(--t-dot-ok);
    flex: 1 1 124px;
    align-items: center;
    min-width: 272px;
    max-width: 360px;
  }
  .fan.broken {
    --line: 2px dashed var(--t-dot-down);
  }
  .fan::before {
    flex: none;
    width: 14px;
    border-top: var(--line);
    content: '';
  }
  .fan ul {
    flex: 1;
    min-width: 0;
  }
  .end {
    position: relative;
    display: flex;
    align-items: center;
    min-height: 68px;
  }
  .end .way {
    align-self: stretch;
    width: 102px;
  }
  /* Where their lines part. */
  .end::before {
    position: absolute;
    top: 0;
    bottom: 0;
    border-left: var(--line);
    content: '';
  }
  .end :is(.rate, .quality) {
    left: 8px;
    width: 88px;
  }
  .place {
    flex: 1;
    min-width: 0;
    margin-block: 4px;
    padding: 5px 9px;
    border: 1px solid var(--t-line-strong);
    border-radius: var(--t-radius);
  }
  .place t-dot {
    align-items: baseline;
  }
  .address,
  .reason {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .reason {
    display: block;
    padding-left: 18px;
  }

  @container (width >= 960px) {
    /* The first and the last turn into their own lines. */
    .end:is(:first-child, :last-child)::before {
      display: none;
    }
    .end:first-child:not(:only-child) .way::before {
      bottom: 0;
      border-left: var(--line);
      border-top-left-radius: 6px;
    }
    .end:last-child:not(:only-child) .way::before {
      top: 0;
      bottom: calc(50% - 1px);
      border-top: 0;
      border-bottom: var(--line);
      border-left: var(--line);
      border-bottom-left-radius: 6px;
    }
  }
  @container (width < 1080px) {
    .box {
      padding-inline: 9px;
    }
    .heading,
    .state t-dot {
      gap: 6px;
    }
  }
  @container (width < 960px) {
    ol,
    .step,
    .fan,
    .fan ul {
      display: block;
    }
    .step,
    .fan {
      max-width: none;
    }
    .box {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      column-gap: 16px;
      height: auto;
    }
    .losses {
      min-height: 0;
    }
    .way,
    .end .way {
      width: auto;
      min-height: 30px;
      padding-left: 44px;
    }
    .way.bare {
      width: auto;
      min-height: 20px;
    }
    .step .way::before {
      top: 0;
      right: auto;
      bottom: 0;
      left: 24px;
      border-top: 0;
      border-left: var(--line);
    }
    .step .way::after {
      top: auto;
      right: auto;
      bottom: 0;
      left: 22px;
    }
    .flow {
      line-height: 30px;
    }
    :is(.rate, .quality, .end .rate, .end .quality) {
      position: static;
    }
    .quality span {
      display: inline;
    }
    .quality span::before {
      content: '· ';
    }
    .fan::before {
      display: none;
    }
    .end {
      display: block;
      min-height: 0;
    }
    .end::before {
      left: 24px;
    }
    .end:last-child::before {
      display: none;
    }
    .end .way::before {
      top: 0;
      right: auto;
      bottom: -22px;
      left: 24px;
      width: 20px;
      border-top: 0;
      border-bottom: var(--line);
      border-left: var(--line);
      border-bottom-left-radius: 6px;
    }
    .end .way::after {
      top: auto;
      right: auto;
      bottom: -24px;
      left: 39px;
    }
    .place {
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      gap: 0 8px;
      margin: 0 0 0 44px;
      padding-block: 9px;
    }
    .reason {
      padding-left: 0;
      line-height: 20px;
    }
  }
  @container (width < 560px) {
    .box {
      display: block;
    }
  }
`;
