import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Field } from './field.ts';

/** A whole number, with its unit. What is not one is kept as it was typed, for the server to name. */
@customElement('field-integer')
export class FieldInteger extends Field<number | string> {
  @property({ attribute: false }) override value: number | string = 0;

  protected override control() {
    const { unit } = this.field;
    return html`<div class="figure">
      <input
        id="control"
        class="figures ${unit ? 'with-unit' : ''}"
        inputmode="numeric"
        autocomplete="off"
        aria-describedby="error hint"
        aria-invalid=${this.invalid}
        .value=${String(this.value ?? '')}
        @input=${this.#onInput}
      />
      ${unit ? html`<span class="unit">${unit}</span>` : nothing}
    </div>`;
  }

  protected override asText() {
    return html`<output id="control" class="figures">${this.value} ${this.field.unit ?? ''}</output>`;
  }

  #onInput(event: Event) {
    const text = (event.target as HTMLInputElement).value.trim();
    this.change(/^-?\d{1,15}$/.test(text) ? Number(text) : text);
  }

  static override styles = [
    Field.styles,
    css`
      .figure {
        position: relative;
        max-width: 120px;
      }
      .figure:has(.unit) {
        max-width: 144px;
      }
      .with-unit {
        padding-right: 64px;
      }
      .unit {
        position: absolute;
        inset: 0 11px 0 auto;
        display: grid;
        align-items: center;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        pointer-events: none;
      }
    `,
  ];
}
