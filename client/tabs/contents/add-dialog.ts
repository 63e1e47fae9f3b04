import { call } from '../../api/call.ts';
import { Task } from '@lit/task';
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { checkId, normaliseId } from '../../../schema/ids.ts';
import { checkProperties } from '../../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import { addObject, type ObjectMessage, type TypeInfo } from '../../../schema/endpoints/objects.ts';
import { ApiProblem, detailOf } from '../../api/request.ts';
import '../../forms/fields/field-element.ts';
import type { ValueChanged } from '../../forms/fields/field.ts';
import { problemsByField } from '../../forms/problems.ts';
import '../../parts/banner.ts';
import '../../parts/dialog.ts';
import '../../parts/icon.ts';
import { controls } from '../../styles/controls.ts';

const PAUSE_MS = 250;

const idField = field('Id', 'id', 'Part of its address. It can be changed later.');
const titleField = field('Title', 'string', '');

/** The object that was added. */
export class Added extends Event {
  static readonly type = 'added';
  readonly object: ObjectMessage;

  constructor(object: ObjectMessage) {
    super(Added.type);
    this.object = object;
  }
}

/** Asks for an id, a title, and what the type needs first. Sends Added, or `closed`. */
@customElement('add-dialog')
export class AddDialog extends LitElement {
  @property({ attribute: false }) info!: TypeInfo;
  @property() folder = '/';
  /** Ids that are in the folder, as far as they are known here; the server knows all. */
  @property({ attribute: false }) takenIds: ReadonlySet<string> = new Set();
  @state() private values: Readonly<Record<string, unknown>> = {};
  @state() private refusals: ReadonlyMap<string, string> = new Map();
  @state() private isBusy = false;
  @state() private isOpen = true;

  readonly #check = new Task(this, {
    args: () => [this.values] as const,
    task: async ([values], { signal }) => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      signal.throwIfAborted();
      return call(
        checkProperties,
        this.folder,
        { type: this.info.type, id: this.#id, properties: this.#properties(values) },
        { signal },
      );
    },
  });

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('info')) return;
    const fields = Object.entries(this.#fields).map(([name, { default: value }]) => [name, value]);
    this.values = { ...Object.fromEntries(fields), id: this.#freeId(), title: '' };
  }

  protected override render() {
    const { title, description, icon } = this.info;
    return html`<t-dialog heading="Add a ${title}" ?open=${this.isOpen} @closed=${this.#onClosed}>
      <p class="about"><t-icon name=${icon}></t-icon>${description}</p>
      <form id="form" @submit=${this.#submit} @value-changed=${this.#onValue} @keydown=${this.#onKey}>
        <p role="alert" class="danger">${this.refusals.get('') ?? ''}</p>
        ${this.#field('id', idField)} ${this.#field('title', titleField)}
        ${Object.entries(this.#fields).map(([name, schema]) => this.#field(name, schema))}
      </form>
      <button slot="buttons" @click=${() => (this.isOpen = false)}>Cancel</button>
      <button slot="buttons" class="primary" ?disabled=${this.isBusy} @click=${this.#submit}>Add</button>
    </t-dialog>`;
  }

  #field(name: string, schema: FieldSchema) {
    return html`<field-element
      stacked
      ?autofocus=${name === 'id'}
      name=${name}
      .field=${schema}
      .value=${this.values[name]}
      .error=${this.#errorOf(name)}
      .answer=${this.#check.value?.fields[name]}
      .isChecking=${schema.answers === true && this.#check.status === 1}
    ></field-element>`;
  }

  get #fields(): Readonly<Record<string, FieldSchema>> {
    return Object.fromEntries(Object.entries(this.info.schema.properties).filter(([, { whenAdding }]) => whenAdding));
  }

  get #id(): string {
    const id = this.values['id'];
    return normaliseId(typeof id === 'string' ? id : '');
  }

  #properties(values: Readonly<Record<string, unknown>>) {
    return Object.fromEntries(Object.keys(this.#fields).map((name) => [name, values[name]]));
  }

  /** What the server refused first, then what is known here at once, then what the server says while one types. */
  #errorOf(name: string): string | undefined {
    const idProblem = name === 'id' ? this.#idProblem() : undefined;
    return this.refusals.get(name) ?? idProblem ?? problemsByField(this.#check.value?.errors ?? []).get(name);
  }

  #idProblem(): string | undefined {
    return checkId(this.#id, { inRoot: this.folder === '/', taken: (id) => this.takenIds.has(id) });
  }

  #freeId(): string {
    const { suggestedId } = this.info;
    if (!this.takenIds.has(suggestedId)) return suggestedId;
    let number = 2;
    while (this.takenIds.has(`${suggestedId}${number}`)) number += 1;
    return `${suggestedId}${number}`;
  }

  #onValue(event: ValueChanged) {
    event.stopPropagation();
    this.values = { ...this.values, [event.name]: event.value };
    this.refusals = new Map([...this.refusals].filter(([name]) => name !== event.name && name !== ''));
  }

  /** Fields live in shadow roots, where Enter submits no form by itself. */
  #onKey(event: KeyboardEvent) {
    if (event.key === 'Enter' && event.composedPath()[0] instanceof HTMLInputElement) void this.#submit(event);
  }

  async #submit(event: Event) {
    event.preventDefault();
    if (this.isBusy || this.#idProblem()) return this.#focusProblem();
    this.isBusy = true;
    try {
      const title = String(this.values['title']).trim();
      const properties = this.#properties(this.values);
      const object = await call(addObject, this.folder, { type: this.info.type, id: this.#id, title, properties });
      this.dispatchEvent(new Added(object));
    } catch (caught) {
      const byField = caught instanceof ApiProblem ? problemsByField(caught.errors) : new Map<string, string>();
      this.refusals = byField.size > 0 ? byField : new Map([['', `Could not add '${this.#id}': ${detailOf(caught)}`]]);
      await this.#focusProblem();
    } finally {
      this.isBusy = false;
    }
  }

  async #focusProblem() {
    await this.updateComplete;
    const names = ['id', 'title', ...Object.keys(this.#fields)];
    const name = names.find((each) => this.#errorOf(each));
    if (name) this.renderRoot.querySelector<HTMLElement>(`field-element[name="${name}"]`)?.focus();
  }

  #onClosed() {
    this.dispatchEvent(new Event('closed'));
  }

  static override styles = [
    controls,
    css`
      .about {
        display: flex;
        gap: 8px;
        margin-bottom: 12px;
        color: var(--t-quiet);
      }
      .about t-icon {
        margin-top: 2px;
        color: var(--t-accent);
      }
      form {
        display: grid;
        gap: 16px;
      }
      form > p:empty {
        display: none;
      }
    `,
  ];
}

function field(title: string, widget: 'id' | 'string', description: string): FieldSchema {
  return { type: 'string', title, widget, mode: 'rw', default: '', description };
}
