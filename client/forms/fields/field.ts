import { LitElement, css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { FieldAnswer } from '../../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import '../../parts/dot.ts';
import '../../parts/icon.ts';
import { controls } from '../../styles/controls.ts';

/** What a form and each of its fields agree on. */
export interface FieldElement<Value = unknown> extends HTMLElement {
  field: FieldSchema;
  /** The property's name; ValueChanged carries it back. */
  name: string;
  value: Value;
  /** How the value stands, for fields whose schema says that they answer. */
  answer: FieldAnswer | undefined;
  /** Whether an answer is on its way. */
  isChecking: boolean;
  /** The sentence that refused the value. */
  error: string | undefined;
  /** Not saved yet: a green dot after the label. */
  isDirty: boolean;
  /** Shown as text: the schema or the permissions say that it is not changed here. */
  isReadOnly: boolean;
  /** The label above the field, as in dialogs and on phones. */
  stacked: boolean;
}

/** A person changed a field. */
export class ValueChanged extends Event {
  static readonly type = 'value-changed';
  readonly name: string;
  readonly value: unknown;

  constructor(name: string, value: unknown) {
    super(ValueChanged.type, { bubbles: true, composed: true });
    this.name = name;
    this.value = value;
  }
}

/** The label with its type in one line above the control, over the whole width. */
export const labelAbove = css`
  :host {
    grid-template-columns: minmax(0, 1fr);
    row-gap: 6px;
  }
  .label {
    padding-top: 0;
  }
  .type {
    display: inline;
    margin-left: 6px;
  }
`;

/** The row every field stands in: label and type at the left; control, error and hint at the right. */
export abstract class Field<Value> extends LitElement implements FieldElement<Value> {
  @property({ attribute: false }) field!: FieldSchema;
  @property() name = '';
  @property({ attribute: false }) abstract value: Value;
  @property({ attribute: false }) answer: FieldAnswer | undefined;
  @property({ type: Boolean }) isChecking = false;
  @property({ attribute: false }) error: string | undefined;
  @property({ type: Boolean }) isDirty = false;
  @property({ type: Boolean }) isReadOnly = false;
  @property({ type: Boolean, reflect: true }) stacked = false;

  /** The control itself, with id "control", `aria-describedby="error hint"` and `aria-invalid=${this.invalid}`. */
  protected abstract control(): TemplateResult;

  /** What stands in the control's place when it is not to be changed. */
  protected asText(): TemplateResult {
    const text = String(this.value ?? '');
    return html`<output id="control">${text === '' ? html`<span class="faint">empty</span>` : text}</output>`;
  }

  /** How the value stands, between the control and the hint. */
  protected result(): TemplateResult | typeof nothing {
    if (this.isChecking && this.field.answers && !this.answer) return html`<t-dot state="checking">checking…</t-dot>`;
    const results = this.answer?.results.filter(({ text }) => text !== '') ?? [];
    if (this.error || results.length === 0) return nothing;
    return html`${results.map(({ state, text }) => html`<t-dot state=${state}>${text}</t-dot>`)}`;
  }

  /** The sentence that refused the value. */
  protected problem(): TemplateResult | typeof nothing {
    if (!this.error) return nothing;
    return html`<p class="error" id="error"><t-icon name="circle-x"></t-icon><span>${this.error}</span></p>`;
  }

  protected get invalid(): 'true' | 'false' {
    return this.error ? 'true' : 'false';
  }

  protected change(value: Value): void {
    this.value = value;
    this.dispatchEvent(new ValueChanged(this.name, value));
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('#control')?.focus();
  }

  protected override render() {
    return html`
      <div class="label">
        <label for="control">${this.field.title}</label>${
          this.isDirty ? html`<span class="dirty" role="img" aria-label="not saved"></span>` : nothing
        }
        <span class="type">${this.field.widget}</span>
      </div>
      <div class="value">
        ${this.isReadOnly || this.field.mode === 'r' ? this.asText() : this.control()}
        <div class="result">${this.result()}</div>
        ${this.problem()}
        ${this.field.description ? html`<p class="hint" id="hint">${this.field.description}</p>` : nothing}
      </div>
    `;
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: 184px minmax(0, 500px);
        column-gap: 24px;
      }
      :host([stacked]) {
        grid-template-columns: minmax(0, 1fr);
        row-gap: 6px;
      }
      .label {
        padding-top: 6px;
        font-weight: 500;
      }
      .type {
        display: block;
        color: var(--t-faint);
        font-size: var(--t-size-small);
        font-weight: 400;
        line-height: 16px;
      }
      :host([stacked]) .label {
        padding-top: 0;
      }
      :host([stacked]) .type {
        display: none;
      }
      .dirty {
        display: inline-block;
        width: 6px;
        height: 6px;
        margin-left: 6px;
        border-radius: 50%;
        background: var(--t-accent);
        vertical-align: 2px;
      }
      .error,
      .hint {
        margin-top: 6px;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      .error {
        display: flex;
        gap: 6px;
        color: var(--t-danger);
        white-space: pre-line;
      }
      .error span {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .error t-icon {
        --icon-size: 14px;
        margin-top: 1px;
        color: inherit;
      }
      .result {
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      .result t-dot {
        align-items: baseline;
        margin-top: 6px;
        overflow-wrap: anywhere;
      }
      output {
        display: block;
        padding-top: 6px;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      /* The bar that saves stands over the lower edge of the page. */
      #control {
        scroll-margin-block: 48px 128px;
      }
      /* Around a control and what is said of it. */
      .frame {
        border: 1px solid var(--t-control);
        border-radius: var(--t-radius);
        background: var(--t-canvas);
      }
      .frame:focus-within {
        border-color: var(--t-accent);
        outline: 1px solid var(--t-accent);
      }
      .frame:has([aria-invalid='true']) {
        border-color: var(--t-danger);
        outline-color: var(--t-danger);
      }
      .short {
        max-width: 240px;
      }
      @media (width < 900px) {
        ${labelAbove}
      }
    `,
  ];
}

/** A field whose value is a text, as it was typed or chosen. */
export abstract class TextField extends Field<string> {
  @property({ attribute: false }) override value = '';

  protected onInput(event: Event): void {
    this.change((event.target as HTMLInputElement).value);
  }
}
