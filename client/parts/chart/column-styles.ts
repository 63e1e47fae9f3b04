import { css } from 'lit';

/** One to four columns beside each other, for servers and what is charted of them: in two where it is narrow, then in one. */
export const columnStyles = css`
  .columns {
    display: grid;
    border-bottom: 1px solid var(--t-line);
  }
  .columns > * + * {
    border-left: 1px solid var(--t-line);
  }
  .of-1 {
    grid-template-columns: minmax(0, 620px);
  }
  .of-1 > * {
    border-right: 1px solid var(--t-line);
  }
  .of-2 {
    grid-template-columns: repeat(2, minmax(0, 1fr));
  }
  .of-3 {
    grid-template-columns: repeat(3, minmax(0, 1fr));
  }
  .of-4 {
    grid-template-columns: repeat(4, minmax(0, 1fr));
  }
  @media (width < 1200px) {
    .of-3,
    .of-4 {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .columns > :nth-child(odd) {
      border-left: 0;
    }
    .columns > :nth-child(n + 3) {
      border-top: 1px solid var(--t-line);
    }
  }
  @media (width < 900px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .columns > * {
      border-inline: 0;
    }
    .columns > * + * {
      border-top: 1px solid var(--t-line);
    }
  }
`;
