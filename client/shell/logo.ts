import { LitElement, css, html } from 'lit';
import { customElement } from 'lit/decorators.js';

/** Three lines of a trellis, and what grows along them. */
@customElement('t-logo')
export class Logo extends LitElement {
  protected override render() {
    return html`<svg viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path class="lines" d="M4 1.5v21M12 1.5v21M20 1.5v21" />
      <path class="grows" d="M4 22.5v-4.5c0-2 1.2-3 3-3h2c1.8 0 3-1 3-3V9.5c0-2 1.2-3 3-3h4" />
      <circle class="tip" cx="20" cy="6.5" r="3" />
    </svg>`;
  }

  static override styles = css`
    :host {
      display: inline-flex;
      width: var(--logo-size, 18px);
      height: var(--logo-size, 18px);
    }
    svg {
      width: 100%;
      height: 100%;
    }
    .lines {
      stroke: var(--t-control);
      stroke-width: 1.75;
      opacity: 0.8;
    }
    .grows {
      stroke: var(--t-accent);
      stroke-width: 2.75;
      stroke-linecap: round;
    }
    .tip {
      fill: var(--t-accent);
    }
  `;
}
