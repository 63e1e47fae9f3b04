import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  listAssociations,
  changeAssociations,
  type AssociationItem,
  type AssociationsMessage,
} from '../../schema/endpoints/caches.ts';
import { attempt } from '../api/attempt.ts';
import { call } from '../api/call.ts';
import '../forms/save-bar.ts';
import { Tab } from '../model/tab.ts';
import '../parts/face.ts';
import { plural } from '../parts/format.ts';
import { ListController } from '../parts/list/list-controller.ts';
import type { Column, CompactRow } from '../parts/list/table-columns.ts';
import { flash } from '../state/flash.ts';
import { GuardedLeaving, route, setQuery } from '../state/location.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { pathCell, pathLink } from './caches/columns.ts';

/** Which objects' pages a cache manager keeps: tick those that it shall. What is looked for lives in the address. */
@customElement('associate-tab')
export class AssociateTab extends Tab {
  @state() private isBusy = false;
  /** Whether it shall be kept, by path, of what was ticked or unticked here. */
  @state() private wanted: ReadonlyMap<string, boolean> = new Map();

  readonly #list = new ListController<AssociationsMessage, AssociationItem>(this, {
    args: () => [this.object, ...Object.values(this.#query)],
    kinds: ['tree'],
    load: (_, signal) => call(listAssociations, this.object.path, { query: this.#query, signal }),
    rowsOf: ({ items }) => items,
    keyOf,
    isWhole: true,
  });

  constructor() {
    super();
    new GuardedLeaving(this, () => this.#changed.length > 0);
    new Shortcuts(this, [{ key: 'Ctrl+S', label: 'Save changes', run: () => void this.#save() }]);
  }

  protected override render() {
    return html`
      ${this.#toolbar()}
      ${this.#list.table({
        label: `Objects whose pages ${this.object.id} could keep`,
        isSelectable: this.#list.rows.length > 0,
        columns,
        compact: compactRow,
        ticked: new Set(this.#list.rows.filter((item) => this.#isTicked(item)).map(keyOf)),
        tick: (keys) => this.#tick(keys),
        faces: {
          failed: (why) => ({ heading: `Could not look for objects that '${this.path}' could keep: ${why}` }),
          none,
        },
      })}
      ${this.#bar()}
    `;
  }

  /** Those whose tick is not as it is saved. */
  get #changed(): readonly AssociationItem[] {
    return this.#list.rows.filter((item) => this.#isTicked(item) !== item.isAssociated);
  }

  #isTicked({ path, isAssociated }: AssociationItem): boolean {
    return this.wanted.get(path) ?? isAssociated;
  }

  get #query() {
    return { show: this.#value('show'), type: this.#value('type'), deep: this.#value('deep') };
  }

  #value(name: 'show' | 'type' | 'deep'): string {
    return route.get().query.get(name) ?? '';
  }

  #toolbar() {
    const types = this.#list.answer?.types ?? [];
    return html`<div class="toolbar">
      <label
        >Show
        ${this.#select('show', [
          ['', 'All'],
          ['associated', 'Associated'],
        ])}</label
      >
      <label
        >Type ${this.#select('type', [['', 'All types'], ...types.map(({ type }) => [type, type] as const)])}</label
      >
      <label class="check">
        <input
          type="checkbox"
          .checked=${this.#value('deep') !== 'no'}
          @change=${(event: Event) => setQuery({ deep: (event.target as HTMLInputElement).checked ? undefined : 'no' })}
        />
        Search sub-folders
      </label>
      <p class="quiet" role="status">${this.#words()}</p>
    </div>`;
  }

  #select(name: 'show' | 'type', choices: readonly (readonly [value: string, label: string])[]) {
    const current = this.#value(name);
    return html`<select @change=${(event: Event) => setQuery({ [name]: (event.target as HTMLSelectElement).value })}>
      ${choices.map(([value, label]) => html`<option value=${value} ?selected=${value === current}>${label}</option>`)}
    </select>`;
  }

  #words(): string {
    const message = this.#list.answer;
    if (!message || message.items.length === 0) return '';
    const more = message.hasMore
      ? `The first ${plural(message.items.length, 'object')}`
      : plural(message.items.length, 'object');
    return `${more} in ${message.folder}`;
  }

  #bar() {
    const changed = this.#changed;
    if (changed.length === 0) return nothing;
    return html`<save-bar
      .names=${changed.map(keyOf)}
      ?busy=${this.isBusy}
      @save=${this.#save}
      @discard=${this.#discard}
    ></save-bar>`;
  }

  #tick(keys: ReadonlySet<string>) {
    const wanted = new Map(this.wanted);
    for (const { path, isAssociated } of this.#list.rows) {
      if (keys.has(path) === isAssociated) wanted.delete(path);
      else wanted.set(path, keys.has(path));
    }
    this.wanted = wanted;
  }

  #discard() {
    this.wanted = new Map();
  }

  async #save() {
    const changed = this.#changed;
    if (changed.length === 0 || this.isBusy) return;
    const paths = (isAssociated: boolean) => changed.filter((item) => item.isAssociated === isAssociated).map(keyOf);
    this.isBusy = true;
    await attempt(`Could not change what '${this.path}' keeps`, async () => {
      flash((await call(changeAssociations, this.path, { add: paths(false), remove: paths(true) })).line);
      this.#discard();
      await this.#list.again();
    });
    this.isBusy = false;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }
      t-table {
        flex: 1;
      }
      .toolbar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 20px;
        min-height: 53px;
        padding: 8px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
      }
      @media (width >= 900px) {
        .toolbar {
          position: sticky;
          z-index: 3;
          top: 0;
          background: var(--t-canvas);
        }
        t-table {
          --head-top: 53px;
        }
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      select {
        width: auto;
        max-width: 220px;
      }
      .toolbar p {
        margin-left: auto;
      }
      @media (width < 640px) {
        label:not(.check) {
          flex-basis: 100%;
          justify-content: space-between;
        }
        select {
          flex-basis: 75%;
          max-width: none;
        }
      }
    `,
  ];
}

const columns: readonly Column<AssociationItem>[] = [
  { id: 'path', label: 'Path', width: 260, rank: 0, cell: pathCell },
  { id: 'title', label: 'Title', width: 180, rank: 2, cell: ({ title }) => title },
  { id: 'type', label: 'Type', width: 180, rank: 1, isQuiet: true, cell: ({ type }) => type },
  { id: 'manager', label: 'Kept by', width: 160, rank: 0, cell: keeper },
];

function compactRow(item: AssociationItem): CompactRow {
  return { icon: item.icon, first: pathLink(item), second: item.type, endFirst: keeper(item) };
}

function none({ folder, types }: AssociationsMessage) {
  return html`<t-face
    icon="search"
    heading="No objects matched your query."
    detail="Looked at in ${folder}: ${types.map(({ type }) => type).join(', ')}."
  ></t-face>`;
}

function keeper({ manager }: AssociationItem): string {
  return manager === '' ? 'none' : manager;
}

function keyOf({ path }: AssociationItem): string {
  return path;
}
