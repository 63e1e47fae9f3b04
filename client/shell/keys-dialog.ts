import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../parts/dialog.ts';
import { activeShortcuts, type Shortcut } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';

const names: Record<string, string> = { Delete: 'Del', Escape: 'Esc' };

const inLists: readonly Pick<Shortcut, 'key' | 'label'>[] = [
  { key: '↑ ↓', label: 'Move in a list or the tree' },
  { key: 'Space', label: 'Select a row' },
  { key: 'Enter', label: 'Open a row' },
];

/** Every key that does something on the page as it is. */
@customElement('keys-dialog')
export class KeysDialog extends LitElement {
  @property({ type: Boolean }) open = false;

  protected override render() {
    return html`<t-dialog heading="Keys" ?open=${this.open} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <dl>
        ${[...activeShortcuts(), ...inLists].map(
          ({ key, label }) =>
            html`<div>
              <dt><kbd>${names[key] ?? key.replace('+', ' ')}</kbd></dt>
              <dd>${label}</dd>
            </div>`,
        )}
      </dl>
      <span slot="note">Keys of one letter can be switched off in the user menu.</span>
      <button slot="buttons" autofocus @click=${() => (this.open = false)}>Close</button>
    </t-dialog>`;
  }

  static override styles = [
    controls,
    css`
      dl div {
        display: grid;
        grid-template-columns: 88px 1fr;
        padding: 4px 0;
      }
      kbd {
        display: inline-block;
      }
    `,
  ];
}
