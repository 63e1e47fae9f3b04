import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionItem } from '../../../schema/endpoints/sessions.ts';
import { formatBytes } from '../../parts/format.ts';
import '../../parts/icon.ts';
import { tableStyles } from '../../parts/list/table-styles.ts';
import { Width } from '../../parts/width.ts';
import { controls } from '../../styles/controls.ts';

const LONG = 300;
const NARROW = 560;

/** The key of an item that is to go. */
export class ItemRemoved extends CustomEvent<string> {
  constructor(key: string) {
    super('item-removed', { detail: key });
  }
}

/** What is in a session, in the order in which it was put there. Values are shown whole. */
@customElement('session-items')
export class SessionItems extends LitElement {
  @property({ attribute: false }) items: readonly SessionItem[] = [];
  readonly #width = new Width(this);

  protected override render() {
    return this.#width.px < NARROW ? this.#list() : this.#table();
  }

  /** Puts the focus on the Remove button of the item at this place, or of the last one. */
  focusRemove(index: number): void {
    const buttons = this.renderRoot.querySelectorAll('button');
    (buttons[index] ?? buttons[buttons.length - 1])?.focus();
  }

  #table() {
    return html`<table aria-label="Your session">
      <colgroup>
        <col width="17%" />
        <col width="45%" />
        <col width="12%" />
        <col width="10%" />
        <col width="16%" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Value</th>
          <th scope="col">Type</th>
          <th scope="col" class="end">Size</th>
          <th><span class="visually-hidden">Remove</span></th>
        </tr>
      </thead>
      <tbody>
        ${this.items.map(
          (item) =>
            html`<tr>
              <th scope="row" class="mono key">${item.key}</th>
              <td>${this.#value(item)}</td>
              <td class="quiet">${item.type}</td>
              <td class="end">${formatBytes(item.bytes)}</td>
              <td class="end">${this.#remove(item)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #list() {
    return html`<ul aria-label="Your session">
      ${this.items.map(
        (item) =>
          html`<li>
            <div>
              <p>
                <span class="mono key strong">${item.key}</span>
                <span class="small quiet">${item.type}, ${formatBytes(item.bytes)}</span>
              </p>
              ${this.#value(item)}
            </div>
            ${this.#remove(item)}
          </li>`,
      )}
    </ul>`;
  }

  #value({ key, value, obscured }: SessionItem) {
    const isLong = value.length > LONG || value.split('\n').length > 5;
    if (!isLong) return html`<div class="mono value ${obscured ? 'faint' : ''}">${value}</div>`;
    return html`<div class="mono value long" tabindex="0" role="group" aria-label="Value of ${key}">${value}</div>`;
  }

  #remove({ key }: SessionItem) {
    return html`<button
      class="plain small"
      aria-label="Remove ${key}"
      @click=${() => this.dispatchEvent(new ItemRemoved(key))}
    >
      <t-icon name="trash-2"></t-icon>Remove
    </button>`;
  }

  static override styles = [
    controls,
    tableStyles,
    css`
      th[scope='row'] {
        background: none;
        color: inherit;
        font-weight: 500;
      }
      th.key,
      td {
        padding-block: 3px;
        vertical-align: top;
        line-height: 26px;
        white-space: normal;
      }
      th.key {
        padding-block: 6px;
        line-height: 20px;
      }
      .key,
      .value {
        overflow-wrap: anywhere;
      }
      .value {
        padding-block: 3px;
        line-height: 20px;
        white-space: pre-wrap;
      }
      .long {
        max-height: 126px;
        overflow: auto;
      }
      button {
        margin-block: -1px;
        margin-right: -11px;
        font-size: var(--t-size);
        font-weight: 400;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 14px;
        min-height: 60px;
        padding: 8px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
      }
      li .value {
        padding: 0;
      }
      li t-icon {
        display: none;
      }
    `,
  ];
}
