import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatDuration } from '../../parts/format.ts';
import '../../parts/icon.ts';
import { Ticking } from '../../state/repeating.ts';
import { controls } from '../../styles/controls.ts';

/** How often is asked for what changes by itself, while somebody looks. */
export const EVERY_MS = 3_000;

/** When the servers were asked last, counting: "Checked 3 s ago, every 10 s". */
@customElement('checked-note')
export class CheckedNote extends LitElement {
  /** Milliseconds since 1970. */
  @property({ attribute: false }) at: number | undefined;
  @property({ attribute: false }) everyMs = EVERY_MS;

  constructor() {
    super();
    new Ticking(this);
  }

  protected override render() {
    if (this.at === undefined) return html`Checking…`;
    const seconds = Math.floor((Date.now() - this.at) / 1000);
    const when = seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
    return html`Checked ${when}<span>, every ${this.everyMs / 1000} s</span>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      @media (width < 640px) {
        span {
          display: none;
        }
      }
    `,
  ];
}

/** For the head of a page: when was asked last, and a button that asks now. */
export function checkedAside(
  at: number | undefined,
  isChecking: boolean,
  check: () => void,
  everyMs = EVERY_MS,
): TemplateResult {
  return html`
    <checked-note .at=${at} .everyMs=${everyMs}></checked-note>
    <button aria-disabled=${String(isChecking)} @click=${check}><t-icon name="refresh-cw"></t-icon>Check now</button>
  `;
}
