import { css, html, type TemplateResult } from 'lit';

/** One of several ways to show something. */
export interface Segment<Id extends string> {
  readonly id: Id;
  readonly label: string;
}

/** Buttons in a row, of which one is pressed: `label` says what they choose. Needs `segmentStyles`. */
export function segments<Id extends string>(
  label: string,
  choices: readonly Segment<Id>[],
  chosen: Id,
  choose: (id: Id) => void,
): TemplateResult {
  return html`<div class="segments" role="group" aria-label=${label}>
    ${choices.map(
      ({ id, label: words }) =>
        html`<button class="small" aria-pressed=${chosen === id} @click=${() => choose(id)}>${words}</button>`,
    )}
  </div>`;
}

export const segmentStyles = css`
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
