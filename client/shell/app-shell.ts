import { LitElement, css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { detailOf } from '../api/request.ts';
import '../parts/face.ts';
import { findOut, identity } from '../state/identity.ts';
import { connection } from '../state/connection.ts';
import { place } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { controls } from '../styles/controls.ts';
import './page-view.ts';

/** The frame: header above, tree at the left, the object's page beside it. Nobody signed in: the sign-in screen alone. */
@customElement('app-shell')
export class AppShell extends LitElement {
  @state() private failure: string | undefined;

  constructor() {
    super();
    new Watch(this, identity, connection, place);
    void this.#begin();
  }

  protected override render() {
    const me = identity.get();
    if (!me) return this.#beforeStart();
    if (me.user === null) return html`<sign-in .instance=${me.instance}></sign-in>`;
    return html`<main><page-view></page-view></main>`;
  }

  async #begin() {
    try {
      await findOut();
    } catch (caught) {
      this.failure = detailOf(caught);
    }
  }

  #beforeStart() {
    if (!this.failure) return nothing;
    return html`<t-face kind="error" icon="circle-x" heading="Could not start: ${this.failure}">
      <button @click=${this.#begin}><t-icon name="rotate-cw"></t-icon>Try again</button>
    </t-face>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-height: 100dvh;
      }
    `,
  ];
}
