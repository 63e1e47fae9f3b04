import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { isPutAside } from '../model/identity.ts';
import '../parts/dialog.ts';
import { controls } from '../styles/controls.ts';
import './credentials-form.ts';

/** Over the page of whoever was signed in: they sign in again and go on where they were. */
@customElement('session-ended')
export class SessionEnded extends LitElement {
  @property() user = '';

  protected override render() {
    return html`<t-dialog open heading="Your session ended." @closed=${() => isPutAside.set(true)}>
      <p>Sign in to go on; your edits here are kept.</p>
      <credentials-form autofocus name=${this.user}></credentials-form>
      <span slot="note">Esc shows the page; nothing can be saved until you sign in.</span>
    </t-dialog>`;
  }

  static override styles = [controls];
}
