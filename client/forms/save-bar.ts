import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { plural } from '../parts/format.ts';
import { controls } from '../styles/controls.ts';

/** What is not saved yet, at the bottom of the page from the first change on. Sends `save` and `discard`. */
@customElement('save-bar')
export class SaveBar extends LitElement {
  @property() label = 'Save changes';
  @property({ attribute: false }) names: readonly string[] = [];
  /** What the one changed field held before. */
  @property({ attribute: false }) was: TemplateResult | string | undefined;
  @property({ type: Boolean }) busy = false;

  override disconnectedCallback() {
    super.disconnectedCallback();
    document.documentElement.style.removeProperty('--bottom-bar');
  }

  /** What floats at the bottom of the page (flashes) keeps clear of the bar. */
  protected override updated() {
    document.documentElement.style.setProperty('--bottom-bar', `${this.offsetHeight}px`);
  }

  protected override render() {
    return html`
      <p class="words" role="status">
        <span class="dot" aria-hidden="true"></span>
        <b>${plural(this.names.length, 'unsaved change')}</b>
        <span class="quiet names ellipsis">
          ${this.names.join(', ')}${this.was === undefined ? nothing : html`, was ${this.was}`}
        </span>
      </p>
      <button @click=${() => this.dispatchEvent(new Event('discard'))}>Discard</button>
      <button
        class="primary"
        title="Ctrl S"
        aria-disabled=${String(this.busy)}
        @click=${() => this.dispatchEvent(new Event('save'))}
      >
        ${this.label}
      </button>
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        position: sticky;
        z-index: 12;
        bottom: 0;
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 10px var(--t-edge);
        border-top: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      .words {
        flex: 1;
        display: flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
      }
      b {
        flex: none;
        font-weight: 500;
      }
      .dot {
        flex: none;
        width: 6px;
        height: 6px;
        border-radius: 50%;
        background: var(--t-accent);
      }
      @media (width < 640px) {
        :host {
          flex-wrap: wrap;
          padding-block: 8px 14px;
        }
        .words {
          flex-basis: 100%;
        }
        .primary {
          flex: 1;
        }
      }
    `,
  ];
}
