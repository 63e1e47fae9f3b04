import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { TextField } from './field.ts';

const SHORT = 64;

/** One line of text; also ids, and passwords, which it never shows. */
@customElement('field-string')
export class FieldString extends TextField {
  protected override control() {
    const { widget, minLength, maxLength, placeholder } = this.field;
    const isShort = maxLength !== undefined && maxLength <= SHORT;
    return html`<input
      id="control"
      class=${isShort ? 'short mono' : ''}
      type=${widget === 'password' ? 'password' : 'text'}
      autocomplete=${widget === 'password' ? 'new-password' : 'off'}
      dir=${widget === 'string' ? 'auto' : nothing}
      spellcheck="false"
      placeholder=${ifDefined(placeholder)}
      aria-describedby="error hint"
      aria-invalid=${this.invalid}
      aria-required=${minLength === 1 ? 'true' : nothing}
      .value=${this.value ?? ''}
      @focus=${this.#onFocus}
      @input=${this.onInput}
    />`;
  }

  /** A suggested id is selected, so that typing replaces it; once, so that it does not replace what was typed. */
  #onFocus(event: Event) {
    if (this.field.widget === 'id') (event.target as HTMLInputElement).select();
  }
}
