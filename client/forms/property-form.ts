import { call } from '../api/call.ts';
import { Task, TaskStatus } from '@lit/task';
import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { checkValues, type FieldResult } from '../../schema/endpoints/forms.ts';
import type { FieldSchema, Widget } from '../../schema/form-schema.ts';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import { changeObject, getObject } from '../api/objects.ts';
import { ApiProblem, detailOf, thereAgain } from '../api/request.ts';
import { ObjectChanged } from '../model/changes.ts';
import '../parts/ago.ts';
import '../parts/banner.ts';
import { formatMoment, plural } from '../parts/format.ts';
import { KeptFocus } from '../parts/kept-focus.ts';
import { Reconnected } from '../state/connection.ts';
import { hasEnded } from '../state/ended.ts';
import { flash } from '../state/flash.ts';
import { Live } from '../state/live.ts';
import { GuardedLeaving } from '../state/location.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import type { Conflict } from './conflict-dialog.ts';
import { Editing, type CurrentState } from './editing.ts';
import { beginningOf, isSame, textOf, type Edits, type FormValues } from './edits.ts';
import { loadFields } from './fields/field-element.ts';
import type { ValueChanged } from './fields/field.ts';
import { FormValuesShown } from './form-values-shown.ts';
import { problemsByField } from './problems.ts';
import { formStyles } from './property-form-styles.ts';
import './save-bar.ts';
import type { SaveBar } from './save-bar.ts';
import { savedWords } from './saved-words.ts';

const PAUSE_MS = 250;
/** Fields whose former value is too long to be named. */
const LONG: readonly Widget[] = ['lines', 'text', 'code'];

