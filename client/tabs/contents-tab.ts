import { Task, TaskStatus } from '@lit/task';
import { LitElement, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ChildItem, ObjectMessage, TypeInfo } from '../../schema/messages/objects.ts';
import { getChildren } from '../api/objects.ts';
import { detailOf } from '../api/request.ts';
import { ObjectChanged } from '../model/changes.ts';
import { clipboard, type Clipboard } from '../model/clipboard.ts';
import { nameOf } from '../model/name-of.ts';
import type { TabElement } from '../model/tab.ts';
import { failed } from '../parts/face.ts';
import '../parts/file-button.ts';
import type { FilesChosen } from '../parts/file-button.ts';
import { FileDrop } from '../parts/file-drop.ts';
import { plural } from '../parts/format.ts';
import '../parts/list/filter-field.ts';
import type { FilterField } from '../parts/list/filter-field.ts';
import '../parts/list/selection-bar.ts';
import '../parts/list/table.ts';
import type { RowOpened, SelectionChanged, Sorting, Table } from '../parts/list/table.ts';
import { flash, flashFailure } from '../state/flash.ts';
import { addressOf, go, place } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { isPhone } from '../state/screen.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import type { Added } from './contents/add-dialog.ts';
import './contents/add-menu.ts';
import type { AddMenu, TypeChosen } from './contents/add-menu.ts';
import './contents/clipboard-chip.ts';
import { columns, compactRow } from './contents/columns.ts';
import { followWords } from './contents/follow-words.ts';
import './contents/list-foot.ts';
import type { Renamed } from './contents/rename-dialog.ts';
import { contentsStyles } from './contents/styles.ts';
import type { Uploaded } from './contents/upload-dialog.ts';
import { filterText, offset, PAGE, showFiltered, showSorted, sortingOf } from './listing.ts';

const FIRST_SORTING: Sorting = { column: 'id', order: 'asc' };

