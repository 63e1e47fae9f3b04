import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../../styles/controls.ts';
import '../icon.ts';
import { bottomBar } from './bottom-bar.ts';

export interface SelectionAction {
  readonly icon: string;
  readonly label: string;
  readonly run: () => unknown;
  /** What it does is lost for good. */
  readonly isDangerous?: boolean;
}

/** What can be done with the selected rows. Sends `clear`. */
@customElement('selection-bar')
export class SelectionBar extends LitElement {
  @property() label = '';
  @property({ type: Number }) count = 0;
  @property({ attribute: false }) actions: readonly SelectionAction[] = [];

  protected override render() {
    return html`
      <p class="strong" role="status">${this.count} selected</p>
      <div class="actions" role="toolbar" aria-label=${this.label}>
        ${this.actions.map(
          ({ icon, label, run, isDangerous }) =>
            html`<button class="plain ${isDangerous ? 'danger-text' : ''}" @click=${run}>
              <t-icon name=${icon} class=${isDangerous ? 'danger' : ''}></t-icon>${label}
            </button>`,
        )}
        <span class="parting"></span>
        <button class="plain clear" @click=${() => this.dispatchEvent(new Event('clear'))}>
          <t-icon name="x"></t-icon>Clear
        </button>
      </div>
    `;
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
      @media (640px <= width < 1160px) {
        :host {
          padding-left: 8px;
        }
        p {
          margin-right: 8px;
        }
        button.plain {
          padding: 0 8px;
        }
        button t-icon {
          display: none;
        }
      }
      @media (width < 640px) {
        :host {
          display: grid;
          padding: 10px 0 16px;
        }
        p {
          padding: 4px 16px;
        }
        button.plain {
          flex: 1;
          flex-direction: column;
          gap: 4px;
          min-height: 48px;
          font-size: 0.75rem;
        }
        button.clear {
          position: absolute;
          top: 2px;
          right: 4px;
          font-size: 0.875rem;
        }
        .actions::before,
        .parting,
        .clear t-icon {
          display: none;
        }
      }
    `,
    bottomBar,
  ];
}
