import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { idInPath } from '../../../schema/paths.ts';
import type { Clipboard } from '../../model/clipboard.ts';
import { formatNumber, plural } from '../../parts/format.ts';
import '../../parts/icon.ts';
import { bottomBar } from '../../parts/list/bottom-bar.ts';
import { controls } from '../../styles/controls.ts';

const MOST_NAMED = 20;

/** What was copied or cut, and what can be done with it here. Sends `paste-items` or `forget`. */
@customElement('clipboard-chip')
export class ClipboardChip extends LitElement {
  @property({ attribute: false }) clipboard!: Clipboard;
  /** Something may be added to the folder that is shown. */
  @property({ type: Boolean }) mayPaste = false;
  /** How many were pasted, while it goes on. */
  @property({ attribute: false }) pasted: number | undefined;

  protected override render() {
    const { action, folder, paths } = this.clipboard;
    const what = paths.length === 1 ? `'${idInPath(paths[0]!)}'` : plural(paths.length, 'item');
    return html`
      <t-icon name="clipboard"></t-icon>
      <p class="quiet ellipsis" role="status" title=${paths.slice(0, MOST_NAMED).join('\n')}>
        ${
          this.pasted === undefined
            ? `${what} ${action === 'copy' ? 'copied' : 'cut'} from ${folder}`
            : `Pasting ${formatNumber(this.pasted)} of ${what}…`
        }
      </p>
      ${
        this.mayPaste
          ? html`<button
              class="plain paste"
              ?disabled=${this.pasted !== undefined}
              @click=${() => this.#send('paste-items')}
            >
              Paste here
            </button>`
          : nothing
      }
      <button class="plain" @click=${() => this.#send('forget')}>Forget</button>
    `;
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
        min-width: 0;
        height: 32px;
        padding: 0 4px 0 11px;
        border: 1px solid var(--t-line-strong);
        border-radius: var(--t-radius);
      }
      p {
        flex: 1;
        min-width: 0;
        margin-inline: 8px;
      }
      button {
        flex: none;
        min-height: 30px;
        padding: 0 8px;
      }
      .paste {
        color: var(--t-accent);
      }
      @media (width < 640px) {
        :host {
          padding: 10px 8px 10px 16px;
        }
        button {
          min-height: 44px;
        }
      }
    `,
    bottomBar,
  ];
}
