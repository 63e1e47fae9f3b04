import { LitElement, css, html, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

/** How full something is, as a line of 6 px. The figure stands beside it: screen readers do not hear the bar. */
@customElement('t-bar')
export class Bar extends LitElement {
  /** From 0 to 1; `undefined` draws the empty line. */
  @property({ attribute: false }) share: number | undefined;
  @property({ reflect: true }) kind: 'ok' | 'warn' = 'ok';

  protected override render() {
    const percent = Math.min(100, Math.max(0, (this.share ?? 0) * 100));
    return html`<svg width="100%" height="6" aria-hidden="true">
      <rect class="track" width="100%" height="6" rx="3" />
      ${percent > 0 ? svg`<rect class="full" width="${percent.toFixed(1)}%" height="6" rx="3" />` : ''}
    </svg>`;
  }

  static override styles = css`
    :host {
      display: block;
      height: 6px;
    }
    svg {
      display: block;
    }
    .track {
      fill: var(--t-line);
    }
    .full {
      fill: var(--t-dot-ok);
    }
    :host([kind='warn']) .full {
      fill: var(--t-dot-warn);
    }
  `;
}

/** How far something is, from 0 to 1: as a bar that screen readers hear, and in percent beside it. */
export function progress(label: string, share: number): TemplateResult {
  const percent = Math.floor(share * 100);
  return html`<t-bar
      role="progressbar"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${percent}
      .share=${share}
    ></t-bar>
    <span class="small figures">${percent}%</span>`;
}
