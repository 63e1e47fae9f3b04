import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import type { UserMessage, UsersMessage } from '../../../schema/endpoints/users.ts';
import { ApiProblem, detailOf } from '../../api/request.ts';
import '../../forms/fields/field-element.ts';
import type { ValueChanged } from '../../forms/fields/field.ts';
import { problemsByField } from '../../forms/problems.ts';
import '../../parts/dialog.ts';
import { controls } from '../../styles/controls.ts';

/** A user was changed: in what words. */
export class UserChanged extends Event {
  static readonly type = 'user-changed';
  readonly words: string;

  constructor(words: string) {
    super(UserChanged.type);
    this.words = words;
  }
}

/** What the dialogs about a user share: values, refusals at their fields, and one change. Sends UserChanged, or `closed`. */
export abstract class UserDialog extends LitElement {
  @property() folder = '';
  /** Whom it is about; `undefined` for somebody new. */
  @property({ attribute: false }) user: UserMessage | undefined;
  @property({ attribute: false }) roles: UsersMessage['roles'] = [];
  @state() protected values: Readonly<Record<string, string>> = {};
  @state() private refusals: ReadonlyMap<string, string> = new Map();
  @state() private isBusy = false;
  @state() private isOpen = true;

  protected abstract readonly heading: string;
  protected abstract readonly action: string;
  protected abstract fields(): TemplateResult;
  /** What is wrong before anybody is asked, by field. */
  protected abstract problems(): ReadonlyMap<string, string>;
  /** Makes the change and says it. */
  protected abstract send(): Promise<UserChanged>;

  protected override render() {
    return html`<t-dialog heading=${this.heading} ?open=${this.isOpen} @closed=${this.#onClosed}>
      <form @submit=${this.#submit} @value-changed=${this.#onValue} @keydown=${this.#onKey} novalidate>
        ${this.refusals.has('') ? html`<p role="alert" class="danger">${this.refusals.get('')}</p>` : nothing}
        ${this.fields()}
      </form>
      <button slot="buttons" @click=${() => (this.isOpen = false)}>Cancel</button>
      <button slot="buttons" class="primary" aria-disabled=${String(this.isBusy)} @click=${this.#submit}>
        ${this.action}
      </button>
    </t-dialog>`;
  }

  protected field(name: string, schema: FieldSchema, isFirst = false) {
    return html`<field-element
      stacked
      ?autofocus=${isFirst}
      name=${name}
      .field=${schema}
      .value=${this.values[name] ?? ''}
      .error=${this.refusals.get(name)}
    ></field-element>`;
  }

  protected roleChoice(isFirst = false) {
    return html`<role-choice
      name="roles"
      ?autofocus=${isFirst}
      .roles=${this.roles}
      .chosen=${this.user?.roles ?? []}
      .error=${this.refusals.get('roles')}
    ></role-choice>`;
  }

  protected get chosenRoles(): readonly string[] {
    return this.renderRoot.querySelector('role-choice')?.chosen ?? [];
  }

  #onValue(event: ValueChanged) {
    event.stopPropagation();
    this.values = { ...this.values, [event.name]: String(event.value) };
    this.refusals = new Map([...this.refusals].filter(([name]) => name !== event.name && name !== ''));
  }

  /** Fields live in shadow roots, where Enter submits no form by itself. */
  #onKey(event: KeyboardEvent) {
    if (event.key === 'Enter' && event.composedPath()[0] instanceof HTMLInputElement) void this.#submit(event);
  }

  async #submit(event: Event) {
    event.preventDefault();
    if (this.isBusy) return;
    this.refusals = this.problems();
    if (this.refusals.size > 0) return this.#focusProblem();
    this.isBusy = true;
    try {
      this.dispatchEvent(await this.send());
      this.isOpen = false;
    } catch (caught) {
      const byField = caught instanceof ApiProblem ? problemsByField(caught.errors) : new Map<string, string>();
      this.refusals = byField.size > 0 ? byField : new Map([['', detailOf(caught)]]);
      await this.#focusProblem();
    } finally {
      this.isBusy = false;
    }
  }

  async #focusProblem() {
    await this.updateComplete;
    const [first] = this.refusals.keys();
    if (first) this.renderRoot.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  }

  #onClosed() {
    this.dispatchEvent(new Event('closed'));
  }

  static override styles = [
    controls,
    css`
      form {
        display: grid;
        gap: 16px;
        margin-top: 10px;
      }
    `,
  ];
}
