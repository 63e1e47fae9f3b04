import { css } from 'lit';

export const setupStyles = css`
  form {
    flex: 1;
    display: grid;
    grid-template: auto 1fr / minmax(0, 1fr) 304px;
  }
  .fields {
    display: grid;
    gap: 20px;
    padding: 20px var(--t-edge);
  }
  .fields p {
    max-width: 620px;
  }
  .rail {
    grid-area: 1 / 2 / 3 / 3;
  }
  .rail ol {
    padding-left: 16px;
    list-style: decimal;
  }
  .do {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    gap: 8px;
    padding: 4px var(--t-edge) 32px calc(var(--t-edge) + 208px);
  }
  @media (width < 1200px) {
    form {
      display: block;
    }
    .rail {
      margin-bottom: 20px;
      border-bottom: 1px solid var(--t-line);
    }
  }
  @media (width < 640px) {
    .do {
      padding-left: var(--t-edge);
    }
    .do .primary {
      flex: 1;
    }
  }
`;
