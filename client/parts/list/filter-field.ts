import { LitElement, css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { controls } from '../../styles/controls.ts';
import '../icon.ts';

const PAUSE_MS = 150;

/** What a list is to be narrowed to. */
export class FilterChanged extends CustomEvent<string> {
  constructor(text: string) {
    super('filter-changed', { detail: text });
  }
}

/** The field that narrows the list under it. Sends FilterChanged a moment after typing, `leave-down` on the down arrow, `enter`. */
@customElement('filter-field')
export class FilterField extends LitElement {
  @property() value = '';
  @property() placeholder = 'Filter';
  /** The key that leads here, shown in the field. */
  @property() shortcut = '';
  @query('input') private input!: HTMLInputElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override render() {
    return html`
      <t-icon name="search"></t-icon>
      <input
        aria-label="Filter"
        placeholder=${this.placeholder}
        autocomplete="off"
        spellcheck="false"
        .value=${this.value}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
      />
      ${
        this.value
          ? html`<button class="plain icon-only" aria-label="Clear filter" title="Clear filter" @click=${this.clear}>
              <t-icon name="x"></t-icon>
            </button>`
          : html`<kbd aria-hidden="true" ?hidden=${!this.shortcut}>${this.shortcut}</kbd>`
      }
    `;
  }

  override focus(): void {
    this.input.focus();
  }

  readonly clear = (): void => {
    clearTimeout(this.#timer);
    this.input.value = '';
    this.dispatchEvent(new FilterChanged(''));
    this.focus();
  };

  #onInput() {
    clearTimeout(this.#timer);
    const text = this.input.value.trim();
    this.#timer = setTimeout(() => this.dispatchEvent(new FilterChanged(text)), PAUSE_MS);
  }

  #onKey(event: KeyboardEvent) {
    if (event.key === 'Escape') this.clear();
    else if (event.key === 'ArrowDown') this.dispatchEvent(new Event('leave-down'));
    else if (event.key === 'Enter') this.dispatchEvent(new Event('enter'));
    else return;
    event.preventDefault();
  }

  static override styles = [
    controls,
    css`
      :host {
        position: relative;
      }
      input:where(:not([type='checkbox'])) {
        padding-inline: 32px;
        border-color: var(--t-line-strong);
        text-overflow: ellipsis;
      }
      t-icon[name='search'] {
        position: absolute;
        inset: 0 auto 0 11px;
        margin-block: auto;
      }
      kbd,
      button {
        position: absolute;
        inset: 0 8px 0 auto;
        height: 18px;
        margin-block: auto;
      }
      button {
        right: 3px;
        height: var(--t-target);
      }
      @media (width < 640px) {
        /* No key is shown here: what the field is for needs the room. */
        input:placeholder-shown {
          padding-right: 8px;
        }
      }
    `,
  ];
}
