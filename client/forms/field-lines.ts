import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { Field } from './field.ts';

/** A list of values, one on each line. */
@customElement('field-lines')
export class FieldLines extends Field<readonly string[]> {
  @property({ attribute: false }) override value: readonly string[] = [];

  protected override control() {
    return html`<textarea
      id="control"
      class="mono"
      rows="4"
      placeholder=${ifDefined(this.field.placeholder)}
      aria-describedby="error hint"
      aria-invalid=${this.invalid}
      .value=${(this.value ?? []).join('\n')}
      @input=${this.#onInput}
    ></textarea>`;
  }

  protected override asText() {
    return html`<output id="control" class="mono">${(this.value ?? []).join('\n')}</output>`;
  }

  #onInput(event: Event) {
    const text = (event.target as HTMLTextAreaElement).value;
    this.change(text === '' ? [] : text.split('\n'));
  }
}
