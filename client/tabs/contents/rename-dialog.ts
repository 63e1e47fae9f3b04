import { call } from '../../api/call.ts';
import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { checkId, normaliseId } from '../../../schema/ids.ts';
import type { FollowedMessage } from '../../../schema/endpoints/clipboard.ts';
import type { FieldSchema } from '../../../schema/form-schema.ts';
import { renameObject, type ChildItem } from '../../../schema/endpoints/objects.ts';
import { getConsequences } from '../../api/consequences.ts';
import { detailOf } from '../../api/request.ts';
import { FormDialog } from '../../forms/form-dialog.ts';
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
export class RenameDialog extends FormDialog {
  @property({ attribute: false }) items: readonly ChildItem[] = [];
  @property() folder = '/';
  @property({ attribute: false }) takenIds: ReadonlySet<string> = new Set();
  @query('consequence-notes') private notes!: ConsequenceNotes | null;
  protected readonly action = 'Rename';
  readonly #done = new Map<string, string>();
  /** What is wrong as it is typed. */
  #known: ReadonlyMap<string, string> = new Map();
  /** Whose new id is with the server. */
  #sent = '';
  readonly #followed: FollowedMessage[] = [];

  readonly #look = new Task(this, {
    args: () => [this.folder, this.items] as const,
    task: ([folder, items], { signal }) =>
      getConsequences(folder, { ids: items.map(({ id }) => id), action: 'rename' }, signal),
  });

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('items')) this.values = new Map(this.items.map(({ id }) => [id, id]));
    this.#known = this.problems();
  }

  protected get heading() {
    return this.items.length === 1 ? `Rename ${this.items[0]?.id}` : `Rename ${this.items.length} items`;
  }

  protected content() {
    return html`
      ${this.items.length > 1 ? html`<p class="quiet">Please rename each listed object.</p>` : nothing}
      ${this.form(this.items.map((item, index) => this.field(item.id, fieldFor(item), index === 0)))}
      ${this.#depending()}
      <span slot="note">Addresses change with the id.</span>
    `;
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
    const wanted = [...this.values.keys()].map((from) => [from, normaliseId(this.text(from))] as const);
    return wanted.filter(([from, to]) => from !== to && !this.#done.has(from));
  }

  protected override errorOf(id: string): string | undefined {
    return super.errorOf(id) ?? this.#known.get(id);
  }

  protected override problems(): ReadonlyMap<string, string> {
    const context = { inRoot: this.folder === '/', taken: (id: string) => this.takenIds.has(id) };
    const wrong = this.#renames.map(([from, to]) => [from, checkId(to, context)] as const);
    return new Map(wrong.flatMap(([from, problem]) => (problem ? [[from, problem] as const] : [])));
  }

  protected override async send() {
    for (const [from, to] of this.#renames) {
      this.#sent = from;
      const updateLinks = this.notes?.updateLinks ?? true;
      this.#followed.push(await call(renameObject, this.folder, { from, to, updateLinks }));
      this.#done.set(from, to);
    }
    this.isOpen = false;
  }

  /** What was renamed before stays so. */
  protected override refused(caught: unknown) {
    const refusals = super.refused(caught);
    return refusals.has('') ? refusals : new Map([[this.#sent, [...refusals.values()].join(' ')]]);
  }

  protected failure(detail: string) {
    return `Could not rename '${this.#sent}': ${detail}`;
  }

  protected override onClosed() {
    this.dispatchEvent(this.#done.size > 0 ? new Renamed(this.#done, together(this.#followed)) : new Event('closed'));
  }
}

function fieldFor(item: ChildItem): FieldSchema {
  return { type: 'string', title: `New id of ${item.id}`, widget: 'id', mode: 'rw', default: '' };
}
