import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { TextField } from './field.ts';

/** Text of many lines. */
@customElement('field-text')
export class FieldText extends TextField {
  protected override control() {
    return html`<textarea
      id="control"
      class="mono"
      rows="8"
      placeholder=${ifDefined(this.field.placeholder)}
      aria-describedby="error hint"
      aria-invalid=${this.invalid}
      .value=${this.value ?? ''}
      @input=${this.onInput}
    ></textarea>`;
  }
}
