import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionValue } from '../../../schema/endpoints/sessions.ts';
import { formatBytes } from '../../parts/format.ts';
import '../../parts/icon.ts';
import { rowDetailPart } from '../../parts/list/row-detail.ts';
import { segments, segmentStyles } from '../../parts/segments.ts';
import { controls } from '../../styles/controls.ts';

const LONG = 300;

const FORMS = [
  { id: 'value', label: 'Decoded' },
  { id: 'json', label: 'JSON' },
] as const;

/** The key of an item whose obscured value is to be shown. */
export class RevealWanted extends CustomEvent<string> {
  constructor(item: string) {
    super('reveal-wanted', { detail: item });
  }
}

/** What is in somebody's session, read only: as it reads, or as JSON. */
@customElement('session-values')
export class SessionValues extends LitElement {
  @property({ attribute: false }) items: readonly SessionValue[] = [];
  @state() private form: (typeof FORMS)[number]['id'] = 'value';

  protected override render() {
    return html`
      <div class="head">
        <h3>Items <span class="figures">${this.items.length}</span></h3>
        ${segments('Show values', FORMS, this.form, (form) => (this.form = form))}
      </div>
      ${
        this.items.length === 0
          ? html`<p class="none quiet">This session has no items.</p>`
          : html`<ul aria-label="Items">
              ${this.items.map((item) => this.#item(item))}
            </ul>`
      }
    `;
  }

  #item(item: SessionValue) {
    const { key, obscured, bytes, type } = item;
    return html`<li>
      <p class="mono key" title=${type}>${key}</p>
      ${this.#value(item)}
      ${
        obscured
          ? html`<button
              class="link small"
              aria-label="Reveal ${key}"
              @click=${() => this.dispatchEvent(new RevealWanted(key))}
            >
              Reveal
            </button>`
          : nothing
      }
      <p class="size small quiet">${formatBytes(bytes)}</p>
    </li>`;
  }

  #value({ key, value, json, obscured, type }: SessionValue) {
    const isText = type === 'string' && !obscured;
    const text = this.form === 'json' || isText ? json : value;
    const isLong = text.length > LONG || text.split('\n').length > 8;
    const shown = html`<span class="text ${obscured ? 'faint' : ''}">${text}</span>`;
    if (!isLong) return html`<div class="mono value">${shown}</div>`;
    return html`<div class="mono value long" tabindex="0" role="group" aria-label="Value of ${key}">${shown}</div>`;
  }

  static override styles = [
    controls,
    segmentStyles,
    rowDetailPart,
    css`
      h3 span {
        margin-left: 6px;
        color: var(--t-faint);
      }
      li {
        display: grid;
        grid-template-columns: 110px minmax(0, 1fr) auto auto;
        column-gap: 12px;
        padding: 8px 20px;
        border-bottom: 1px solid var(--t-line);
      }
      .key,
      .value {
        line-height: 18px;
        overflow-wrap: anywhere;
      }
      .text {
        white-space: pre-wrap;
      }
      .long {
        max-height: 180px;
        overflow: auto;
      }
      .size {
        grid-column: 4;
        line-height: 18px;
        text-align: end;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      li button.link {
        min-height: 18px;
        font-size: var(--t-size-small);
        line-height: 18px;
      }
      @media (width < 640px) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .value,
        li button.link {
          grid-row: 2;
        }
        .size {
          grid-column: 2;
          grid-row: 1;
        }
        li button.link {
          min-height: 44px;
          margin-block: -13px;
        }
      }
    `,
  ];
}
