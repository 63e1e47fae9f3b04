import { css, html, nothing, type TemplateResult } from 'lit';
import { ApiProblem, detailOf } from '../../api/request.ts';
import { failed } from '../face.ts';
import { fact } from '../fact.ts';

/** Which servers keep it. */
export function keepers(server: string | null, copies: readonly string[]): TemplateResult {
  return html`${fact('Kept by', server ?? 'This process')}
  ${copies.length > 0 ? fact(copies.length === 1 ? 'Copy' : 'Copies', copies.join(', ')) : nothing}`;
}

/** Stands where a row cannot be shown. That it is gone meanwhile is no fault. */
export function notShown(error: unknown, heading: string, goneHeading: string, again: () => unknown): TemplateResult {
  const isGone = error instanceof ApiProblem && error.status === 404;
  if (!isGone) return failed(heading, error, again, detailOf(error));
  return html`<t-face icon="timer" heading=${goneHeading} detail=${detailOf(error)}></t-face>`;
}

/** For an element in a side panel: <header> with the row's name, <dl> with what is known of it. */
export const rowDetail = css`
  header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 58px;
    padding: 6px 20px;
    border-bottom: 1px solid var(--t-line);
  }
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

/** For a part of it: <div class="head"> with an <h3>, and at its right what can be chosen. */
export const rowDetailPart = css`
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: 43px;
    padding: 4px 20px;
    border-block: 1px solid var(--t-line);
    background: var(--t-lowered);
  }
  h3 {
    color: var(--t-text);
    font-size: var(--t-size);
  }
  h3 span {
    font-weight: 400;
  }
  .none {
    padding: 12px 20px;
  }
`;
