import { call } from '../../api/call.ts';
import { Task, TaskStatus } from '@lit/task';
import { css, html, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { checkId, freeId, normaliseId } from '../../../schema/ids.ts';
import { checkValues } from '../../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import { addObject, type ObjectMessage, type TypeInfo } from '../../../schema/endpoints/objects.ts';
import { FormDialog } from '../../forms/form-dialog.ts';
import { problemsByField } from '../../forms/problems.ts';
import '../../parts/icon.ts';

const PAUSE_MS = 250;

const idField = field('Id', 'id', 'Part of its address. It can be changed later.');
const titleField = field('Title', 'string', '');

/** The object that was added. */
export class Added extends CustomEvent<ObjectMessage> {
  constructor(object: ObjectMessage) {
    super('added', { detail: object });
  }
}

/** Asks for an id, a title, and what the type needs first. Sends Added, or `closed`. */
@customElement('add-dialog')
export class AddDialog extends FormDialog {
  @property({ attribute: false }) info!: TypeInfo;
  @property() folder = '/';
  /** Ids that are in the folder, as far as they are known here; the server knows all. */
  @property({ attribute: false }) takenIds: ReadonlySet<string> = new Set();
  protected readonly action = 'Add';
  /** What is wrong as it is typed. */
  #known: ReadonlyMap<string, string> = new Map();

  readonly #check = new Task(this, {
    args: () => [this.values] as const,
    task: async (_, { signal }) => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      signal.throwIfAborted();
      return call(checkValues, this.folder, this.#asked, { signal });
    },
  });

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('info')) this.#begin();
    this.#known = this.problems();
  }

  #begin() {
    const fields = Object.entries(this.#fields).map(([name, { default: value }]) => [name, value] as const);
    this.values = new Map<string, unknown>([...fields, ['id', freeId(this.info.suggestedId, this.takenIds)]]);
  }

  protected get heading() {
    return `Add a ${this.info.title}`;
  }

  protected content() {
    const { description, icon } = this.info;
    const looked = (name: string, schema: FieldSchema) => ({
      answer: this.#check.value?.fields[name],
      isChecking: schema.answers === true && this.#check.status === TaskStatus.PENDING,
    });
    return html`
      <p class="about"><t-icon name=${icon}></t-icon>${description}</p>
      ${this.form(html`
        ${this.field('id', idField, true)} ${this.field('title', titleField)}
        ${Object.entries(this.#fields).map(([name, schema]) => this.field(name, schema, false, looked(name, schema)))}
      `)}
    `;
  }

  get #fields(): Readonly<Record<string, FieldSchema>> {
    return Object.fromEntries(Object.entries(this.info.schema.properties).filter(([, { whenAdding }]) => whenAdding));
  }

  get #asked() {
    const properties = Object.fromEntries(Object.keys(this.#fields).map((name) => [name, this.values.get(name)]));
    return { type: this.info.type, id: normaliseId(this.text('id')), properties };
  }

  /** What the server refused first, then what is known here at once, then what the server says while one types. */
  protected override errorOf(name: string): string | undefined {
    const known = super.errorOf(name) ?? this.#known.get(name);
    return known ?? problemsByField(this.#check.value?.errors ?? []).get(name);
  }

  protected override problems(): ReadonlyMap<string, string> {
    const taken = (id: string) => this.takenIds.has(id);
    const problem = checkId(this.#asked.id, { inRoot: this.folder === '/', taken });
    return new Map(problem ? [['id', problem]] : []);
  }

  protected failure(detail: string) {
    return `Could not add '${this.#asked.id}': ${detail}`;
  }

  protected override async send() {
    const title = this.text('title').trim();
    this.dispatchEvent(new Added(await call(addObject, this.folder, { ...this.#asked, title })));
  }

  static override styles = [
    FormDialog.styles,
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
    `,
  ];
}

function field(title: string, widget: 'id' | 'string', description: string): FieldSchema {
  return { type: 'string', title, widget, mode: 'rw', default: '', description };
}