/** The form of an object's properties, from its schema; the slot "rail" stands beside it. Nothing typed is ever lost. */
@customElement('property-form')
export class PropertyForm extends LitElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() saveLabel = 'Save changes';
  /** Said when it was saved; otherwise "Saved changes." with the time, or how the servers answer. */
  @property() savedText = '';
  /** Which fields it shows. Code has a tab of its own. */
  @property({ attribute: false }) shows: (field: FieldSchema) => boolean = ({ widget }) => widget !== 'code';
  @state() private failure = '';
  @state() private conflict: Conflict | undefined;
  @state() private isSaving = false;
  /** Every kind of field was fetched. Shown before that, the form would grow under the eye. */
  @state() private isReady = false;
  @query('form') private form!: HTMLFormElement;
  @query('save-bar') private bar!: SaveBar | null;
  @query('[role=alert]') private alert!: HTMLElement | null;
  #editing!: Editing;
  #answered: FormValues = {};

  readonly #check = new Task(this, {
    args: () => [this.#editing.began, this.#editing.edits] as const,
    task: ([began, edits], { signal }) => this.#look(began, edits, signal),
    onComplete: () => (this.#answered = this.#editing.values),
  });

  constructor() {
    super();
    // The bar goes with its buttons.
    new KeptFocus(this, () => this.form);
    new Live(this, ['proxy'], () => this.#check.run());
    new Reconnected(this, () => (this.failure = thereAgain(this.failure)));
    new GuardedLeaving(this, () => this.#editing.changed.length > 0);
    new Shortcuts(this, [{ key: 'Ctrl+S', label: 'Save changes', run: () => void this.#save() }]);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('object')) return;
    if (this.#editing?.began.path === this.object.path) this.#editing.adopt(this.object);
    else this.#editing = new Editing(this.object);
    // One that could not be fetched is tried again by its field.
    const show = () => (this.isReady = true);
    void loadFields(Object.values(this.#editing.fields)).then(show, show);
  }

  protected override render() {
    if (!this.isReady) return nothing;
    const { may, isBroken } = this.#editing.began;
    return html`
      ${may.change || isBroken ? nothing : this.#lookOnly()} ${this.#overtaken()} ${this.#summary()}
      <div class="columns">
        <form tabindex="-1" @value-changed=${this.#onValue} @submit=${this.#onSubmit}>
          ${Object.entries(this.#editing.fields)
            .filter(([, field]) => this.shows(field))
            .map(([name, field]) => this.#field(name, field))}
          ${this.#unknownProperties()}
        </form>
        <slot name="rail"></slot>
      </div>
      ${this.#bar()}
      ${
        this.conflict
          ? html`<conflict-dialog
              name=${this.#editing.began.id}
              .conflict=${this.conflict}
              @keep-editing=${() => (this.conflict = undefined)}
              @show-theirs=${this.#showTheirs}
              @overwrite=${this.#overwrite}
            ></conflict-dialog>`
          : nothing
      }
    `;
  }

  protected override updated() {
    this.dispatchEvent(new FormValuesShown(this.#editing.values));
  }

  async #look(began: ObjectMessage, edits: Edits, signal: AbortSignal) {
    const fields = Object.entries(began.schema.properties).filter(([, { mode }]) => mode === 'rw');
    const isAsked = edits.size > 0 || fields.some(([, { answers }]) => answers);
    if (!isAsked || !began.may.change) return undefined;
    if (edits.size > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    signal.throwIfAborted();
    const values = this.#editing.values;
    return call(
      checkValues,
      began.path,
      { properties: Object.fromEntries(fields.map(([name]) => [name, values[name]])) },
      { signal },
    );
  }

  #lookOnly() {
    return html`<t-banner kind="plain" icon="lock">
      You may look but not change (needs '${this.#editing.began.changePermission}').
    </t-banner>`;
  }

  /** Before saving tells of it: somebody saved the same field. */
  #overtaken() {
    const { modifiedBy, modified, revision } = this.object;
    if (revision <= this.#editing.began.revision || this.#editing.isUncontested(this.object)) return nothing;
    return html`<t-banner kind="warning">
      <b>${modifiedBy ?? 'Somebody'} changed this</b> <t-ago time=${modified}></t-ago>, also a field that you have
      changed and not saved.
      <button slot="action" class="link" @click=${() => this.#showConflict({ current: this.object, ...this.object })}>
        Show both
      </button>
    </t-banner>`;
  }

  #summary() {
    const { fields, refused: names } = this.#editing;
    if (this.failure) return html`<t-banner kind="danger" role="alert">${this.failure}</t-banner>`;
    if (names.length === 0) return nothing;
    const links = names.map(
      (name, index) =>
        html`${index > 0 ? ', ' : ''}<button class="link" @click=${() => this.#focus(name)}>
            ${fields[name]?.title}
          </button>`,
    );
    return html`<t-banner kind="danger" role="alert">
      <b>${plural(names.length, 'field needs', 'fields need')} attention:</b> ${links}. Nothing was saved.
    </t-banner>`;
  }

  #field(name: string, field: FieldSchema) {
    const value = this.#editing.values[name];
    const isPending = this.#check.status === TaskStatus.PENDING;
    const isAnswered = isSame(value, this.#answered[name]);
    return html`<field-element
        name=${name}
        .field=${field}
        .value=${value}
        .answer=${isAnswered ? this.#check.value?.fields[name] : undefined}
        .isChecking=${isPending && field.answers === true && !isAnswered}
        .error=${this.#errorOf(name)}
        .isDirty=${this.#editing.changed.includes(name)}
        .isReadOnly=${!this.#editing.began.may.change}
      ></field-element>
      ${this.#editing.setAside.has(name) ? this.#mine(name, field) : nothing}`;
  }

  /** What the server refused at the last try; then what it says while one types. */
  #errorOf(name: string): string | undefined {
    return this.#editing.refusals.get(name) ?? problemsByField(this.#check.value?.errors ?? []).get(name);
  }

  #mine(name: string, field: FieldSchema) {
    const mine = this.#editing.setAside.get(name);
    return html`<p class="mine">
      You had <span class="mono">${beginningOf(textOf(field, mine))}</span> here.
      <button type="button" class="link" @click=${() => this.#change(name, mine)}>Put it back</button>
    </p>`;
  }

  /** An object whose type is not installed has no fields, but what it keeps can be read. */
  #unknownProperties() {
    if (!this.#editing.began.isBroken) return nothing;
    return Object.entries(this.#editing.began.properties).map(
      ([name, value]) =>
        html`<dl>
          <dt>${name}</dt>
          <dd class="mono">${typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </dl>`,
    );
  }

  #bar() {
    const changed = this.#editing.changed;
    const [first] = changed;
    if (first === undefined) return nothing;
    const field = this.#editing.fields[first];
    const isShort = changed.length === 1 && field && !LONG.includes(field.widget);
    return html`<save-bar
      label=${this.saveLabel}
      .was=${isShort ? this.#was(first, field) : undefined}
      .names=${changed.map((name) => this.#editing.fields[name]?.title ?? name)}
      ?busy=${this.isSaving}
      @save=${() => this.#save()}
      @discard=${this.#discard}
    ></save-bar>`;
  }

  #was(name: string, field: FieldSchema) {
    const text = textOf(field, this.#editing.saved[name]);
    return field.widget === 'path' && text.startsWith('/') ? html`<span class="mono">${text}</span>` : text;
  }

  #onValue(event: ValueChanged) {
    event.stopPropagation();
    const isFirst = this.#editing.changed.length === 0;
    this.#change(event.name, event.value);
    if (isFirst) void this.#bringToSight(event.target as HTMLElement);
  }

  /** The bar that comes with the first change, or a message above the form, may leave no room for what matters now. */
  async #bringToSight(element: HTMLElement | null) {
    await this.updateComplete;
    await this.bar?.updateComplete;
    element?.scrollIntoView({ block: 'nearest' });
  }

  #change(name: string, value: unknown) {
    this.#editing.change(name, value);
    this.failure = '';
    this.requestUpdate();
  }

  #onSubmit(event: Event) {
    event.preventDefault();
    void this.#save();
  }

  #discard() {
    this.#editing.discard(this.object);
    this.failure = '';
    this.requestUpdate();
  }

  async #save(revision = this.#editing.began.revision) {
    const { changed, edits, began } = this.#editing;
    if (changed.length === 0 || this.isSaving) return;
    this.isSaving = true;
    this.failure = '';
    try {
      const answer = await changeObject(began.path, this.#editing.request(), revision);
      this.#editing.wasSaved(edits, answer);
      this.#tell(changed, edits, answer.results);
      this.dispatchEvent(new ObjectChanged(answer));
    } catch (caught) {
      await this.#refused(caught);
    } finally {
      this.isSaving = false;
    }
  }

  #tell(names: readonly string[], sent: Edits, results: readonly FieldResult[]) {
    const { fields } = this.#editing;
    const plain = this.savedText || `Saved changes. (${formatMoment(new Date(), new Date())})`;
    const name = names.find((each) => fields[each]?.widget === 'lines' && fields[each]?.answers) ?? '';
    const { text, trouble } = savedWords(plain, fields[name], sent.get(name), results);
    flash(text, trouble);
  }

  async #refused(caught: unknown) {
    if (!(caught instanceof ApiProblem)) throw caught;
    if (hasEnded.get()) return undefined;
    if (caught.status === 412) return this.#showConflict(caught.members as unknown as CurrentState);
    if (!this.#editing.wasRefused(caught.errors)) return this.#fail('save', caught);
    await this.updateComplete;
    this.#focus(this.#editing.refused[0]!);
  }

  async #showConflict(now: CurrentState) {
    await import('./conflict-dialog.ts');
    this.conflict = this.#editing.conflict(now);
  }

  async #showTheirs() {
    this.conflict = undefined;
    try {
      const object = await getObject(this.#editing.began.path);
      this.#editing.takeTheirs(object);
      this.dispatchEvent(new ObjectChanged(object));
    } catch (caught) {
      await this.#fail('load', caught);
    }
  }

  #overwrite() {
    const revision = this.conflict?.revision;
    this.conflict = undefined;
    void this.#save(revision);
  }

  async #fail(what: 'save' | 'load', caught: unknown) {
    const { path } = this.#editing.began;
    this.failure = `Could not ${what} '${path}': ${detailOf(caught)} Your changes are kept here.`;
    await this.updateComplete;
    await this.#bringToSight(this.alert);
  }

  #focus(name: string) {
    this.renderRoot.querySelector<HTMLElement>(`field-element[name="${CSS.escape(name)}"]`)?.focus();
  }

  static override styles = [controls, formStyles];
}
