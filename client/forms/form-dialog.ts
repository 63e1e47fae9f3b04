import { LitElement, css, html, type CSSResultGroup } from 'lit';
import { state } from 'lit/decorators.js';
import type { FieldAnswer } from '../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../schema/form-schema.ts';
import { ApiProblem, detailOf, thereAgain } from '../api/request.ts';
import '../parts/dialog.ts';
import { Reconnected } from '../state/connection.ts';
import { hasEnded } from '../state/ended.ts';
import { controls } from '../styles/controls.ts';
import './fields/field-element.ts';
import type { FieldElement, ValueChanged } from './fields/field.ts';
import { problemsByField } from './problems.ts';

/** What the server says of a field while one types. */
interface Looked {
  readonly answer?: FieldAnswer | undefined;
  readonly isChecking?: boolean;
}

/** A form in a dialog: what is typed, what is refused (at its field, which gets the focus), one try at a time, which is waited for. Sends `closed`. */
export abstract class FormDialog extends LitElement {
  @state() protected values: ReadonlyMap<string, unknown> = new Map();
  @state() private refusals: ReadonlyMap<string, string> = new Map();
  @state() private isBusy = false;
  @state() protected isOpen = true;

  constructor() {
    super();
    new Reconnected(
      this,
      () => (this.refusals = new Map(this.refusals.entries().map(([name, text]) => [name, thereAgain(text)]))),
    );
  }

  protected abstract readonly heading: string;
  protected abstract readonly action: string;
  /** What stands in the dialog, the `form` among it. */
  protected abstract content(): unknown;
  /** Makes the change and tells of it. */
  protected abstract send(): Promise<void>;

  /** What is wrong before anybody is asked, by field. */
  protected problems(): ReadonlyMap<string, string> {
    return new Map();
  }

  /** What was refused, by field; '' where none is to blame. */
  protected refused(caught: unknown): ReadonlyMap<string, string> {
    const byField = caught instanceof ApiProblem ? problemsByField(caught.errors) : new Map<string, string>();
    return byField.size > 0 ? byField : new Map([['', this.failure(detailOf(caught))]]);
  }

  /** What failed, as a sentence, where no field is to blame. */
  protected abstract failure(detail: string): string;

  protected errorOf(name: string): string | undefined {
    return this.refusals.get(name);
  }

  protected text(name: string): string {
    const value = this.values.get(name);
    return typeof value === 'string' ? value : '';
  }

  protected override render() {
    return html`<t-dialog heading=${this.heading} ?open=${this.isOpen} ?held=${this.isBusy} @closed=${this.onClosed}>
      ${this.content()}
      <button slot="buttons" aria-disabled=${String(this.isBusy)} @click=${this.#cancel}>Cancel</button>
      <button slot="buttons" class="primary" aria-disabled=${String(this.isBusy)} @click=${this.#submit}>
        ${this.action}
      </button>
    </t-dialog>`;
  }

  /** The region is there before its words are: one that comes with them is not read out everywhere. */
  protected form(fields: unknown) {
    return html`<p role="alert" class="danger">${this.refusals.get('')}</p>
      <form @submit=${this.#submit} @value-changed=${this.#onValue} novalidate>${fields}</form>`;
  }

  protected field(name: string, schema: FieldSchema, isFirst = false, { answer, isChecking = false }: Looked = {}) {
    return html`<field-element
      stacked
      ?autofocus=${isFirst}
      name=${name}
      .field=${schema}
      .value=${this.values.get(name) ?? ''}
      .error=${this.errorOf(name)}
      .answer=${answer}
      .isChecking=${isChecking}
    ></field-element>`;
  }

  protected onClosed() {
    this.dispatchEvent(new Event('closed'));
  }

  #cancel() {
    if (!this.isBusy) this.isOpen = false;
  }

  #onValue(event: ValueChanged) {
    event.stopPropagation();
    this.values = new Map([...this.values, [event.name, event.value]]);
    this.refusals = new Map([...this.refusals].filter(([name]) => name !== event.name && name !== ''));
  }

  async #submit(event: Event) {
    event.preventDefault();
    if (this.isBusy || !this.isOpen) return;
    this.refusals = this.problems();
    if (this.refusals.size > 0) return this.#focusProblem();
    this.isBusy = true;
    try {
      await this.send();
    } catch (caught) {
      if (hasEnded.get()) return;
      this.refusals = this.#shown(this.refused(caught));
      await this.#focusProblem();
    } finally {
      this.isBusy = false;
    }
  }

  /** What is said of a value that has no field here is said above them all. */
  #shown(refusals: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const names = new Set(this.#fields.map(({ name }) => name));
    const here = [...refusals].filter(([name]) => names.has(name));
    const others = [...refusals].filter(([name]) => !names.has(name)).map(([, words]) => words);
    return new Map(others.length === 0 ? here : [...here, ['', others.join(' ')]]);
  }

  get #fields(): readonly FieldElement[] {
    return [...this.renderRoot.querySelectorAll<FieldElement>('form > [name]')];
  }

  async #focusProblem() {
    await this.updateComplete;
    this.#fields.find(({ error }) => error)?.focus();
  }

  static override styles: CSSResultGroup = [
    controls,
    css`
      form {
        display: grid;
        gap: 16px;
        margin-top: 10px;
      }
      [role='alert']:not(:empty) {
        margin-block: 10px 16px;
      }
      button[aria-disabled='true'] {
        opacity: 0.55;
        cursor: default;
      }
    `,
  ];
}
