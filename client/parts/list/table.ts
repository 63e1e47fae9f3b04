import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { controls } from '../../styles/controls.ts';
import '../icon.ts';
import { Width } from '../width.ts';
import { neighbourOf } from './neighbour.ts';
import { columnsThatFit, widthOf, type Column, type CompactRow } from './table-columns.ts';
import { RowOpened, SelectionChanged, SortChanged, type Sorting } from './table-events.ts';
import { tableStyles } from './table-styles.ts';

interface Focused {
  readonly element: HTMLElement;
  readonly key: string;
  /** Those of all rows then. */
  readonly keys: readonly string[];
}

const SKELETON_AFTER_MS = 150;
const PHONE = 560;
const CHECK_WIDTH = 52;

/**
 * Rows from line to line. Columns go by rank where it is narrow, and at the width of a phone a row has two lines. Without
 * rows, the slot stands in their place: a t-face that says why. Arrows move, Space selects, Enter opens.
 */
@customElement('t-table')
export class Table<Row> extends LitElement {
  /** What the table lists, for screen readers: "Contents of Root". */
  @property() label = '';
  @property({ attribute: false }) columns: readonly Column<Row>[] = [];
  @property({ attribute: false }) rows: readonly Row[] = [];
  @property({ attribute: false }) keyOf: (row: Row) => string = String;
  @property({ attribute: false }) compact: ((row: Row) => CompactRow) | undefined;
  @property({ attribute: false }) sorting: Sorting | undefined;
  @property({ type: Boolean, reflect: true }) selectable = false;
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  /** The row whose details are shown elsewhere. */
  @property({ attribute: false }) openKey: string | undefined;
  @property({ type: Boolean }) loading = false;
  @property() loadingText = 'Loading…';
  @state() private hasSkeleton = false;
  /** The row that the Tab key reaches. */
  #active: string | undefined;
  /** What has the focus within a row, and the rows then. */
  #focused: Focused | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #width = new Width(this);

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('loading')) this.#waitForSkeleton();
    if (changed.has('rows')) this.#noteFocus(changed.get('rows') as readonly Row[] | undefined);
    const keys = this.rows.map((row) => this.keyOf(row));
    if (this.#active === undefined || !keys.includes(this.#active)) this.#active = keys[0];
  }

  protected override updated() {
    const focused = this.#focused;
    this.#focused = undefined;
    if (focused && this.shadowRoot?.activeElement === null && document.activeElement === document.body)
      this.#giveBack(focused);
  }

  #noteFocus(rows: readonly Row[] = []) {
    const element = this.shadowRoot?.activeElement;
    const key = this.focusedKey;
    if (!(element instanceof HTMLElement) || key === undefined) return;
    this.#focused = { element, key, keys: rows.map((row) => this.keyOf(row)) };
  }

  /** A row that moved or went has lost the focus: it has it again, or the one beside it. */
  #giveBack({ element, key, keys }: Focused) {
    if (element.isConnected) return element.focus({ preventScroll: true });
    const stay = new Set(this.rows.map((row) => this.keyOf(row)));
    const near = keys.filter((each) => each === key || stay.has(each));
    const beside = neighbourOf(near, new Set([key]));
    if (beside !== undefined) this.focusRow(beside);
  }

  protected override render() {
    const isCompact = this.compact !== undefined && this.#width.px < PHONE;
    return html`
      <table aria-label=${this.label} aria-busy=${String(this.loading)} class=${isCompact ? 'compact' : ''}>
        ${isCompact ? this.#compactBody() : this.#fullBody()}
      </table>
      ${this.hasSkeleton ? html`<p class="loading small quiet">${this.loadingText}</p>` : nothing}
      ${this.rows.length === 0 && !this.hasSkeleton ? html`<slot></slot>` : nothing}
    `;
  }

  /** On the row that the Tab key reaches. */
  override focus(): void {
    this.focusRow(this.#active);
  }

  /** Puts the focus on the row with this key, or on the first one. */
  focusRow(key?: string): void {
    const index = this.rows.findIndex((row) => this.keyOf(row) === key);
    this.#focusIndex(Math.max(0, index));
  }

  /** Where rows before those that are seen have others in their place, one begins at the first again. */
  showTop(): void {
    const head = this.renderRoot.querySelector('th')?.getBoundingClientRect().top ?? 0;
    if (this.getBoundingClientRect().top < head) this.scrollIntoView();
  }

  /** The key of the row that has the focus. */
  get focusedKey(): string | undefined {
    const row = this.shadowRoot?.activeElement?.closest<HTMLElement>('tr[data-key]');
    return row?.dataset['key'];
  }

  #fullBody() {
    const available = this.#width.px - (this.selectable ? CHECK_WIDTH : 0);
    const columns = columnsThatFit(this.columns, available);
    const scale = available / widthOf(columns);
    return html`
      <colgroup>
        ${this.selectable ? html`<col class="check" />` : nothing}
        ${columns.map(({ width }) => html`<col width=${Math.floor(width * scale)} />`)}
      </colgroup>
      <thead>
        <tr>
          ${this.selectable ? html`<th class="check">${this.#checkAll()}</th>` : nothing}
          ${columns.map((column) => this.#head(column))}
        </tr>
      </thead>
      <tbody @keydown=${this.#onKey}>
        ${this.hasSkeleton ? this.#skeleton(columns) : this.#rows((row) => this.#cells(row, columns))}
      </tbody>
    `;
  }

  #compactBody() {
    return html`${this.selectable && (this.hasSkeleton || this.rows.length > 1) ? this.#compactHead() : nothing}
      <tbody @keydown=${this.#onKey}>
        ${this.hasSkeleton ? this.#skeleton(this.columns.slice(0, 1)) : this.#rows((row) => this.#compactCells(row))}
      </tbody>`;
  }

  #compactHead() {
    return html`<thead>
      <tr>
        <th class="check">${this.#checkAll()}</th>
        <th scope="col">Select all</th>
      </tr>
    </thead>`;
  }

  #rows(cells: (row: Row) => unknown) {
    return repeat(
      this.rows,
      (row) => this.keyOf(row),
      (row) => {
        const key = this.keyOf(row);
        return html`<tr
          data-key=${key}
          tabindex=${key === this.#active ? 0 : -1}
          class="${this.selected.has(key) ? 'selected' : ''} ${key === this.openKey ? 'open' : ''}"
          @focus=${() => this.#activate(key)}
          @dblclick=${() => this.dispatchEvent(new RowOpened(key))}
        >
          ${this.selectable ? html`<td class="check">${this.#check(key)}</td>` : nothing} ${cells(row)}
        </tr>`;
      },
    );
  }

  #cells(row: Row, columns: readonly Column<Row>[]) {
    return columns.map(
      (column) =>
        html`<td class="${column.align === 'end' ? 'end' : ''} ${column.isQuiet ? 'quiet' : ''}">
          ${column.cell(row)}
        </td>`,
    );
  }

  #compactCells(row: Row) {
    const { icon, first, second, endFirst, endSecond } = this.compact!(row);
    return html`<td>
      <div class="two">
        ${icon ? html`<t-icon name=${icon}></t-icon>` : nothing}
        <div class="main">
          <p class="strong ellipsis">${first}</p>
          <p class="small quiet ellipsis">${second}</p>
        </div>
        <div class="at-end small quiet">
          <p>${endFirst ?? nothing}</p>
          <p>${endSecond ?? nothing}</p>
        </div>
      </div>
    </td>`;
  }

  #head(column: Column<Row>) {
    const order = this.sorting?.column === column.id ? this.sorting.order : undefined;
    const arrow = order ? html`<t-icon name=${order === 'asc' ? 'arrow-up' : 'arrow-down'}></t-icon>` : nothing;
    return html`<th
      scope="col"
      class=${column.align === 'end' ? 'end' : ''}
      aria-sort=${order ? `${order}ending` : nothing}
    >
      ${
        column.isSortable || column.isLargestFirst
          ? html`<button class="head" @click=${() => this.#sort(column, order)}>${column.label}${arrow}</button>`
          : column.label
      }
    </th>`;
  }

  #checkAll() {
    const count = this.rows.filter((row) => this.selected.has(this.keyOf(row))).length;
    return html`<input
      type="checkbox"
      aria-label="Select all"
      .checked=${live(count > 0 && count === this.rows.length)}
      .indeterminate=${live(count > 0 && count < this.rows.length)}
      ?disabled=${this.rows.length === 0}
      @change=${() => this.#select(count > 0 ? [] : this.rows.map((row) => this.keyOf(row)))}
    />`;
  }

  #check(key: string) {
    return html`<input
      type="checkbox"
      tabindex="-1"
      aria-label="Select ${key}"
      .checked=${live(this.selected.has(key))}
      @change=${() => this.#toggle(key)}
    />`;
  }

  #skeleton(columns: readonly Column<Row>[]) {
    return [70, 90, 52, 80, 61].map(
      (share) =>
        html`<tr class="skeleton">
          ${this.selectable ? html`<td class="check"></td>` : nothing}
          ${columns.map(
            ({ align }) =>
              html`<td class=${align === 'end' ? 'end' : ''}>
                <svg width="100%" height="10" aria-hidden="true"><rect width="${share}%" height="10" rx="2" /></svg>
              </td>`,
          )}
        </tr>`,
    );
  }

  #waitForSkeleton() {
    clearTimeout(this.#timer);
    this.hasSkeleton = false;
    if (this.loading && this.rows.length === 0) {
      this.#timer = setTimeout(() => (this.hasSkeleton = true), SKELETON_AFTER_MS);
    }
  }

  #sort({ id, isLargestFirst = false }: Column<Row>, order: Sorting['order'] | undefined) {
    const isAscending = order === undefined ? !isLargestFirst : order === 'desc';
    this.dispatchEvent(new SortChanged({ column: id, order: isAscending ? 'asc' : 'desc' }));
  }

  #select(keys: Iterable<string>) {
    this.dispatchEvent(new SelectionChanged(new Set(keys)));
    // A tick that is not taken goes again.
    this.requestUpdate();
  }

  #toggle(key: string) {
    this.#select(this.selected.has(key) ? [...this.selected].filter((each) => each !== key) : [...this.selected, key]);
  }

  #activate(key: string) {
    this.#active = key;
    this.requestUpdate();
  }

  #focusIndex(index: number) {
    this.renderRoot.querySelectorAll<HTMLElement>('tbody tr[data-key]')[index]?.focus();
  }

  #onKey(event: KeyboardEvent) {
    const row = (event.target as HTMLElement).closest<HTMLElement>('tr[data-key]');
    const key = row?.dataset['key'];
    if (key === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOnRow = event.target === row;
    const at = this.rows.findIndex((each) => this.keyOf(each) === key);
    const actions: Record<string, () => void> = {
      ArrowDown: () => this.#focusIndex(Math.min(this.rows.length - 1, at + 1)),
      ArrowUp: () => this.#focusIndex(Math.max(0, at - 1)),
      Home: () => this.#focusIndex(0),
      End: () => this.#focusIndex(this.rows.length - 1),
      ...(isOnRow && this.selectable && { ' ': () => this.#toggle(key) }),
      ...(isOnRow && { Enter: () => this.dispatchEvent(new RowOpened(key)) }),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  static override styles = [controls, tableStyles];
}
