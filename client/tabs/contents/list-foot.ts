import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatNumber, plural } from '../../parts/format.ts';
import { place } from '../../state/location.ts';
import { Watch } from '../../state/observable.ts';
import { singleKeys } from '../../state/shortcuts.ts';
import { controls } from '../../styles/controls.ts';
import { offset, pages } from '../listing.ts';

/** How much of a folder is shown, the way to the rest, and the keys that work here. */
@customElement('list-foot')
export class ListFoot extends LitElement {
  @property({ type: Number }) shown = 0;
  @property({ type: Number }) total = 0;

  constructor() {
    super();
    new Watch(this, singleKeys, place);
  }

  protected override render() {
    const to = offset() + this.shown;
    const isAll = this.shown === this.total;
    return html`
      <p class="figures" role="status">
        ${
          isAll
            ? plural(this.total, 'item')
            : `${formatNumber(offset() + 1)} to ${formatNumber(to)} of ${plural(this.total, 'item')}`
        }
      </p>
      ${pages(this.shown, this.total)}
      ${
        singleKeys.get()
          ? html`<p class="keys"><kbd>n</kbd> add <kbd>F2</kbd> rename <kbd>?</kbd> all keys</p>`
          : nothing
      }
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 38px;
        padding-inline: var(--t-edge);
        color: var(--t-quiet);
        font-size: var(--t-size-small);
      }
      .page {
        display: flex;
        gap: 8px;
      }
      .keys {
        margin-left: auto;
      }
      .keys kbd {
        margin-inline: 12px 4px;
      }
      @media (width < 640px) {
        .keys {
          display: none;
        }
      }
    `,
  ];
}
