import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../parts/icon.ts';
import { controls } from '../../styles/controls.ts';

/** What can be done with the selected rows. Sends `rename`, `delete` or `clear`. */
@customElement('selection-bar')
export class SelectionBar extends LitElement {
  @property({ type: Number }) count = 0;

  protected override render() {
    return html`
      <p class="strong" role="status">${this.count} selected</p>
      <div class="actions" role="toolbar" aria-label="Selected items">
        ${this.#action('rename', 'Rename', 'pencil')} ${this.#action('delete', 'Delete', 'trash-2')}
        <span class="parting"></span>
        ${this.#action('clear', 'Clear', 'x')}
      </div>
    `;
  }

  #action(name: string, label: string, icon: string) {
    return html`<button class="plain ${name}" @click=${() => this.dispatchEvent(new Event(name))}>
      <t-icon name=${icon}></t-icon>${label}
    </button>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        height: 32px;
        padding-left: 12px;
        border: 1px solid var(--t-accent-line);
        border-radius: var(--t-radius);
        background: var(--t-accent-fill);
      }
      p {
        margin-right: 12px;
        white-space: nowrap;
      }
      .actions {
        display: flex;
        align-items: center;
      }
      .actions::before,
      .parting {
        content: '';
        height: 16px;
        border-left: 1px solid var(--t-accent-line);
      }
      button.plain {
        gap: 6px;
        min-height: 30px;
        padding: 0 12px;
        font-weight: 400;
      }
      button.plain:hover {
        background: color-mix(in oklab, var(--t-accent-fill), var(--t-accent) 10%);
      }
      button t-icon {
        color: var(--t-text);
      }
      @media (640px <= width < 800px) {
        button t-icon {
          display: none;
        }
      }
      @media (width < 640px) {
        :host {
          position: fixed;
          z-index: 15;
          inset: auto 0 0;
          display: grid;
          height: auto;
          padding: 10px 0 16px;
          border: 0;
          border-top: 1px solid var(--t-line-strong);
          border-radius: 0;
          background: var(--t-raised);
        }
        p {
          padding: 4px 16px;
        }
        .actions {
          margin: 0;
          border: 0;
        }
        .parting {
          display: none;
        }
        button.plain {
          flex: 1;
          flex-direction: column;
          gap: 4px;
          min-height: 48px;
          font-size: 0.75rem;
        }
        .actions::before {
          display: none;
        }
        .clear {
          position: absolute;
          top: 2px;
          right: 4px;
        }
        button.clear {
          font-size: 0.875rem;
        }
        .clear t-icon {
          display: none;
        }
      }
    `,
  ];
}
