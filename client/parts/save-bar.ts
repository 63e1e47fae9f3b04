import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { plural } from './format.ts';

/**
 * At the bottom of a form from its first change on: how many there are, and which. Sends `save` (also on Ctrl-S) or
 * `discard`. Put it last in a tab; it sticks to the lower edge of the page.
 */
@customElement('t-save-bar')
export class SaveBar extends LitElement {
  /** The labels of the fields that were changed. Empty: the bar is not there. */
  @property({ attribute: false }) changes: readonly string[] = [];
  /** The word of the button: "Save changes", "Change". */
  @property() action = 'Save changes';
  @property({ type: Boolean }) isBusy = false;

  constructor() {
    super();
    new Shortcuts(this, [{ key: 'Ctrl+S', label: 'Save the changes', run: () => this.#save() }]);
  }

  protected override willUpdate() {
    this.hidden = this.changes.length === 0;
  }

  protected override render() {
    return html`
      <span class="dot" aria-hidden="true"></span>
      <p class="what ellipsis" role="status">
        <b>${plural(this.changes.length, 'unsaved change')}</b>
        <span class="quiet"><slot>${this.changes.join(', ')}</slot></span>
      </p>
      <button @click=${() => this.dispatchEvent(new Event('discard'))}>Discard</button>
      <button class="primary" ?disabled=${this.isBusy} @click=${this.#save}>${this.action}</button>
    `;
  }

  #save() {
    if (!this.hidden && !this.isBusy) this.dispatchEvent(new Event('save'));
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        position: sticky;
        z-index: 5;
        bottom: 0;
        align-items: center;
        gap: 8px;
        min-height: 53px;
        padding-inline: var(--t-edge);
        border-top: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      .dot {
        flex: none;
        width: 6px;
        height: 6px;
        border-radius: 50%;
        background: var(--t-accent);
      }
      .what {
        flex: 1;
        min-width: 0;
      }
      b {
        margin-right: 4px;
        font-weight: 500;
      }
      @media (width < 640px) {
        :host {
          flex-wrap: wrap;
          padding-block: 8px;
        }
        .what {
          flex-basis: calc(100% - 20px);
        }
        button {
          flex: 1;
        }
      }
    `,
  ];
}
