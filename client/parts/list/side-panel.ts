import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Watch } from '../../state/observable.ts';
import { isWide } from '../../state/screen.ts';
import { controls } from '../../styles/controls.ts';
import { load } from '../web-awesome.ts';

/** What belongs to one row, beside its list where there is room, else floating over it. Sends `closed` when it is put away. */
@customElement('side-panel')
export class SidePanel extends LitElement {
  @property() label = '';

  constructor() {
    super();
    new Watch(this, isWide);
  }

  protected override render() {
    if (isWide.get()) return html`<aside aria-label=${this.label}><slot></slot></aside>`;
    return html`<wa-drawer placement="end" label=${this.label} without-header open @wa-after-hide=${this.#onHidden}>
      <slot></slot>
    </wa-drawer>`;
  }

  protected override updated() {
    if (!isWide.get()) void load('drawer');
  }

  #onHidden(event: Event) {
    if (event.target === event.currentTarget) this.dispatchEvent(new Event('closed'));
  }

  static override styles = [
    controls,
    css`
      :host {
        display: contents;
      }
      aside {
        flex: none;
        width: 432px;
        border-left: 1px solid var(--t-line-strong);
      }
      aside slot::slotted(*) {
        position: sticky;
        top: 0;
        max-height: calc(100dvh - 48px);
        overflow: auto;
      }
      wa-drawer {
        --size: min(432px, 100vw);
        --spacing: 0;
      }
      wa-drawer::part(body) {
        padding: 0;
      }
    `,
  ];
}
