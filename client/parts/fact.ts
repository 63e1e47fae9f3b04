import { html, type TemplateResult } from 'lit';

/** A line of a <dl>: what is known, beside its label; in amber where it ought to be otherwise. */
export function fact(label: string, value: unknown, isWarning = false): TemplateResult {
  return html`<div>
    <dt>${label}</dt>
    <dd class=${isWarning ? 'warn' : ''}>${value || '–'}</dd>
  </div>`;
}
