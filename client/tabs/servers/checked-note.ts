import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatDuration } from '../../parts/format.ts';
import { Ticking } from '../../state/repeating.ts';
import { controls } from '../../styles/controls.ts';

/** When the servers were asked last, counting: "Checked 3 s ago, every 10 s". */
@customElement('checked-note')
export class CheckedNote extends LitElement {
  /** Milliseconds since 1970. */
  @property({ attribute: false }) at: number | undefined;
  @property({ type: Number }) every = 10;

  constructor() {
    super();
    new Ticking(this);
  }

  protected override render() {
    if (this.at === undefined) return html`Checking…`;
    const seconds = Math.floor((Date.now() - this.at) / 1000);
    const when = seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
    return html`Checked ${when}<span>, every ${this.every} s</span>`;
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
