import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { TextField } from './field.ts';

/** One of a few values, by their words. */
@customElement('field-selection')
export class FieldSelection extends TextField {
  protected override control() {
    return html`<select
      id="control"
      class="short"
      aria-describedby="error hint"
      aria-invalid=${this.invalid}
      @change=${this.onInput}
    >
      ${(this.field.enum ?? []).map(
        (value) => html`<option value=${value} ?selected=${value === this.value}>${this.#word(value)}</option>`,
      )}
    </select>`;
  }

  protected override asText() {
    return html`<output id="control">${this.#word(this.value)}</output>`;
  }

  #word(value: string): string {
    return this.field.labels?.[this.field.enum?.indexOf(value) ?? -1] ?? value;
  }
}
