import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { ChildItem, ChildrenMessage, ObjectMessage } from '../../schema/endpoints/objects.ts';
import { getChildIds, getChildren } from '../api/objects.ts';
import { ObjectChanged } from '../model/changes.ts';
import { clipboard, type Clipboard } from '../model/clipboard.ts';
import { nameOf } from '../model/name-of.ts';
import { Tab } from '../model/tab.ts';
import { childPath } from '../../schema/paths.ts';
import '../parts/face.ts';
import '../parts/file-button.ts';
import type { FilesChosen } from '../parts/file-button.ts';
import { dropNotice, FileDrop } from '../parts/file-drop.ts';
import { plural } from '../parts/format.ts';
import { ListController } from '../parts/list/list-controller.ts';
import { toolbar } from '../parts/list/list-page.ts';
import { neighbourOf } from '../parts/list/neighbour.ts';
import { flash, flashFailure, type FlashAction } from '../state/flash.ts';
import { go } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { addressOf } from '../state/route.ts';
import { isPhone } from '../state/screen.ts';
import { Shortcuts, singleKeys } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import type { Added } from './contents/add-dialog.ts';
import type { Chosen } from './contents/delete-items.ts';
import './contents/add-menu.ts';
import type { AddMenu, TypeChosen } from './contents/add-menu.ts';
import './contents/clipboard-chip.ts';
import { columnsFor, compactRow } from './contents/columns.ts';
import { followWords } from './contents/follow-words.ts';
import type { Renamed } from './contents/rename-dialog.ts';
import './contents/start-invitation.ts';
import { contentsStyles } from './contents/styles.ts';
import type { Uploaded } from './contents/upload-dialog.ts';

/** What is in a folder: filter, sort, select; add, rename, cut, copy, paste and delete. Filter, order and page live in the address. */
@customElement('contents-tab')
export class ContentsTab extends Tab {
  @state() private dialog: (() => TemplateResult) | undefined;
  /** What is being pasted: so many so far. */
  @state() private pasting: { readonly count: number } | undefined;
  @query('add-menu') private addMenu!: AddMenu | null;

