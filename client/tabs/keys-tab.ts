import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { KeysMessage } from '../../schema/messages/keys.ts';
import type { ObjectMessage } from '../../schema/messages/objects.ts';
import { getKeys } from '../api/keys.ts';
import { detailOf } from '../api/request.ts';
import type { TabElement } from '../model/tab.ts';
import { failed, tryAgain } from '../parts/face.ts';
import { formatNumber, formatTime, plural } from '../parts/format.ts';
import '../parts/list/filter-field.ts';
import type { FilterField } from '../parts/list/filter-field.ts';
import { listPage } from '../parts/list/list-page.ts';
import '../parts/list/side-panel.ts';
import '../parts/list/table.ts';
import type { RowOpened, Table } from '../parts/list/table.ts';
import { addressOf, place, setQuery } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { isPhone } from '../state/screen.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { columns, compactLine } from './keys/columns.ts';
import './keys/key-detail.ts';
import { lineOfKey, linesOf, type KeyLine } from './keys/lines.ts';
import { PAGE, filterText, offset, pages, showFiltered, showSorted, sortingOf } from './listing.ts';
import './sessions/reveal-list.ts';
import { sourceAt } from './sessions/words.ts';

/** Stands in the address for the group of keys that have no prefix in common. */
const NO_PREFIX = '*';

/** Everything that lies on the servers of a proxy, in groups: find keys, look at what is under them. Read only. */
@customElement('keys-tab')
export class KeysTab extends LitElement implements TabElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() path = '/';
  @query('filter-field') private filterField!: FilterField;
  @query('t-table') private table!: Table<KeyLine>;

  readonly #list = new Task(this, {
    args: () => [this.object, filterText(), this.#group, sorting().column, sorting().order, offset()] as const,
    task: ([{ path }, filter, group, sort, order, offset], { signal }) =>
      getKeys(path, { filter, group, sort, order, offset, limit: PAGE }, signal),
  });

  constructor() {
    super();
    new Watch(this, place, isPhone);
    new Shortcuts(this, [
      { key: '/', label: 'Filter the list', run: () => this.filterField.focus() },
      { key: 'Escape', label: 'Close the key', run: () => this.#close() },
    ]);
  }

  protected override render() {
    const message = this.#message;
    return html`
      <div class="list">
        <div class="toolbar">
          <filter-field
            shortcut="/"
            placeholder=${isPhone.get() ? 'Filter keys' : 'Filter by words in the key'}
            value=${filterText()}
            @filter-changed=${showFiltered}
            @leave-down=${() => this.table.focusRow()}
          ></filter-field>
          <button class="again" @click=${() => this.#list.run()}><t-icon name="refresh-cw"></t-icon>List again</button>
        </div>
        <t-table
          label="Keys of ${this.object.id}"
          loadingText="Listing the keys of ${this.object.id}…"
          .columns=${columns}
          .compact=${compactLine}
          .rows=${message ? linesOf(message, this.#openPrefix) : []}
          .keyOf=${idOf}
          .sorting=${sorting()}
          .openKey=${this.#key === undefined ? undefined : lineOfKey(this.#key)}
          .loading=${this.#list.status === TaskStatus.PENDING}
          @click=${this.#onClick}
          @sort-changed=${showSorted}
          @row-opened=${(event: RowOpened) => this.#open(event.key)}
        >
          ${this.#face()}
        </t-table>
        ${message ? this.#foot(message) : nothing}
      </div>
      ${
        this.#key === undefined
          ? nothing
          : html`<side-panel label="Key" @closed=${this.#close}>
              <key-detail path=${this.path} key=${this.#key} @closed=${this.#close}></key-detail>
            </side-panel>`
      }
    `;
  }

  get #message(): KeysMessage | undefined {
    return this.#list.status === TaskStatus.ERROR ? undefined : this.#list.value;
  }

  /** The group that is open, as the address has it. */
  get #group(): string | undefined {
    return place.get().query.get('group') ?? undefined;
  }

  get #openPrefix(): string | undefined {
    return this.#group === NO_PREFIX ? '' : this.#group;
  }

  /** The key that is looked at. */
  get #key(): string | undefined {
    return place.get().query.get('key') ?? undefined;
  }

  #face() {
    const { status, error } = this.#list;
    const again = () => this.#list.run();
    if (status === TaskStatus.ERROR) return failed(`Cannot list the keys of '${this.path}'.`, again, detailOf(error));
    const message = this.#message;
    if (status !== TaskStatus.COMPLETE || !message) return nothing;
    if (filterText() && message.total > 0) {
      return html`<t-face icon="search" heading="No key matches '${filterText()}'." detail=${message.source}>
        <button @click=${() => this.filterField.clear()}>Clear filter</button>
      </t-face>`;
    }
    if (!message.complete) {
      const heading = `Cannot list every key of '${this.path}'. Of those that can be seen, there is none.`;
      return html`<t-face kind="error" icon="circle-alert" heading=${heading} detail=${message.source}
        >${tryAgain(again)}</t-face
      >`;
    }
    return html`<t-face icon=${this.object.icon} heading="Nothing is kept here." detail=${message.source}>
      <a class="button" href=${addressOf(this.path, 'servers')}>Servers</a>
    </t-face>`;
  }

  #foot({ groups, furtherGroups, keys, matching, source, checked }: KeysMessage) {
    const to = offset() + keys.length;
    const isAll = offset() === 0 && to >= matching;
    return html`<div class="foot">
      <p class="figures" role="status">${this.#rangeText(to, matching, groups.length + furtherGroups, isAll)}</p>
      ${this.#group === undefined ? nothing : pages(keys.length, matching)}
      <p class="source">
        ${sourceAt(source, formatTime(new Date(checked)))}
        ${furtherGroups > 0 ? `Only the ${plural(groups.length, 'largest group')} of ${formatNumber(groups.length + furtherGroups)} are listed; the filter finds the others.` : nothing}
      </p>
      <reveal-list path=${this.path} .version=${checked}></reveal-list>
    </div>`;
  }

  #rangeText(to: number, matching: number, groups: number, isAll: boolean): string {
    if (matching === 0) return 'No keys';
    if (this.#group !== undefined) {
      if (isAll) return `${plural(matching, 'key')} in this group`;
      return `${formatNumber(offset() + 1)} to ${formatNumber(to)} of ${plural(matching, 'key')} in this group`;
    }
    const counted = `${plural(matching, 'key')} in ${plural(groups, 'group')}`;
    return isAll ? counted : `${counted}. Open a group to see its keys`;
  }

  #onClick(event: MouseEvent) {
    const row = event.composedPath().find((node) => node instanceof HTMLTableRowElement);
    if (row?.dataset['key'] !== undefined) this.#open(row.dataset['key']);
  }

  /** A group opens or closes; a key is looked at. */
  #open(id: string) {
    const line = linesOf(this.#message!, this.#openPrefix).find((each) => each.id === id);
    if (!line) return;
    if ('row' in line) return setQuery({ key: line.row.key });
    const group = line.group.prefix || NO_PREFIX;
    setQuery({ group: group === this.#group ? undefined : group, from: undefined });
  }

  #close() {
    const key = this.#key;
    if (key === undefined) return;
    setQuery({ key: undefined });
    this.table.focusRow(lineOfKey(key));
  }

  static override styles = [
    controls,
    listPage,
    css`
      .again {
        margin-left: auto;
      }
      .foot reveal-list {
        flex-basis: 100%;
      }
    `,
  ];
}

function sorting() {
  return sortingOf({ column: 'name', order: 'asc' });
}

function idOf({ id }: KeyLine): string {
  return id;
}