/** What is in a folder: filter, sort, select; add, rename, cut, copy, paste and delete. Filter, order and page live in the address. */
@customElement('contents-tab')
export class ContentsTab extends LitElement implements TabElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() path = '/';
  @state() private selected: ReadonlySet<string> = new Set();
  @state() private adding: TypeInfo | undefined;
  @state() private renaming: readonly ChildItem[] = [];
  @state() private uploading: readonly File[] = [];
  @state() private isPasting = false;
  @query('add-menu') private addMenu!: AddMenu | null;
  @query('filter-field') private filterField!: FilterField;
  @query('t-table') private table!: Table<ChildItem>;
  /** The row to go to once the list is there again: what had the focus was renamed or deleted. */
  #focusNext: string | undefined;

  readonly #list = new Task(this, {
    args: () => [this.object, filterText(), sorting().column, sorting().order, offset()] as const,
    task: ([{ path }, filter, sort, order, from], { signal }) =>
      getChildren(path, { filter, sort, order, offset: from, limit: PAGE }, signal),
    onComplete: ({ items }) => this.#keepSelected(new Set(items.map(idOf))),
  });

  readonly #drop = new FileDrop(
    this,
    () => this.#mayUpload,
    (files) => void this.#upload(files),
  );

  constructor() {
    super();
    new Watch(this, place, isPhone, clipboard);
    new Shortcuts(this, [
      { key: 'n', label: 'Add an object', run: () => void this.addMenu?.toggle() },
      { key: '/', label: 'Filter the list', run: () => this.filterField.focus() },
      { key: 'F2', label: 'Rename what is selected', run: () => void this.#rename() },
      { key: 'Ctrl+X', label: 'Cut what is selected', run: () => this.#hold('cut') },
      { key: 'Ctrl+C', label: 'Copy what is selected', run: () => this.#hold('copy') },
      { key: 'Ctrl+V', label: 'Paste what was cut or copied', run: () => void this.#paste() },
      { key: 'Delete', label: 'Delete what is selected', run: () => void this.#delete() },
      { key: 'Escape', label: 'Clear the selection', run: () => (this.selected = new Set()) },
    ]);
  }

  protected override render() {
    return html`
      ${this.#toolbar()}
      ${
        this.#drop.isOver
          ? html`<p class="drop"><t-icon name="upload"></t-icon>Drop files to upload them to ${nameOf(this.object)}</p>`
          : nothing
      }
      <t-table
        label="Contents of ${nameOf(this.object)}"
        loadingText="Loading items of ${nameOf(this.object)}…"
        selectable
        .columns=${columns}
        .compact=${compactRow}
        .rows=${this.#rows}
        .keyOf=${idOf}
        .sorting=${sorting()}
        .selected=${this.selected}
        .loading=${this.#list.status === TaskStatus.PENDING}
        @sort-changed=${showSorted}
        @selection-changed=${(event: SelectionChanged) => (this.selected = event.keys)}
        @row-opened=${(event: RowOpened) => this.#open(event.key)}
      >
        ${this.#face()}
      </t-table>
      ${this.#foot()} ${this.#dialogs()}
    `;
  }

  protected override updated() {
    const next = this.#focusNext;
    if (next !== undefined && this.#ids.has(next)) void this.#moveFocus(next);
  }

  get #rows(): readonly ChildItem[] {
    return this.#list.status === TaskStatus.ERROR ? [] : (this.#list.value?.items ?? []);
  }

  get #chosen(): readonly ChildItem[] {
    const focused = this.table.focusedKey;
    const keys = this.selected.size > 0 ? this.selected : new Set(focused === undefined ? [] : [focused]);
    return this.#rows.filter(({ id }) => keys.has(id));
  }

  get #ids(): ReadonlySet<string> {
    return new Set(this.#rows.map(idOf));
  }

  #toolbar() {
    const total = this.#count ?? 0;
    const items = isPhone.get() || total < 2 ? 'items' : `these ${plural(total, 'item')}`;
    return html`<div class="toolbar">
      <filter-field
        shortcut="/"
        placeholder="Filter ${items}"
        value=${filterText()}
        @filter-changed=${showFiltered}
        @leave-down=${() => this.table.focusRow()}
        @enter=${() => this.#rows.length === 1 && this.#open(this.#rows[0]!.id)}
      ></filter-field>
      ${this.selected.size > 0 ? this.#selectionBar() : this.#clipboardChip()}
      ${
        this.#mayUpload
          ? html`<file-button
              multiple
              @files-chosen=${({ files }: FilesChosen) => void this.#upload(files)}
            ></file-button>`
          : nothing
      }
      ${
        this.object.may.add && this.object.addable.length > 0
          ? html`<add-menu path=${this.path} @type-chosen=${this.#onTypeChosen}></add-menu>`
          : nothing
      }
    </div>`;
  }

  #selectionBar() {
    return html`<selection-bar
      count=${this.selected.size}
      ?mayChange=${this.object.may.deleteChildren}
      @rename=${this.#rename}
      @cut-items=${() => this.#hold('cut')}
      @copy-items=${() => this.#hold('copy')}
      @delete=${this.#delete}
      @clear=${() => (this.selected = new Set())}
    ></selection-bar>`;
  }

  #clipboardChip() {
    const held = clipboard.get();
    if (!held) return nothing;
    return html`<clipboard-chip
      .clipboard=${held}
      ?mayPaste=${this.object.may.add}
      ?isBusy=${this.isPasting}
      @paste-items=${this.#paste}
      @forget=${this.#forget}
    ></clipboard-chip>`;
  }

  get #mayUpload(): boolean {
    return this.object.addable.includes('File');
  }

  /** How many items the folder holds, whatever the filter leaves. */
  get #count(): number | undefined {
    return this.object.tabs.find(({ id }) => id === 'contents')?.count ?? this.#list.value?.total;
  }

  #face() {
    const name = nameOf(this.object);
    if (this.#list.status === TaskStatus.ERROR) {
      return failed(`Could not list '${this.path}': ${detailOf(this.#list.error)}`, () => this.#list.run());
    }
    if (this.#list.status !== TaskStatus.COMPLETE) return nothing;
    if (filterText()) {
      return html`<t-face
        icon="search"
        heading="No item matches '${filterText()}'."
        detail=${`${this.#count ? plural(this.#count, 'item') : 'Items'} in ${name} looked through by id, title and type.`}
      >
        <button @click=${() => this.filterField.clear()}>Clear filter</button>
      </t-face>`;
    }
    const where = this.path === '/' ? '/' : `${this.path}/`;
    return html`<t-face
      icon=${this.object.icon}
      heading="There are currently no items in '${name}'."
      detail="Objects that you add here appear at ${where} followed by their id."
    >
      ${
        this.addMenu
          ? html`<button @click=${() => this.addMenu?.toggle()}><t-icon name="plus"></t-icon>Add</button>`
          : nothing
      }
    </t-face>`;
  }

  #foot() {
    const total = this.#list.value?.total ?? 0;
    if (total === 0) return nothing;
    return html`<list-foot shown=${this.#rows.length} total=${total}></list-foot>`;
  }

  #dialogs() {
    return html`
      ${
        this.adding
          ? html`<add-dialog
              folder=${this.path}
              .info=${this.adding}
              .takenIds=${this.#ids}
              @added=${this.#onAdded}
              @closed=${() => (this.adding = undefined)}
            ></add-dialog>`
          : nothing
      }
      ${
        this.uploading.length > 0
          ? html`<upload-dialog
              folder=${this.path}
              folderName=${nameOf(this.object)}
              .files=${this.uploading}
              @uploaded=${this.#onUploaded}
            ></upload-dialog>`
          : nothing
      }
      ${
        this.renaming.length > 0
          ? html`<rename-dialog
              folder=${this.path}
              .items=${this.renaming}
              .takenIds=${this.#ids}
              @renamed=${this.#onRenamed}
              @closed=${() => (this.renaming = [])}
            ></rename-dialog>`
          : nothing
      }
    `;
  }

  #open(id: string) {
    const item = this.#rows.find((row) => row.id === id);
    if (item) go(addressOf(item.path));
  }

  #keepSelected(there: ReadonlySet<string>) {
    if ([...this.selected].some((id) => !there.has(id))) this.selected = this.selected.intersection(there);
  }

  async #moveFocus(id: string) {
    this.#focusNext = undefined;
    await this.table.updateComplete;
    this.table.focusRow(id);
  }

  async #onTypeChosen(event: TypeChosen) {
    await import('./contents/add-dialog.ts');
    this.adding = event.info;
  }

  #onAdded({ object }: Added) {
    this.adding = undefined;
    flash(`Added '${object.id}'.`);
    this.dispatchEvent(new ObjectChanged());
    // To where it is given what makes it.
    go(addressOf(object.path, object.tabs.find(({ id }) => id !== 'contents')?.id));
  }

  async #upload(files: readonly File[]) {
    if (this.uploading.length > 0) return;
    await import('./contents/upload-dialog.ts');
    this.uploading = files;
  }

  #onUploaded({ ids }: Uploaded) {
    this.uploading = [];
    if (ids.length === 0) return;
    flash(ids.length === 1 ? `Uploaded '${ids[0]}'.` : `Uploaded ${ids.length} files.`);
    this.#focusNext = ids[0];
    this.dispatchEvent(new ObjectChanged());
  }

  async #rename() {
    const chosen = this.#chosen;
    if (chosen.length === 0 || !this.object.may.deleteChildren) return;
    await import('./contents/rename-dialog.ts');
    this.renaming = chosen;
  }

  #onRenamed({ renames, followed }: Renamed) {
    this.renaming = [];
    const [[from, to] = []] = renames;
    this.#focusNext = to;
    const { text, trouble } = followWords(followed);
    flash(`${renames.size === 1 ? `Renamed '${from}' to '${to}'.` : `Renamed ${renames.size} items.`}${text}`, trouble);
    this.selected = new Set();
    this.dispatchEvent(new ObjectChanged());
  }

  /** Remembers what is chosen, to be pasted into another folder. */
  #hold(action: Clipboard['action']) {
    const chosen = this.#chosen;
    if (chosen.length === 0 || (action === 'cut' && !this.object.may.deleteChildren)) return;
    clipboard.set({ action, folder: this.path, paths: chosen.map(({ path }) => path) });
    this.selected = new Set();
    this.table.focusRow(chosen[0]!.id);
  }

  async #paste() {
    const held = clipboard.get();
    if (this.isPasting) return;
    if (!held) return flashFailure('No clipboard data found. Select objects and copy or cut them first.');
    if (!this.object.may.add)
      return flashFailure(`Insufficient privileges: you may not add anything to '${this.path}'.`);
    this.isPasting = true;
    const { pasteItems } = await import('./contents/paste-items.ts');
    const ids = await pasteItems(this.path, held);
    this.isPasting = false;
    if (ids.length === 0) return;
    this.#focusNext = ids[0];
    this.dispatchEvent(new ObjectChanged());
  }

  #forget() {
    clipboard.set(undefined);
    this.table.focusRow();
  }

  async #delete() {
    const chosen = this.#chosen;
    if (chosen.length === 0 || !this.object.may.deleteChildren) return;
    const { deleteItems } = await import('./contents/delete-items.ts');
    if ((await deleteItems(this.object, chosen)) === 0) return;
    this.#focusNext = this.#neighbourOf(chosen);
    this.selected = new Set();
    this.dispatchEvent(new ObjectChanged());
  }

  /** The first row after what goes, or else the last one before it. */
  #neighbourOf(going: readonly ChildItem[]): string {
    const rows = this.#rows;
    const last = rows.findIndex(({ id }) => id === going.at(-1)?.id);
    const stays = (item: ChildItem) => !going.includes(item);
    return (rows.slice(last).find(stays) ?? rows.slice(0, last).findLast(stays))?.id ?? '';
  }

  static override styles = [controls, contentsStyles];
}

function sorting(): Sorting {
  return sortingOf(FIRST_SORTING);
}

function idOf(item: ChildItem): string {
  return item.id;
}
