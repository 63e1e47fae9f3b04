import { LitElement, css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../parts/banner.ts';
import { endInvitation, isInvited } from '../../state/invitation.ts';
import { Watch } from '../../state/observable.ts';
import { addressOf } from '../../state/route.ts';
import { controls } from '../../styles/controls.ts';

/** Leads whoever is new to the start page, until they have no use for it in this browser. */
@customElement('start-invitation')
export class StartInvitation extends LitElement {
  constructor() {
    super();
    new Watch(this, isInvited);
  }

  protected override render() {
    if (!isInvited.get()) return nothing;
    return html`<t-banner kind="plain">
      New here? The <a href=${addressOf('/', 'start')}>start page</a> says where sessions are kept, sets them up in
      memcached, and loads an example.
      <button slot="action" class="link" @click=${endInvitation}>Do not show this again</button>
    </t-banner>`;
  }

  static override styles = [
    controls,
    css`
      a {
        text-decoration: underline;
      }
    `,
  ];
}
