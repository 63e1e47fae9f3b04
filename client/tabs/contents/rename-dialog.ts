import { call } from '../../api/call.ts';
import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { checkId, normaliseId } from '../../../schema/ids.ts';
import type { FollowedMessage } from '../../../schema/endpoints/clipboard.ts';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import { renameObject, type ChildItem } from '../../../schema/endpoints/objects.ts';
import { getConsequences } from '../../api/objects.ts';
import { detailOf } from '../../api/request.ts';
import '../../forms/fields/field-element.ts';
import type { ValueChanged } from '../../forms/fields/field.ts';
import '../../parts/dialog.ts';
import { controls } from '../../styles/controls.ts';
import './consequence-notes.ts';
import type { ConsequenceNotes } from './consequence-notes.ts';
import { together } from './follow-words.ts';

/** Which ids became which, and what that meant for others. */
export class Renamed extends Event {
  static readonly type = 'renamed';
  readonly renames: ReadonlyMap<string, string>;
  readonly followed: FollowedMessage;

  constructor(renames: ReadonlyMap<string, string>, followed: FollowedMessage) {
    super(Renamed.type);
    this.renames = renames;
    this.followed = followed;
  }
}

/** New ids for the chosen objects. Sends Renamed (with what was renamed before a refusal, too), or `closed`. */
@customElement('rename-dialog')
export class RenameDialog extends LitElement {
  @property({ attribute: false }) items: readonly ChildItem[] = [];
  @property() folder = '/';
  @property({ attribute: false }) takenIds: ReadonlySet<string> = new Set();
  @state() private ids: ReadonlyMap<string, string> = new Map();
  @state() private refusals: ReadonlyMap<string, string> = new Map();
  @state() private isBusy = false;
  @state() private isOpen = true;
  @query('consequence-notes') private notes!: ConsequenceNotes | null;
  readonly #done = new Map<string, string>();
  readonly #followed: FollowedMessage[] = [];

  readonly #look = new Task(this, {
    args: () => [this.folder, this.items] as const,
    task: ([folder, items], { signal }) =>
      getConsequences(folder, { ids: items.map(({ id }) => id), action: 'rename' }, signal),
  });

  protected override render() {
    const [first] = this.items;
    const heading = this.items.length === 1 ? `Rename ${first?.id}` : `Rename ${this.items.length} items`;
    return html`<t-dialog heading=${heading} ?open=${this.isOpen} @closed=${this.#onClosed}>
      ${this.items.length > 1 ? html`<p class="quiet">Please rename each listed object.</p>` : nothing}
      <form @value-changed=${this.#onValue} @submit=${this.#submit} @keydown=${this.#onKey}>
        ${this.items.map(
          (item, index) =>
            html`<field-element
              stacked
              ?autofocus=${index === 0}
              name=${item.id}
              .field=${fieldFor(item)}
              .value=${this.ids.get(item.id) ?? item.id}
              .error=${this.#errorOf(item.id)}
            ></field-element>`,
        )}
      </form>
      ${this.#depending()}
      <span slot="note">Addresses change with the id.</span>
      <button slot="buttons" @click=${() => (this.isOpen = false)}>Cancel</button>
      <button slot="buttons" class="primary" ?disabled=${this.isBusy} @click=${this.#submit}>Rename</button>
    </t-dialog>`;
  }

  #depending() {
    if (this.#look.status === TaskStatus.ERROR) {
      return html`<p class="small quiet">Could not look up what leads here: ${detailOf(this.#look.error)}</p>`;
    }
    const consequences = this.#look.value;
    return consequences
      ? html`<consequence-notes action="rename" .consequences=${consequences}></consequence-notes>`
      : nothing;
  }

  get #renames(): readonly (readonly [string, string])[] {
    const wanted = [...this.ids].map(([from, to]) => [from, normaliseId(to)] as const);
    return wanted.filter(([from, to]) => from !== to && !this.#done.has(from));
  }

  #errorOf(id: string): string | undefined {
    const to = normaliseId(this.ids.get(id) ?? id);
    if (to === id) return undefined;
    const taken = (other: string) => this.takenIds.has(other);
    return this.refusals.get(id) ?? checkId(to, { inRoot: this.folder === '/', taken });
  }

  #onValue(event: ValueChanged) {
    event.stopPropagation();
    this.ids = new Map([...this.ids, [event.name, String(event.value)]]);
    this.refusals = new Map([...this.refusals].filter(([id]) => id !== event.name));
  }

  #onKey(event: KeyboardEvent) {
    if (event.key === 'Enter') void this.#submit(event);
  }

  async #submit(event: Event) {
    event.preventDefault();
    if (this.isBusy || this.#renames.some(([from]) => this.#errorOf(from))) return;
    this.isBusy = true;
    for (const [from, to] of this.#renames) {
      try {
        const updateLinks = this.notes?.updateLinks ?? true;
        this.#followed.push(await call(renameObject, this.folder, { from, to, updateLinks }));
        this.#done.set(from, to);
      } catch (caught) {
        this.refusals = new Map([[from, detailOf(caught)]]);
        break;
      }
    }
    this.isBusy = false;
    if (this.refusals.size === 0) this.isOpen = false;
  }

  #onClosed() {
    this.dispatchEvent(this.#done.size > 0 ? new Renamed(this.#done, together(this.#followed)) : new Event('closed'));
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

function fieldFor(item: ChildItem): FieldSchema {
  return { type: 'string', title: `New id of ${item.id}`, widget: 'id', mode: 'rw', default: '' };
}
