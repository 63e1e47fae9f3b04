import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { controls } from '../styles/controls.ts';
import './icon.ts';

export interface Choice {
  readonly id: string;
  readonly icon: string;
  readonly label: string;
  /** One line on what it is for, or where it is. */
  readonly detail: string;
}

export interface ChoiceGroup {
  readonly label: string;
  readonly choices: readonly Choice[];
}

/** What was typed into the field over the list. */
export class SearchText extends CustomEvent<string> {
  constructor(text: string) {
    super('search-text', { detail: text });
  }
}

export class Chosen extends CustomEvent<Choice> {
  constructor(choice: Choice) {
    super('chosen', { detail: choice });
  }
}

/**
 * A field with a list under it: type to narrow, arrows to move, Enter to choose; Esc sends `dismissed`. Who owns it gives
 * the groups that match. With `popup` the list floats and is there only while the field has the focus.
 */
@customElement('t-choices')
export class Choices extends LitElement {
  @property() label = '';
  @property() placeholder = '';
  @property({ attribute: false }) groups: readonly ChoiceGroup[] = [];
  /** Said when nothing matches. */
  @property() emptyText = '';
  /** The key that leads here, shown in the field. */
  @property() shortcut = '';
  @property({ type: Boolean, reflect: true }) popup = false;
  @state() private active = 0;
  @state() private isOpen = false;
  @query('input') private field!: HTMLInputElement;

  protected override render() {
    const isShown = !this.popup || this.isOpen;
    return html`
      <div class="field">
        <t-icon name="search"></t-icon>
        <input
          role="combobox"
          aria-label=${this.label}
          aria-expanded=${String(isShown)}
          aria-controls="list"
          aria-autocomplete="list"
          aria-activedescendant=${isShown && this.#all[this.active] ? `choice-${this.active}` : nothing}
          placeholder=${this.placeholder}
          autocomplete="off"
          spellcheck="false"
          @input=${this.#onInput}
          @keydown=${this.#onKey}
          @focus=${() => (this.isOpen = true)}
          @blur=${() => (this.isOpen = false)}
        />
        ${this.shortcut ? html`<kbd aria-hidden="true">${this.shortcut}</kbd>` : nothing}
      </div>
      <div id="list" role="listbox" aria-label=${this.label} ?hidden=${!isShown} @mousedown=${keepFocus}>
        ${this.#list()}
      </div>
    `;
  }

  override focus(): void {
    this.field.focus();
    this.field.select();
  }

  clear(): void {
    this.field.value = '';
    this.active = 0;
    this.dispatchEvent(new SearchText(''));
  }

  get #all(): readonly Choice[] {
    return this.groups.flatMap(({ choices }) => choices);
  }

  #list() {
    if (this.#all.length === 0)
      return html`<p class="nothing" role="option" aria-disabled="true">${this.emptyText}</p>`;
    let index = 0;
    return this.groups
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ label, choices }) =>
          html`<div role="group" aria-label=${label}>
            <p class="head" role="presentation">${label}</p>
            ${choices.map((choice) => this.#choice(choice, index++))}
          </div>`,
      );
  }

  #choice(choice: Choice, index: number) {
    return html`<div
      role="option"
      id="choice-${index}"
      aria-selected=${String(index === this.active)}
      @click=${() => this.#choose(choice)}
      @pointermove=${() => (this.active = index)}
    >
      <t-icon name=${choice.icon}></t-icon>
      <div>
        <p class="strong">${choice.label}</p>
        <p class="small quiet">${choice.detail}</p>
      </div>
    </div>`;
  }

  #onInput() {
    this.active = 0;
    this.isOpen = true;
    this.dispatchEvent(new SearchText(this.field.value));
  }

  #onKey(event: KeyboardEvent) {
    const count = this.#all.length;
    if (event.key === 'ArrowDown') void this.#move((this.active + 1) % Math.max(count, 1));
    else if (event.key === 'ArrowUp') void this.#move((this.active + count - 1) % Math.max(count, 1));
    else if (event.key === 'Enter') this.#choose(this.#all[this.active]);
    else if (event.key === 'Escape') this.dispatchEvent(new Event('dismissed'));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #move(index: number) {
    this.active = index;
    await this.updateComplete;
    this.renderRoot.querySelector(`#choice-${index}`)?.scrollIntoView({ block: 'nearest' });
  }

  #choose(choice: Choice | undefined) {
    if (choice) this.dispatchEvent(new Chosen(choice));
  }

  static override styles = [
    controls,
    css`
      :host {
        position: relative;
      }
      .field {
        position: relative;
      }
      .field t-icon {
        position: absolute;
        inset: 0 auto 0 11px;
        margin-block: auto;
      }
      input {
        padding-inline: 32px 10px;
      }
      :host([popup]) input {
        border-color: var(--t-line-strong);
        padding-right: 60px;
      }
      kbd {
        position: absolute;
        inset: 0 7px 0 auto;
        height: 18px;
        margin-block: auto;
      }
      #list {
        max-height: min(600px, 100dvh - 260px);
        margin-top: 4px;
        overflow: auto;
      }
      :host([popup]) #list {
        position: absolute;
        z-index: 20;
        inset-inline: 0;
        max-height: min(600px, 100dvh - 80px);
        padding: 4px;
        border: 1px solid var(--t-line-strong);
        border-radius: var(--t-radius-menu);
        background: var(--t-raised);
        box-shadow: var(--t-shadow-m);
      }
      .head {
        padding: 6px 8px 3px;
        color: var(--t-quiet);
        font-size: var(--t-size-group);
        font-weight: 600;
        line-height: 16px;
      }
      [role='option'] {
        display: flex;
        gap: 10px;
        padding: 2px 8px 3px;
        border: 1px solid transparent;
        border-radius: var(--t-radius-row);
        cursor: pointer;
      }
      [role='option'] t-icon {
        margin-top: 3px;
      }
      [role='option'] p {
        overflow-wrap: anywhere;
      }
      [role='option'] .small {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      [aria-selected='true'] {
        border-color: var(--t-accent-line);
        background: var(--t-accent-fill);
      }
      [aria-selected='true'] t-icon {
        color: var(--t-accent);
      }
      .nothing {
        padding: 12px 8px;
        color: var(--t-quiet);
        cursor: default;
      }
      @media (width < 640px) {
        [role='option'] {
          padding-block: 6px;
        }
      }
    `,
  ];
}

/** A press in the list must not take the focus from the field, or a floating list would go before the click. */
function keepFocus(event: Event): void {
  event.preventDefault();
}
