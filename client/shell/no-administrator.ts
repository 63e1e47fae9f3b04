import { LitElement, css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { attempt } from '../api/attempt.ts';
import { findOut } from '../model/identity.ts';
import '../parts/copy-text.ts';
import '../parts/icon.ts';
import { controls } from '../styles/controls.ts';

/** Nobody can sign in yet: where the link is that makes the administrator, and what to do when it is lost or too old. */
@customElement('no-administrator')
export class NoAdministrator extends LitElement {
  @state() private isBusy = false;

  protected override render() {
    return html`
      <h1>There is no administrator yet</h1>
      <p class="quiet">So nobody can sign in. Whoever opens the one-time link that this server printed creates one.</p>
      <h2>Where the link is</h2>
      <p>
        In the terminal in which the server was started, or wherever its standard output goes, such as
        <code class="mono">journalctl</code> or <code class="mono">docker logs</code>. The line begins with “Trellis is
        at”.
      </p>
      <h2>When its hour is over</h2>
      <p>
        Start the server again: it prints a new one. Or make the administrator <b class="strong">admin</b> without a
        link, in the server’s folder and with its data folder:
      </p>
      <t-copy-text what="the command" text="npm run trellis -- user admin --password"></t-copy-text>
      <button class="primary" aria-disabled=${String(this.isBusy)} @click=${this.#again}>
        <t-icon name="rotate-cw"></t-icon>Look again
      </button>
    `;
  }

  async #again() {
    if (this.isBusy) return;
    this.isBusy = true;
    await attempt('Could not look whether there is an administrator', findOut);
    this.isBusy = false;
  }

  static override styles = [
    controls,
    css`
      h1 + p {
        margin-top: 2px;
      }
      h2 {
        margin: 24px 0 4px;
      }
      t-copy-text {
        margin: 10px 0 24px;
      }
      @media (width < 640px) {
        button.primary {
          width: 100%;
        }
      }
    `,
  ];
}
