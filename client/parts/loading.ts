import { LitElement, css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { controls } from '../styles/controls.ts';

/** Says what is waited for, where no table with its skeleton stands. Seen only after 150 ms, so that nothing flickers. */
@customElement('t-loading')
export class Loading extends LitElement {
  protected override render() {
    return html`<p role="status"><slot></slot></p>`;
  }

  static override styles = [
    controls,
    css`
      p {
        padding: 20px var(--t-edge);
        color: var(--t-quiet);
        animation: appear 1ms 150ms backwards;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
    `,
  ];
}
