import { LitElement, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../parts/banner.ts';
import { connection } from '../state/connection.ts';
import { Watch } from '../state/observable.ts';
import { controls } from '../styles/controls.ts';

/** Says that the server is out of reach, for as long as it is, and when it is asked again. */
@customElement('connection-banner')
export class ConnectionBanner extends LitElement {
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new Watch(this, connection);
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#timer = setInterval(() => connection.get().up || this.requestUpdate(), 1000);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render() {
    const now = connection.get();
    return html`<div role="status">
      ${
        now.up
          ? nothing
          : html`<t-banner kind="plain" icon="rotate-cw">
              Not connected. Trying again…
              <span slot="action" class="small quiet figures" aria-hidden="true"
                >next try in ${Math.max(0, Math.ceil((now.nextTry - Date.now()) / 1000))} s</span
              >
            </t-banner>`
      }
    </div>`;
  }

  static override styles = [controls];
}
