import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FormerServerMessage } from '../../../schema/endpoints/servers.ts';
import '../../parts/dot.ts';
import { controls } from '../../styles/controls.ts';

const DOTS = { answers: 'ok', silent: 'warn', gone: 'off' } as const;

/** Which server is to be forgotten. */
export class ForgetServer extends CustomEvent<FormerServerMessage> {
  constructor(server: FormerServerMessage) {
    super('forget', { detail: server });
  }
}

/** Servers that were taken out and may still hold sessions, each with what it costs. Sends `forget`. */
@customElement('former-servers')
export class FormerServers extends LitElement {
  @property({ attribute: false }) servers: readonly FormerServerMessage[] = [];
  @property({ type: Boolean }) mayForget = false;

  protected override render() {
    return html`
      <h2 id="former">Taken out</h2>
      <p class="quiet intro">
        Sessions that were begun on these servers may still be there. What is found nowhere else is asked of them for as
        long as a session lives.
      </p>
      <ul aria-labelledby="former">
        ${this.servers.map((server) => this.#row(server))}
      </ul>
    `;
  }

  #row(server: FormerServerMessage) {
    const { address, state, text } = server;
    return html`<li>
      <h3><t-dot class=${state} state=${DOTS[state]}>${address}</t-dot></h3>
      <p class="cost ${state === 'silent' ? 'warn' : ''}">${text}</p>
      ${
        this.mayForget
          ? html`<button
              class="small"
              aria-label="Forget it: ${address}"
              @click=${() => this.dispatchEvent(new ForgetServer(server))}
            >
              Forget it
            </button>`
          : nothing
      }
    </li>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        padding: 16px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
      }
      .intro {
        max-width: 620px;
        margin: 2px 0 10px;
      }
      li {
        display: grid;
        grid-template-columns: minmax(160px, max-content) minmax(0, 620px) auto;
        gap: 4px 24px;
        align-items: baseline;
        justify-content: start;
        padding: 8px 0;
      }
      li + li {
        border-top: 1px solid var(--t-line);
      }
      h3 {
        color: var(--t-text);
        font-size: var(--t-size);
        line-height: 20px;
        overflow-wrap: anywhere;
      }
      @media (width < 900px) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .cost {
          grid-row: 2;
          grid-column: 1 / -1;
        }
      }
    `,
  ];
}
