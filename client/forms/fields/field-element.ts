import { LitElement, css, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { FieldAnswer } from '../../../schema/endpoints/forms.ts';
import type { FieldSchema, Widget } from '../../../schema/form-schema.ts';
import type { FieldElement } from './field.ts';

interface Kind {
  readonly tag: string;
  readonly load: () => Promise<unknown>;
}

const string: Kind = { tag: 'field-string', load: () => import('./field-string.ts') };

const kinds: Record<Widget, Kind> = {
  string,
  id: string,
  password: string,
  path: { tag: 'field-path', load: () => import('./field-path.ts') },
  text: { tag: 'field-text', load: () => import('./field-text.ts') },
  code: { tag: 'field-code', load: () => import('./field-code.ts') },
  lines: { tag: 'field-lines', load: () => import('./field-lines.ts') },
  integer: { tag: 'field-integer', load: () => import('./field-integer.ts') },
  boolean: { tag: 'field-boolean', load: () => import('./field-boolean.ts') },
  selection: { tag: 'field-selection', load: () => import('./field-selection.ts') },
};

/** Fetches the kinds of fields that a form will have: shown before they are there, it would grow under the eye. */
export async function loadFields(fields: readonly FieldSchema[]): Promise<void> {
  await Promise.all(fields.map(({ widget }) => kinds[widget].load()));
}

/** A field of whatever kind its schema asks for, fetched when it is first needed. Forms use this one element for all. */
@customElement('field-element')
export class AnyField extends LitElement implements FieldElement {
  @property({ attribute: false }) field!: FieldSchema;
  @property() name = '';
  @property({ attribute: false }) value: unknown;
  @property({ attribute: false }) answer: FieldAnswer | undefined;
  @property({ type: Boolean }) isChecking = false;
  @property({ attribute: false }) error: string | undefined;
  @property({ type: Boolean }) isDirty = false;
  @property({ type: Boolean }) isReadOnly = false;
  @property({ type: Boolean }) stacked = false;

  @state() private element: FieldElement | undefined;
  #widget: Widget | undefined;
  #made: Promise<void> | undefined;

  constructor() {
    super();
    this.addEventListener('keydown', submitOnEnter);
  }

  protected override willUpdate(_changed: PropertyValues) {
    if (this.field.widget !== this.#widget) this.#made = this.#make(this.field.widget);
    this.#pass();
  }

  protected override render() {
    return this.element ?? nothing;
  }

  /** The field may still be on its way: it gets the focus when it is there. */
  override async focus(): Promise<void> {
    await this.#made;
    await this.updateComplete;
    const field = this.element as (FieldElement & LitElement) | undefined;
    await field?.updateComplete;
    field?.focus();
  }

  async #make(widget: Widget): Promise<void> {
    this.#widget = widget;
    const { tag, load } = kinds[widget];
    if (!customElements.get(tag)) await load();
    if (widget !== this.#widget) return;
    this.element = document.createElement(tag) as FieldElement;
    this.#pass();
  }

  #pass(): void {
    if (!this.element) return;
    const { field, name, value, answer, isChecking, error, isDirty, isReadOnly, stacked } = this;
    Object.assign(this.element, { field, name, value, answer, isChecking, error, isDirty, isReadOnly, stacked });
  }

  static override styles = css`
    :host {
      display: block;
    }
  `;
}

/** Fields live in shadow roots, where Enter in an <input> submits no form by itself. */
export function submitOnEnter(this: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.defaultPrevented || event.isComposing) return;
  if (!(event.composedPath()[0] instanceof HTMLInputElement)) return;
  event.preventDefault();
  this.closest('form')?.requestSubmit();
}
