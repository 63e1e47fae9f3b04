import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Warning } from '../../schema/endpoints/objects.ts';
import '../parts/banner.ts';
import { plural } from '../parts/format.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { ObjectChanged } from './changes.ts';
import { applyRemedy, type Remedy } from './remedy.ts';

const SHOWN = 2;

/** The standing conditions of an object: at most two, then how many more. A remedy is one press away. */
@customElement('object-banners')
export class ObjectBanners extends LitElement {
  @property({ attribute: false }) warnings: readonly Warning[] = [];
  @state() private isOpen = false;

  protected override render() {
    const shown = this.isOpen ? this.warnings : this.warnings.slice(0, SHOWN);
    const more = this.warnings.length - shown.length;
    return html`
      ${shown.map((warning) => this.#banner(warning))}
      ${
        more > 0
          ? html`<t-banner kind="plain">
              and ${more} more
              <button slot="action" class="link" @click=${() => (this.isOpen = true)}>
                Show ${plural(more, 'notice')}
              </button>
            </t-banner>`
          : nothing
      }
    `;
  }

  #banner(warning: Warning) {
    const colon = warning.text.indexOf(': ');
    const text =
      colon === -1
        ? warning.text
        : html`<b class="strong">${warning.text.slice(0, colon + 1)}</b>${warning.text.slice(colon + 1)}`;
    return html`<t-banner kind=${warning.severity}>${text}${this.#action(warning)}</t-banner>`;
  }

  #action({ remedy, link }: Warning) {
    if (remedy) {
      return html`<button slot="action" class="link" @click=${() => this.#apply(remedy)}>${remedy.label}</button>`;
    }
    // Who is there already needs no way there.
    if (!link || addressOf(link.path, link.tab) === location.pathname) return nothing;
    return html`<a slot="action" class="strong" href=${addressOf(link.path, link.tab)}>${link.label}</a>`;
  }

  async #apply(remedy: Remedy) {
    if (await applyRemedy(remedy)) this.dispatchEvent(new ObjectChanged());
  }

  static override styles = [
    controls,
    css`
      b {
        font-weight: 600;
      }
    `,
  ];
}
