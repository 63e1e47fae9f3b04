import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatNumber, plural } from '../../parts/format.ts';
import { setQuery } from '../../state/location.ts';
import { Watch } from '../../state/observable.ts';
import { singleKeys } from '../../state/shortcuts.ts';
import { controls } from '../../styles/controls.ts';

/** How much of a folder is shown, the way to the rest, and the keys that work here. */
@customElement('list-foot')
export class ListFoot extends LitElement {
  @property({ type: Number }) offset = 0;
  @property({ type: Number }) shown = 0;
  @property({ type: Number }) total = 0;
  /** How many rows a page has. */
  @property({ type: Number }) page = 100;

  constructor() {
    super();
    new Watch(this, singleKeys);
  }

  protected override render() {
    const to = this.offset + this.shown;
    const isAll = this.offset === 0 && to >= this.total;
    return html`
      <p class="figures" role="status">
        ${
          isAll
            ? plural(this.total, 'item')
            : `${formatNumber(this.offset + 1)} to ${formatNumber(to)} of ${plural(this.total, 'item')}`
        }
      </p>
      ${
        isAll
          ? nothing
          : html`${this.#page('Previous', Math.max(this.offset - this.page, 0), this.offset > 0)}
            ${this.#page('Next', to, to < this.total)}`
      }
      ${
        singleKeys.get()
          ? html`<p class="keys"><kbd>n</kbd> add <kbd>F2</kbd> rename <kbd>?</kbd> all keys</p>`
          : nothing
      }
    `;
  }

  #page(label: string, offset: number, isThere: boolean) {
    const from = offset === 0 ? undefined : String(offset + 1);
    return html`<button class="small" ?disabled=${!isThere} @click=${() => setQuery({ from })}>${label}</button>`;
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
