import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { Field } from './field.ts';

/** Text of many lines. */
@customElement('field-text')
export class FieldText extends Field<string> {
  @property({ attribute: false }) override value = '';

  protected override control() {
    return html`<textarea
      id="control"
      class="mono"
      rows="8"
      placeholder=${ifDefined(this.field.placeholder)}
      aria-describedby="error hint"
      aria-invalid=${this.invalid}
      .value=${this.value ?? ''}
      @input=${this.#onInput}
    ></textarea>`;
  }

  #onInput(event: Event) {
    this.change((event.target as HTMLTextAreaElement).value);
  }
}
