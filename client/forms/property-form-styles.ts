import { css } from 'lit';

export const formStyles = css`
  :host {
    display: flex;
    flex-direction: column;
  }
  .columns {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr) var(--rail, 304px);
  }
  form {
    display: grid;
    gap: 20px;
    align-content: start;
    padding: 20px var(--t-edge) 32px;
  }
  form:focus-visible {
    outline: none;
  }
  t-banner b {
    font-weight: 600;
  }
  t-banner[role='alert'] .link {
    display: inline;
    color: var(--t-danger);
    font-weight: 400;
    text-decoration: underline;
    white-space: normal;
  }
  .mine {
    margin: -14px 0 0 208px;
    color: var(--t-quiet);
    font-size: var(--t-size-small);
    line-height: 16px;
  }
  .mine .link {
    font-size: inherit;
    line-height: inherit;
  }
  dl {
    display: grid;
    grid-template-columns: 184px minmax(0, 500px);
    column-gap: 24px;
  }
  dt {
    font-weight: 500;
  }
  dd {
    overflow-wrap: anywhere;
  }
  @media (width < 1200px) {
    .columns {
      grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
    }
  }
  @media (width < 900px) {
    .mine {
      margin-left: 0;
    }
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
