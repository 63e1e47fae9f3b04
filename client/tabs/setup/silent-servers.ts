import { LitElement, css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { SilentServers } from '../../../schema/endpoints/setup.ts';
import '../../parts/copy-text.ts';
import '../../parts/icon.ts';
import { controls } from '../../styles/controls.ts';
import { explainCommand } from '../servers/server-words.ts';

/** A set-up was refused because no server answers: what starts one, and the way on. Sends `again` or `anyway`. */
@customElement('silent-servers')
export class SilentServersNotice extends LitElement {
  @property({ attribute: false }) refusal!: SilentServers;
  @property({ type: Boolean }) isBusy = false;
  /** Sessions are off already. */
  @property({ type: Boolean }) isOff = false;
  @query('.again') private again!: HTMLButtonElement;

  protected override render() {
    const { silent, startCommand } = this.refusal;
    return html`
      <t-icon name="circle-x"></t-icon>
      <div>
        <div role="alert">
          <h2>No server answers. Nothing was set up, and the site goes on as it was.</h2>
          <ul class="small">
            ${silent.map((words) => html`<li>${words}</li>`)}
          </ul>
        </div>
        <p class="quiet">
          Typed on that machine, this starts a memcached fit for sessions. ${explainCommand(startCommand)}
        </p>
        <t-copy-text what="the command" text=${startCommand}></t-copy-text>
        <div class="buttons">
          <button class="primary again" aria-disabled=${String(this.isBusy)} @click=${() => this.#send('again')}>
            <t-icon name="rotate-cw"></t-icon>Try again
          </button>
          <button aria-disabled=${String(this.isBusy)} @click=${() => this.#send('anyway')}>
            Set up anyway: ${this.isOff ? 'sessions stay off until a server answers' : 'sessions will be off'}
          </button>
        </div>
      </div>
    `;
  }

  override focus() {
    this.again.focus();
  }

  #send(name: 'again' | 'anyway') {
    if (!this.isBusy) this.dispatchEvent(new Event(name));
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        gap: 10px;
        padding: 12px var(--t-edge) 16px;
        border-bottom: 1px solid var(--t-danger-line);
        background: var(--t-danger-fill);
      }
      :host > t-icon {
        flex: none;
        margin-top: 2px;
        color: var(--t-danger);
      }
      :host > div {
        flex: 1;
        min-width: 0;
        max-width: 620px;
      }
      h2 {
        font-size: inherit;
      }
      li,
      p {
        overflow-wrap: anywhere;
      }
      p {
        margin: 8px 0;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 12px;
      }
      @media (width < 640px) {
        .buttons button {
          flex: 1 1 100%;
        }
      }
    `,
  ];
}
