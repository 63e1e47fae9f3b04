import { Task, TaskStatus } from '@lit/task';
import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ChangeRequest, FieldSchema, ObjectMessage } from '../../schema/messages.ts';
import { changeObject, checkProperties, getObject } from '../api/objects.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import '../parts/banner.ts';
import { formatMoment, plural } from '../parts/format.ts';
import { ObjectChanged } from '../state/changes.ts';
import { flash } from '../state/flash.ts';
import { guardLeaving } from '../state/location.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import type { Conflict } from './conflict-dialog.ts';
import {
  changedNames,
  contested,
  differences,
  fieldsOf,
  isSame,
  textOf,
  valuesOf,
  type Edits,
  type FormValues,
} from './edits.ts';
import './field-element.ts';
import { ValueChanged } from './field.ts';
import { problemsByField } from './problems.ts';
import { formStyles } from './property-form-styles.ts';
import './save-bar.ts';
import { savedWords } from './saved-words.ts';

const PAUSE_MS = 250;

/** The form of an object's properties, from its schema; the slot "rail" stands beside it. Nothing typed is ever lost. */
@customElement('property-form')
export class PropertyForm extends LitElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() saveLabel = 'Save changes';
  /** Said when it was saved; otherwise "Saved changes." with the time, or how the servers answer. */
  @property() savedText = '';
  @state() private edits: Edits = new Map();
  /** What was typed into fields that show somebody else's values now. */
  @state() private setAside: Edits = new Map();
  @state() private refusals: ReadonlyMap<string, string> = new Map();
  @state() private failure = '';
  @state() private conflict: Conflict | undefined;
  @state() private isSaving = false;
  /** The state that the edits began from. */
  @state() private began!: ObjectMessage;
  #answered: FormValues = {};
  #stopGuarding = () => {};

  readonly #check = new Task(this, {
    args: () => [this.began, this.edits] as const,
    task: ([began, edits], { signal }) => this.#look(began, edits, signal),
    onComplete: () => (this.#answered = this.#values),
  });

  constructor() {
    super();
    new Shortcuts(this, [{ key: 'Ctrl+S', label: 'Save changes', run: () => void this.#save() }]);
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#stopGuarding = guardLeaving(() => this.#changed.length > 0);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#stopGuarding();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('object')) this.#adopt(this.object);
  }

  protected override render() {
    const { may } = this.began;
    return html`
      ${may.change ? nothing : this.#lookOnly()} ${this.#summary()}
      <div class="columns">
        <form @value-changed=${this.#onValue} @submit=${this.#onSubmit} @keydown=${this.#onKey}>
          ${Object.entries(this.#fields).map(([name, field]) => this.#field(name, field))} ${this.#unknownProperties()}
        </form>
        <slot name="rail"></slot>
      </div>
      ${this.#bar()}
      ${
        this.conflict
          ? html`<conflict-dialog
              name=${this.began.id}
              .conflict=${this.conflict}
              @keep-editing=${() => (this.conflict = undefined)}
              @show-theirs=${this.#showTheirs}
              @overwrite=${this.#overwrite}
            ></conflict-dialog>`
          : nothing
      }
    `;
  }

  get #fields(): Readonly<Record<string, FieldSchema>> {
    return fieldsOf(this.began);
  }

  get #values(): FormValues {
    return { ...valuesOf(this.began), ...Object.fromEntries(this.edits) };
  }

  get #changed(): readonly string[] {
    return changedNames(this.#fields, valuesOf(this.began), this.edits);
  }

  /** Edits go on from what is there now, unless somebody else changed the same field: then saving tells of it. */
  #adopt(object: ObjectMessage) {
    const began = this.began?.path === object.path ? this.began : undefined;
    if (!began) this.edits = new Map();
    else if (contested(differences(this.#fields, valuesOf(began), valuesOf(object), this.edits)).length > 0) return;
    this.began = object;
  }

  async #look(began: ObjectMessage, edits: Edits, signal: AbortSignal) {
    const fields = Object.entries(began.schema.properties).filter(([, { mode }]) => mode === 'rw');
    const isAsked = edits.size > 0 || fields.some(([, { answers }]) => answers);
    if (!isAsked || !began.may.change) return undefined;
    if (edits.size > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    signal.throwIfAborted();
    const values = this.#values;
    return checkProperties(
      began.path,
      { properties: Object.fromEntries(fields.map(([name]) => [name, values[name]])) },
      signal,
    );
  }

  #lookOnly() {
    return html`<t-banner kind="plain" icon="lock">
      You may look but not change (needs '${this.began.changePermission}').
    </t-banner>`;
  }

  #summary() {
    const names = Object.keys(this.#fields).filter((name) => this.refusals.has(name));
    if (this.failure) return html`<t-banner kind="danger" role="alert">${this.failure}</t-banner>`;
    if (names.length === 0) return nothing;
    const links = names.map(
      (name, index) =>
        html`${index > 0 ? ', ' : ''}<button class="link" @click=${() => this.#focus(name)}>
            ${this.#fields[name]?.title}
          </button>`,
    );
    return html`<t-banner kind="danger" role="alert">
      <b>${plural(names.length, 'field needs', 'fields need')} attention:</b> ${links}. Nothing was saved.
    </t-banner>`;
  }

  #field(name: string, field: FieldSchema) {
    const isDirty = this.#changed.includes(name);
    const value = this.#values[name];
    const isPending = this.#check.status === TaskStatus.PENDING;
    return html`<field-element
        name=${name}
        .field=${field}
        .value=${value}
        .answer=${this.#check.value?.fields[name]}
        .isChecking=${isPending && field.answers === true && !isSame(value, this.#answered[name])}
        .error=${this.#errorOf(name, isDirty)}
        .isDirty=${isDirty}
        .isReadOnly=${!this.began.may.change}
      ></field-element>
      ${this.setAside.has(name) ? this.#mine(name, field) : nothing}`;
  }

  /** What the server refused at the last try; then what it says while one types. */
  #errorOf(name: string, isDirty: boolean): string | undefined {
    const live = isDirty ? problemsByField(this.#check.value?.errors ?? []).get(name) : undefined;
    return this.refusals.get(name) ?? live;
  }

  #mine(name: string, field: FieldSchema) {
    const mine = this.setAside.get(name);
    return html`<p class="mine">
      You had <span class="mono">${textOf(field, mine)}</span> here.
      <button type="button" class="link" @click=${() => this.#change(name, mine)}>Put it back</button>
    </p>`;
  }

  /** An object whose type is not installed has no fields, but what it keeps can be read. */
  #unknownProperties() {
    if (!this.began.isBroken) return nothing;
    return Object.entries(this.began.properties).map(
      ([name, value]) =>
        html`<dl>
          <dt>${name}</dt>
          <dd class="mono">${typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </dl>`,
    );
  }

  #bar() {
    const changed = this.#changed;
    const [first] = changed;
    if (first === undefined) return nothing;
    const field = this.#fields[first];
    const isShort = changed.length === 1 && field && field.widget !== 'lines' && field.widget !== 'text';
    return html`<save-bar
      label=${this.saveLabel}
      was=${isShort ? textOf(field, valuesOf(this.began)[first]) : nothing}
      .names=${changed.map((name) => this.#fields[name]?.title ?? name)}
      ?busy=${this.isSaving}
      @save=${() => this.#save()}
      @discard=${this.#discard}
    ></save-bar>`;
  }

  #onValue(event: ValueChanged) {
    event.stopPropagation();
    this.#change(event.name, event.value);
  }

  #change(name: string, value: unknown) {
    const isBack = isSame(value, valuesOf(this.began)[name]) && !Array.isArray(value);
    const others = [...this.edits].filter(([each]) => each !== name);
    this.edits = new Map(isBack ? others : [...others, [name, value]]);
    this.setAside = without(this.setAside, name);
    this.refusals = without(this.refusals, name);
    this.failure = '';
  }

  /** Fields live in shadow roots, where Enter submits no form by itself. */
  #onKey(event: KeyboardEvent) {
    const target = event.composedPath()[0];
    if (event.key === 'Enter' && target instanceof HTMLInputElement && target.type !== 'checkbox') void this.#save();
  }

  #onSubmit(event: Event) {
    event.preventDefault();
  }

  #discard() {
    this.edits = new Map();
    this.setAside = new Map();
    this.refusals = new Map();
    this.failure = '';
    this.began = this.object;
    this.#focus(Object.keys(this.#fields)[0] ?? '');
  }

  async #save(revision = this.began.revision) {
    const names = this.#changed;
    if (names.length === 0 || this.isSaving) return;
    const sent = this.edits;
    this.isSaving = true;
    this.refusals = new Map();
    this.failure = '';
    try {
      const answer = await changeObject(this.began.path, this.#request(names), revision);
      this.edits = new Map([...this.edits].filter(([name, value]) => value !== sent.get(name)));
      this.began = answer;
      this.#tell(names, sent, answer.results);
      this.dispatchEvent(new ObjectChanged(answer));
    } catch (caught) {
      await this.#refused(caught);
    } finally {
      this.isSaving = false;
    }
  }

  #request(names: readonly string[]): ChangeRequest {
    const entries = names.map((name) => [name, this.edits.get(name)] as const);
    const properties = Object.fromEntries(entries.filter(([name]) => name !== 'title'));
    const title = names.includes('title') ? { title: String(this.edits.get('title')).trim() } : {};
    return Object.keys(properties).length > 0 ? { ...title, properties } : title;
  }

  #tell(names: readonly string[], sent: Edits, results: Parameters<typeof savedWords>[3]) {
    const plain = this.savedText || `Saved changes. (${formatMoment(new Date(), new Date())})`;
    const name = names.find((each) => this.#fields[each]?.widget === 'lines' && this.#fields[each]?.answers);
    const { text, trouble } = savedWords(plain, name ? this.#fields[name] : undefined, sent.get(name ?? ''), results);
    flash(text, trouble);
  }

  async #refused(caught: unknown) {
    if (!(caught instanceof ApiProblem)) throw caught;
    if (caught.status === 412) return this.#meetConflict(caught);
    this.refusals = problemsByField(caught.errors);
    const first = Object.keys(this.#fields).find((name) => this.refusals.has(name));
    if (first === undefined) {
      this.failure = `Could not save '${this.began.path}': ${detailOf(caught)} Your changes are kept here.`;
    } else {
      await this.updateComplete;
      this.#focus(first);
    }
  }

  async #meetConflict({ members }: ApiProblem) {
    await import('./conflict-dialog.ts');
    const { current, revision, modified, modifiedBy } = members as unknown as CurrentState;
    this.conflict = {
      by: modifiedBy ?? 'Somebody',
      modified,
      revision,
      fromRevision: this.began.revision,
      differences: differences(this.#fields, valuesOf(this.began), valuesOf(current), this.edits),
    };
  }

  /** Their values in the fields that both changed, with what was typed one press away; other edits stay. */
  async #showTheirs() {
    const theirs = new Set(contested(this.conflict?.differences ?? []).map(({ name }) => name));
    this.conflict = undefined;
    try {
      const object = await getObject(this.began.path);
      this.setAside = new Map([...this.setAside, ...[...this.edits].filter(([name]) => theirs.has(name))]);
      this.edits = new Map([...this.edits].filter(([name]) => !theirs.has(name)));
      this.began = object;
      this.dispatchEvent(new ObjectChanged(object));
    } catch (caught) {
      this.failure = `Could not load '${this.began.path}': ${detailOf(caught)} Your changes are kept here.`;
    }
  }

  #overwrite() {
    const revision = this.conflict?.revision;
    this.conflict = undefined;
    void this.#save(revision);
  }

  #focus(name: string) {
    this.renderRoot.querySelector<HTMLElement>(`field-element[name="${CSS.escape(name)}"]`)?.focus();
  }

  static override styles = [controls, formStyles];
}

/** What a 412 says of the object as it is now. */
interface CurrentState {
  readonly current: Pick<ObjectMessage, 'title' | 'properties'>;
  readonly revision: number;
  readonly modified: string;
  readonly modifiedBy: string | null;
}

function without<Value>(map: ReadonlyMap<string, Value>, name: string): ReadonlyMap<string, Value> {
  return map.has(name) ? new Map([...map].filter(([each]) => each !== name)) : map;
}
