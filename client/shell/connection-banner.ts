import { LitElement, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../parts/banner.ts';
import { connection } from '../state/connection.ts';
import { Watch } from '../state/observable.ts';
import { Repeating } from '../state/repeating.ts';
import { controls } from '../styles/controls.ts';

/** Says that the server is out of reach, for as long as it is, and when it is asked again. */
@customElement('connection-banner')
export class ConnectionBanner extends LitElement {
  constructor() {
    super();
    new Watch(this, connection);
    new Repeating(this, 1000, () => connection.get().up || this.requestUpdate());
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
