import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { mayPass } from '../api/request.ts';
import { controls } from '../styles/controls.ts';
import './icon.ts';

/** What stands where something else would: nothing there, nothing found, or it could not be had. Buttons are the slot. */
@customElement('t-face')
export class Face extends LitElement {
  @property() icon = '';
  @property() heading = '';
  @property() detail = '';
  @property({ reflect: true }) kind: 'empty' | 'error' = 'empty';
  /** It stands for the whole page, so that its heading is the page's. */
  @property({ type: Boolean, attribute: 'whole-page' }) isWholePage = false;

  protected override render() {
    return html`
      <t-icon name=${this.icon}></t-icon>
      <div role=${this.kind === 'error' ? 'alert' : 'status'}>
        ${this.isWholePage ? html`<h1 class="strong">${this.heading}</h1>` : html`<p class="strong">${this.heading}</p>`}
        <p class="quiet">${this.detail}</p>
        <div class="buttons"><slot></slot></div>
      </div>
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        gap: 8px;
        padding: 20px var(--t-edge);
      }
      :host([kind='error']) t-icon {
        color: var(--t-danger);
      }
      t-icon {
        margin-top: 2px;
      }
      h1 {
        font-size: inherit;
        line-height: inherit;
        letter-spacing: normal;
      }
      h1,
      p {
        max-width: 620px;
        overflow-wrap: anywhere;
      }
      * + p {
        margin-top: 2px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 12px;
      }
    `,
  ];
}

/** Stands where something could not be had, and lets one try again where that can help. */
export function failed(heading: string, error: unknown, again: () => unknown, detail = ''): TemplateResult {
  return html`<t-face kind="error" icon="circle-x" heading=${heading} detail=${detail}>
    ${mayPass(error) ? tryAgain(again) : nothing}
  </t-face>`;
}

export function tryAgain(again: () => unknown): TemplateResult {
  return html`<button @click=${again}><t-icon name="rotate-cw"></t-icon>Try again</button>`;
}

/** The same in a banner. */
export function tryAgainLink(error: unknown, again: () => unknown): TemplateResult | typeof nothing {
  if (!mayPass(error)) return nothing;
  return html`<button slot="action" class="link" @click=${again}>Try again</button>`;
}
