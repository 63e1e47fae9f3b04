import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '../../parts/icon.ts';
import { controls } from '../../styles/controls.ts';

/** Lines of keys and values, to be added. */
export class ItemsEntered extends CustomEvent<string> {
  constructor(items: string) {
    super('items-entered', { detail: items });
  }
}

/** Where items for the session are typed. What was typed stays until it was taken: clear() then. */
@customElement('add-items')
export class AddItems extends LitElement {
  /** What is wrong with what was sent, a sentence for each line. */
  @property({ attribute: false }) problems: readonly string[] = [];
  @property({ type: Boolean }) isBusy = false;
  @query('textarea') private field!: HTMLTextAreaElement;

  protected override render() {
    const isWrong = this.problems.length > 0;
    return html`<form @submit=${this.#onSubmit}>
      <fieldset>
        <legend id="legend">
          <span class="strong">Add Items to Session</span>
          <span class="quiet how">as space-separated key-value pairs line by line</span>
        </legend>
        <textarea
          name="items"
          class="mono"
          rows="4"
          placeholder="key1 This is a long string value"
          spellcheck="false"
          autocomplete="off"
          aria-labelledby="legend"
          aria-describedby="problems hint"
          aria-invalid=${String(isWrong)}
          @keydown=${this.#onKey}
        ></textarea>
        <div id="problems" role="alert">
          ${
            isWrong
              ? html`<ul>
                  ${this.problems.map((problem) => html`<li><t-icon name="circle-x"></t-icon>${problem}</li>`)}
                </ul>`
              : nothing
          }
        </div>
        <div class="do">
          <button class="primary" aria-disabled=${String(this.isBusy)}>Add</button>
          <p class="small quiet" id="hint">
            The first space parts key and value. A key that is there already gets the new value.
          </p>
        </div>
      </fieldset>
    </form>`;
  }

  override focus(): void {
    this.field.focus();
  }

  submit(): void {
    this.field.form?.requestSubmit();
  }

  clear(): void {
    this.field.value = '';
  }

  #onSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (!this.isBusy) this.dispatchEvent(new ItemsEntered(this.field.value));
  }

  /** Enter begins a new line here, so Ctrl-Enter adds. */
  #onKey(event: KeyboardEvent) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.submit();
  }

  static override styles = [
    controls,
    css`
      legend {
        margin-bottom: 6px;
      }
      textarea {
        min-height: 110px;
      }
      li {
        display: flex;
        gap: 6px;
        margin-top: 6px;
        color: var(--t-danger);
        font-size: var(--t-size-small);
        line-height: 16px;
        overflow-wrap: anywhere;
      }
      li t-icon {
        --icon-size: 14px;
        margin-top: 1px;
        color: inherit;
      }
      .do {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-top: 12px;
      }
      @media (width < 640px) {
        .how {
          display: block;
          font-size: var(--t-size-small);
          line-height: 16px;
        }
        .do {
          display: block;
          margin-top: 10px;
        }
        button {
          width: 100%;
        }
        .do p {
          margin-top: 6px;
        }
      }
    `,
  ];
}
