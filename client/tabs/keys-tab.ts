import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { listKeys, type KeysMessage } from '../../schema/endpoints/keys.ts';
import { call } from '../api/call.ts';
import { Tab } from '../model/tab.ts';
import '../parts/face.ts';
import { formatNumber, formatTime, plural } from '../parts/format.ts';
import { ListController } from '../parts/list/list-controller.ts';
import { listPage } from '../parts/list/list-page.ts';
import '../parts/list/side-panel.ts';
import { route, setQuery } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { addressOf } from '../state/route.ts';
import { isPhone } from '../state/screen.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { columns, compactLine } from './keys/columns.ts';
import './keys/key-detail.ts';
import { lineOfKey, linesOf, type KeyLine } from './keys/lines.ts';
import './sessions/reveal-list.ts';
import { sourceAt } from './sessions/words.ts';

/** Stands in the address for the group of keys that have no prefix in common. */
const NO_PREFIX = '*';

/** Everything that lies on the servers of a proxy, in groups: find keys, look at what is under them. Read only. */
@customElement('keys-tab')
export class KeysTab extends Tab {
  readonly #list = new ListController<KeysMessage, KeyLine>(this, {
    args: () => [this.object, this.#group],
    kinds: ['proxy'],
    load: (query, signal) => call(listKeys, this.object.path, { query: { ...query, group: this.#group }, signal }),
    rowsOf: (message) => linesOf(message, this.#openPrefix),
    keyOf: ({ id }) => id,
    countOf: ({ keys }) => keys.length,
    sorting: { column: 'name', order: 'asc' },
  });

  constructor() {
    super();
    new Watch(this, isPhone);
    new Shortcuts(this, [this.#list.filterKey, { key: 'Escape', label: 'Close the key', run: () => this.#close() }]);
  }

  protected override render() {
    const { answer } = this.#list;
    return html`
      <div class="list">
        <div class="toolbar">
          ${this.#list.filterField(isPhone.get() ? 'Filter keys' : 'Filter by words in the key')}
          <button class="again" @click=${this.#list.again}><t-icon name="refresh-cw"></t-icon>List again</button>
        </div>
        ${this.#list.table({
          label: `Keys of ${this.object.id}`,
          loadingText: `Listing the keys of ${this.object.id}…`,
          columns,
          compact: compactLine,
          openKey: this.#key === undefined ? undefined : lineOfKey(this.#key),
          open: (id) => this.#open(id),
          isOpenedByClick: true,
          faces: {
            failed: (why) => ({ heading: `Cannot list the keys of '${this.path}'.`, detail: why }),
            noMatch: (filter, { total, source }) =>
              total > 0 ? { heading: `No key matches '${filter}'.`, detail: source } : undefined,
            none: (message) => this.#none(message),
          },
        })}
        ${answer ? this.#foot(answer) : nothing}
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

  /** The group that is open, as the address has it. */
  get #group(): string | undefined {
    return route.get().query.get('group') ?? undefined;
  }

  get #openPrefix(): string | undefined {
    return this.#group === NO_PREFIX ? '' : this.#group;
  }

  /** The key that is looked at. */
  get #key(): string | undefined {
    return route.get().query.get('key') ?? undefined;
  }

  #none({ complete, source }: KeysMessage) {
    if (!complete) return this.#list.incomplete('key', this.path, source);
    return html`<t-face icon=${this.object.icon} heading="Nothing is kept here." detail=${source}>
      <a class="button" href=${addressOf(this.path, 'servers')}>Servers</a>
    </t-face>`;
  }

  #foot({ groups, furtherGroups, matching, source, checked }: KeysMessage) {
    return html`<div class="foot">
      <p class="figures" role="status">${this.#rangeText(matching, groups.length + furtherGroups)}</p>
      ${this.#group === undefined ? nothing : this.#list.pages(matching)}
      <p class="source">
        ${sourceAt(source, formatTime(new Date(checked)))}
        ${furtherGroups > 0 ? `Only the ${plural(groups.length, 'largest group')} of ${formatNumber(groups.length + furtherGroups)} are listed; the filter finds the others.` : nothing}
      </p>
      <reveal-list path=${this.path} .version=${checked}></reveal-list>
    </div>`;
  }

  #rangeText(matching: number, groups: number): string {
    if (matching === 0) return 'No keys';
    if (this.#group !== undefined) return this.#list.range(matching, `${plural(matching, 'key')} in this group`);
    const counted = `${plural(matching, 'key')} in ${plural(groups, 'group')}`;
    return this.#list.isAll(matching) ? counted : `${counted}. Open a group to see its keys`;
  }

  /** A group opens or closes; a key is looked at. */
  #open(id: string) {
    const line = this.#list.rows.find((each) => each.id === id);
    if (!line) return;
    if ('row' in line) return setQuery({ key: line.row.key });
    const group = line.group.prefix || NO_PREFIX;
    setQuery({ group: group === this.#group ? undefined : group, from: undefined });
  }

  #close() {
    const key = this.#key;
    if (key === undefined) return;
    setQuery({ key: undefined });
    this.#list.focusRow(lineOfKey(key));
  }

  static override styles = [
    controls,
    listPage,
    css`
      .again {
        margin-left: auto;
      }
    `,
  ];
}