  readonly #list = new ListController<ChildrenMessage, ChildItem>(this, {
    args: () => [this.object],
    load: (query, signal) => getChildren(this.object.path, query, signal),
    rowsOf: ({ items }) => items,
    keyOf: ({ id }) => id,
    totalOf: ({ total }) => total,
    allKeys: (query) => getChildIds(this.object.path, query),
    sorting: { column: 'id', order: 'asc' },
    kinds: ['tree', 'warnings', 'proxy', 'server'],
  });

  readonly #drop = new FileDrop(
    this,
    () => this.#mayUpload,
    (files) => void this.#upload(files),
  );

  constructor() {
    super();
    new Watch(this, isPhone, singleKeys, clipboard);
    new Shortcuts(this, [
      { key: 'n', label: 'Add an object', run: () => void this.addMenu?.toggle() },
      this.#list.filterKey,
      { key: 'F2', label: 'Rename what is selected', run: () => void this.#rename() },
      { key: 'Ctrl+X', label: 'Cut what is selected', run: () => this.#hold('cut') },
      { key: 'Ctrl+C', label: 'Copy what is selected', run: () => this.#hold('copy') },
      { key: 'Ctrl+V', label: 'Paste what was cut or copied', run: () => void this.#paste() },
      { key: 'Delete', label: 'Delete what is selected', run: () => void this.#delete() },
      { key: 'Escape', label: 'Clear the selection', run: this.#list.clear },
    ]);
  }

  protected override render() {
    const name = nameOf(this.object);
    return html`
      ${this.path === '/' && this.object.may.add ? html`<start-invitation></start-invitation>` : nothing}
      ${this.#toolbar()} ${this.#drop.notice(`Drop files to upload them to ${name}`)}
      ${this.#list.table({
        label: `Contents of ${name}`,
        loadingText: `Loading items of ${name}…`,
        isSelectable: true,
        columns: columnsFor(this.#list.rows),
        compact: compactRow,
        open: (id) => this.#open(id),
        faces: {
          failed: (why) => ({ heading: `Could not list '${this.path}': ${why}` }),
          noMatch: (filter) => ({
            heading: `No item matches '${filter}'.`,
            detail: `${this.#count ? plural(this.#count, 'item') : 'Items'} in ${name} looked through by id, title and type.`,
          }),
          none: () => this.#none(name),
        },
      })}
      ${this.#foot()} ${this.dialog?.()}
    `;
  }

  /** What is selected, or else the row that has the focus. */
  get #chosen(): readonly Chosen[] {
    const { selected, focusedKey, isWorking } = this.#list;
    if (isWorking) return [];
    const ids = selected.size > 0 ? [...selected] : focusedKey === undefined ? [] : [focusedKey];
    return ids.map((id) => ({ id, path: childPath(this.path, id) }));
  }

  /** What is chosen, where all of it is shown. */
  get #chosenRows(): readonly ChildItem[] {
    const ids = new Set(this.#chosen.map(({ id }) => id));
    const rows = this.#list.rows.filter(({ id }) => ids.has(id));
    return rows.length === ids.size ? rows : [];
  }

  get #ids(): ReadonlySet<string> {
    return new Set(this.#list.keys);
  }

  #toolbar() {
    const total = this.#count ?? 0;
    const items = isPhone.get() || total < 2 ? 'items' : `these ${plural(total, 'item')}`;
    return html`<div class="toolbar">
      ${this.#list.filterField(`Filter ${items}`, (id) => this.#open(id))}
      ${this.#list.hasBar ? this.#selectionBar() : this.#clipboardChip()}
      ${
        this.#mayUpload
          ? html`<file-button
              multiple
              @files-chosen=${({ detail: files }: FilesChosen) => void this.#upload(files)}
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
    const mayChange = this.object.may.deleteChildren;
    return this.#list.selectionBar('Selected items', [
      ...(mayChange && this.#chosenRows.length > 0
        ? [{ icon: 'pencil', label: 'Rename', run: () => this.#rename() }]
        : []),
      ...(mayChange ? [{ icon: 'scissors', label: 'Cut', run: () => this.#hold('cut') }] : []),
      { icon: 'copy', label: 'Copy', run: () => this.#hold('copy') },
      ...(mayChange ? [{ icon: 'trash-2', label: 'Delete', run: () => this.#delete() }] : []),
    ]);
  }

  #clipboardChip() {
    const held = clipboard.get();
    if (!held) return nothing;
    return html`<clipboard-chip
      .clipboard=${held}
      ?mayPaste=${this.object.may.add}
      .pasted=${this.pasting?.count}
      @paste-items=${this.#paste}
      @forget=${this.#forget}
    ></clipboard-chip>`;
  }

  get #mayUpload(): boolean {
    return this.object.addable.includes('File');
  }

  /** How many items the folder holds, whatever the filter leaves. */
  get #count(): number | undefined {
    return this.object.tabs.find(({ id }) => id === 'contents')?.count ?? this.#list.answer?.total;
  }

  #none(name: string) {
    return html`<t-face
      icon=${this.object.icon}
      heading="There are currently no items in '${name}'."
      detail="Objects that you add here appear at ${this.path.replace(/\/?$/, '/')} followed by their id."
    >
      ${
        this.addMenu
          ? html`<button @click=${() => this.addMenu?.toggle()}><t-icon name="plus"></t-icon>Add</button>`
          : nothing
      }
    </t-face>`;
  }

  #foot() {
    const total = this.#list.answer?.total ?? 0;
    if (total === 0) return nothing;
    return html`<div class="foot">
      <p class="figures" role="status">${this.#list.range(total, plural(total, 'item'))}</p>
      ${this.#list.pages(total)}
      ${
        singleKeys.get()
          ? html`<p class="keys"><kbd>n</kbd> add <kbd>F2</kbd> rename <kbd>?</kbd> all keys</p>`
          : nothing
      }
    </div>`;
  }

  #open(id: string) {
    const item = this.#list.rows.find((row) => row.id === id);
    if (item) go(addressOf(item.path));
  }

  readonly #closeDialog = () => (this.dialog = undefined);

  async #onTypeChosen({ detail: info }: TypeChosen) {
    await import('./contents/add-dialog.ts');
    this.dialog = () =>
      html`<add-dialog
        folder=${this.path}
        .info=${info}
        .takenIds=${this.#ids}
        @added=${this.#onAdded}
        @closed=${this.#closeDialog}
      ></add-dialog>`;
  }

  async #onAdded({ detail: object }: Added) {
    this.#closeDialog();
    this.dispatchEvent(new ObjectChanged());
    // To where it is given what makes it: what is in it, or what it is set to.
    go(addressOf(object.path, object.tabs[0]?.id));
    flash(`Added '${object.id}'.`, undefined, await nextAfter(object).catch(() => undefined));
  }

  async #upload(files: readonly File[]) {
    if (this.dialog) return;
    await import('./contents/upload-dialog.ts');
    this.dialog = () =>
      html`<upload-dialog
        folder=${this.path}
        folderName=${nameOf(this.object)}
        .files=${files}
        @uploaded=${this.#onUploaded}
      ></upload-dialog>`;
  }

  #onUploaded({ detail: ids }: Uploaded) {
    this.#closeDialog();
    if (ids.length === 0) return;
    flash(ids.length === 1 ? `Uploaded '${ids[0]}'.` : `Uploaded ${ids.length} files.`);
    this.#list.focusNext(ids[0]);
    this.dispatchEvent(new ObjectChanged());
  }

  async #rename() {
    const chosen = this.#chosenRows;
    if (chosen.length === 0 || !this.object.may.deleteChildren) return;
    await import('./contents/rename-dialog.ts');
    this.dialog = () =>
      html`<rename-dialog
        folder=${this.path}
        .items=${chosen}
        .takenIds=${this.#ids}
        @renamed=${this.#onRenamed}
        @closed=${this.#closeDialog}
      ></rename-dialog>`;
  }

  #onRenamed({ renames, followed }: Renamed) {
    this.#closeDialog();
    const [[from, to] = []] = renames;
    this.#list.focusNext(to);
    const { text, trouble } = followWords(followed);
    flash(`${renames.size === 1 ? `Renamed '${from}' to '${to}'.` : `Renamed ${renames.size} items.`}${text}`, trouble);
    this.#list.clear();
    this.dispatchEvent(new ObjectChanged());
  }

  /** Remembers what is chosen, to be pasted into another folder. */
  #hold(action: Clipboard['action']) {
    const chosen = this.#chosen;
    if (chosen.length === 0 || (action === 'cut' && !this.object.may.deleteChildren)) return;
    clipboard.set({ action, folder: this.path, paths: chosen.map(({ path }) => path) });
    this.#list.clear();
    this.#list.focusRow(chosen[0]!.id);
  }

  async #paste() {
    const held = clipboard.get();
    if (this.pasting) return;
    if (!held) return flashFailure('No clipboard data found. Select objects and copy or cut them first.');
    if (!this.object.may.add)
      return flashFailure(`Insufficient privileges: you may not add anything to '${this.path}'.`);
    this.pasting = { count: 0 };
    const { pasteItems } = await import('./contents/paste-items.ts');
    const ids = await pasteItems(this.path, held, (count) => (this.pasting = { count }));
    this.pasting = undefined;
    if (ids.length === 0) return;
    this.#list.focusNext(ids[0]);
    this.dispatchEvent(new ObjectChanged());
  }

  #forget() {
    clipboard.set(undefined);
    this.#list.focusRow();
  }

  async #delete() {
    const chosen = this.#chosen;
    if (chosen.length === 0 || !this.object.may.deleteChildren) return;
    const { keys } = this.#list;
    const deleted = await this.#list.work(async (progress) => {
      const { deleteItems } = await import('./contents/delete-items.ts');
      return deleteItems(this.object, chosen, progress);
    });
    if (!deleted || deleted.size === 0) return;
    this.#list.focusNext(neighbourOf(keys, deleted));
    this.#list.select(this.#list.selected.difference(deleted));
    this.dispatchEvent(new ObjectChanged());
  }

  static override styles = [controls, toolbar, dropNotice, contentsStyles];
}

/** A container that was added is of no use to the site before it is told to use it. */
async function nextAfter({ path, tabs }: ObjectMessage): Promise<FlashAction | undefined> {
  if (!tabs.some(({ element }) => element === 'session-test-tab')) return undefined;
  return (await import('./session-test/site-sessions.ts')).offerUse(path);
}
