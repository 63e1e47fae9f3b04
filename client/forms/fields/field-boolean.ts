import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Field } from './field.ts';

/** Yes or no. */
@customElement('field-boolean')
export class FieldBoolean extends Field<boolean> {
  @property({ attribute: false }) override value = false;

  protected override control() {
    return html`<div class="check">
      <input
        id="control"
        type="checkbox"
        aria-describedby="error hint"
        aria-invalid=${this.invalid}
        .checked=${this.value === true}
        @change=${this.#onChange}
      />
      <span aria-hidden="true">${this.value ? 'On' : 'Off'}</span>
    </div>`;
  }

  protected override asText() {
    return html`<output id="control">${this.value ? 'On' : 'Off'}</output>`;
  }

  #onChange(event: Event) {
    this.change((event.target as HTMLInputElement).checked);
  }

  static override styles = [
    Field.styles,
    css`
      .check {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: var(--t-control-height);
        color: var(--t-quiet);
      }
    `,
  ];
}
