import { LitElement, css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { KeyValue } from '../../../schema/endpoints/keys.ts';
import { formatBytes } from '../../parts/format.ts';
import { rowDetailPart } from '../../parts/list/row-detail.ts';
import { segments, segmentStyles } from '../../parts/segments.ts';
import { controls } from '../../styles/controls.ts';

const FORMS = [
  { id: 'decoded', label: 'Decoded' },
  { id: 'json', label: 'JSON' },
  { id: 'text', label: 'Text' },
  { id: 'hex', label: 'Hex' },
] as const;
type Form = (typeof FORMS)[number]['id'];

/** What is under a key, read only, in the form that is chosen. */
@customElement('key-value')
export class KeyValueView extends LitElement {
  @property({ attribute: false }) value!: KeyValue;
  @property({ type: Number }) bytes = 0;
  @state() private form: Form = 'decoded';

  protected override render() {
    return html`
      <div class="head">
        <h3>Value <span class="quiet">${this.value.type}</span></h3>
        ${segments('Show the value as', FORMS, this.form, (form) => (this.form = form))}
      </div>
      ${this.#shown()}
    `;
  }

  #shown() {
    const text = this.value[this.form];
    if (text === null) return html`<p class="none quiet">${NOT_IN[this.form]}</p>`;
    if (text === '') return html`<p class="none quiet">The value is empty.</p>`;
    const { hexBytes } = this.value;
    return html`
      <div class="mono value ${this.form}" tabindex="0" role="group" aria-label="Value"><span>${text}</span></div>
      ${
        this.form === 'hex' && hexBytes < this.bytes
          ? html`<p class="none small quiet">The first ${formatBytes(hexBytes)} of ${formatBytes(this.bytes)}.</p>`
          : ''
      }
    `;
  }

  static override styles = [
    controls,
    segmentStyles,
    rowDetailPart,
    css`
      .value {
        max-height: 50vh;
        overflow: auto;
        padding: 12px 20px;
        line-height: 18px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .value.hex {
        font-size: 0.6875rem;
        white-space: pre;
        overflow-wrap: normal;
      }
    `,
  ];
}

const NOT_IN: Readonly<Record<Form, string>> = {
  decoded: '',
  json: 'This value is not JSON.',
  text: 'This value is not text. Its bytes can be read as hex.',
  hex: '',
};
