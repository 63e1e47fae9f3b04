import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../../styles/controls.ts';
import { formatNumber } from '../format.ts';
import '../icon.ts';
import { bottomBar } from './bottom-bar.ts';

export interface SelectionAction {
  readonly icon: string;
  readonly label: string;
  readonly run: () => unknown;
  /** What it does is lost for good. */
  readonly isDangerous?: boolean;
}

/** What can be done with the selected rows. Sends `clear`, `select-all`, `select-shown` or `stop`. */
@customElement('selection-bar')
export class SelectionBar extends LitElement {
  @property() label = '';
  @property({ type: Number }) count = 0;
  /** How many rows there are on all pages, and on this one. */
  @property({ type: Number }) total = 0;
  @property({ type: Number }) shown = 0;
  /** What is selected may be on other pages. */
  @property({ type: Boolean, attribute: 'has-all' }) hasAll = false;
  /** Those of all pages can be selected. */
  @property({ type: Boolean, attribute: 'takes-all' }) takesAll = false;
  /** What is being done to them, and whether nothing else can be done now, but to stop it. */
  @property() progress = '';
  @property({ type: Boolean, attribute: 'can-stop' }) canStop = false;
  @property({ attribute: false }) actions: readonly SelectionAction[] = [];

  protected override render() {
    if (this.canStop || this.count === 0) {
      return html`<p class="strong" role="status">${this.progress}</p>
        ${
          this.canStop
            ? html`<div class="actions"><button class="plain" @click=${() => this.#send('stop')}>Stop</button></div>`
            : nothing
        }`;
    }
    return html`
      <p role="status"><span class="strong">${this.progress || this.#words()}</span></p>
      ${this.#others()}
      <div class="actions" role="toolbar" aria-label=${this.label}>
        ${this.actions.map(
          ({ icon, label, run, isDangerous }) =>
            html`<button class="plain ${isDangerous ? 'danger-text' : ''}" @click=${run}>
              <t-icon name=${icon} class=${isDangerous ? 'danger' : ''}></t-icon>${label}
            </button>`,
        )}
        <span class="parting"></span>
        <button class="plain clear" @click=${() => this.#send('clear')}><t-icon name="x"></t-icon>Clear</button>
      </div>
    `;
  }

  #words(): string {
    const total = Math.max(this.total, this.count);
    if (this.count === total && total > 1) return `All ${formatNumber(total)} selected`;
    return `${formatNumber(this.count)} of ${formatNumber(total)} selected`;
  }

  /** Where all that are shown are selected, the way to those of all pages, and back. */
  #others() {
    if (this.progress || !this.takesAll || this.total <= this.shown || (!this.hasAll && this.count < this.shown))
      return nothing;
    return this.hasAll
      ? html`<button class="link" @click=${() => this.#send('select-shown')}>
          Only the ${formatNumber(this.shown)} shown
        </button>`
      : html`<button class="link" @click=${() => this.#send('select-all')}>All ${formatNumber(this.total)}</button>`;
  }

  #send(name: string) {
    this.dispatchEvent(new Event(name));
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
      button.link {
        margin-right: 12px;
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
      /* What has no room in one row goes on in the next. */
      @media (640px <= width < 860px) {
        :host {
          flex: 1;
          flex-wrap: wrap;
          height: auto;
          min-height: 32px;
        }
        .actions {
          flex-wrap: wrap;
        }
        .actions::before,
        .parting {
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
        button.link {
          flex-direction: row;
          min-height: 24px;
          margin: 0 auto 0 16px;
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
