import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from 'lit';
import type { Kind } from '../../../schema/live.ts';
import { ApiProblem, detailOf } from '../../api/request.ts';
import { route, setQuery } from '../../state/location.ts';
import { Live } from '../../state/live.ts';
import { Watch } from '../../state/observable.ts';
import type { Shortcut } from '../../state/shortcuts.ts';
import { flashFailure } from '../../state/flash.ts';
import { failed, tryAgain } from '../face.ts';
import { formatNumber } from '../format.ts';
import './filter-field.ts';
import type { FilterChanged, FilterField } from './filter-field.ts';
import { listQueryOf, type ListQuery } from './list-query.ts';
import './page-turner.ts';
import type { PageWanted } from './page-turner.ts';
import './selection-bar.ts';
import type { SelectionAction } from './selection-bar.ts';
import type { Column, CompactRow } from './table-columns.ts';
import type { RowOpened, SelectionChanged, SortChanged, Sorting } from './table-events.ts';
import './table.ts';
import type { Table } from './table.ts';

interface ListOptions<Answer, Row> {
  /** What decides the answer besides what is asked of the list. */
  readonly args: () => readonly unknown[];
  readonly load: (query: ListQuery, signal: AbortSignal) => Promise<Answer>;
  readonly rowsOf: (answer: Answer, query: ListQuery) => readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What kinds of changes on the server may make it another list. */
  readonly kinds?: readonly Kind[];
  /** How many of the rows are counted in pages; all, unless said. */
  readonly countOf?: (answer: Answer) => number;
  /** How many rows the filter leaves, on all pages; those of the answer, unless said. */
  readonly totalOf?: (answer: Answer) => number;
  /** The keys of the rows on all pages. Without it, no more can be chosen than what is shown. */
  readonly allKeys?: (query: ListQuery) => Promise<readonly string[]>;
  /** How it is sorted until somebody wants it otherwise; `undefined`: it is not sorted here. */
  readonly sorting?: Sorting;
  /** The answer has every row: another order needs no other answer. */
  readonly isWhole?: boolean;
}

/** Work that is under way, in words. */
interface Work {
  readonly text: string;
  readonly canStop: boolean;
}

/** What work on many tells, and is told. */
export interface Progress {
  /** What is done before it begins, such as looking up; nothing where it waits for an answer. */
  readonly show: (text: string) => void;
  /** How many are done. From then on somebody can stop it. */
  readonly count: (doing: string, count: number, total: number) => void;
  /** Aborted where somebody stops it or leaves the list. */
  readonly signal: AbortSignal;
}

interface TableOptions<Answer, Row> {
  readonly label: string;
  readonly loadingText?: string;
  readonly columns: readonly Column<Row>[];
  readonly compact: (row: Row) => CompactRow;
  readonly isSelectable?: boolean;
  /** Where not what is selected is ticked. */
  readonly ticked?: ReadonlySet<string>;
  readonly tick?: (keys: ReadonlySet<string>) => void;
  /** The row whose details are shown elsewhere. */
  readonly openKey?: string | undefined;
  readonly open?: (key: string) => void;
  /** One click opens a row. */
  readonly isOpenedByClick?: boolean;
  readonly faces: Faces<Answer>;
}

interface Words {
  readonly heading: string;
  readonly detail?: string;
}

/** What stands in the place of rows. */
interface Faces<Answer> {
  readonly failed: (why: string) => Words;
  /** What the filter finds nothing in; `undefined`: there is nothing to be found. */
  readonly noMatch?: (filter: string, answer: Answer) => Words | undefined;
  readonly none?: (answer: Answer) => TemplateResult;
}

/** A list of its element: loaded, filtered, sorted, turned page by page and selected; filter, order and page live in the address. */
export class ListController<Answer, Row> implements ReactiveController {
  readonly #host: LitElement;
  readonly #options: ListOptions<Answer, Row>;
  readonly #task: Task<readonly unknown[], Answer>;
  #selected: ReadonlySet<string> = new Set();
  /** Rows of all pages were chosen, of those that this filter leaves. */
  #allOf: string | undefined;
  #work: Work | undefined;
  #stop = new AbortController();
  /** The question that was answered last. */
  #answered: string | undefined;
  #isWaitedFor = false;
  #loads = 0;
  /** The row to go to once it is there, and the load after which it is there or never. */
  #next: { readonly key: string; readonly load: number; readonly question: string } | undefined;

  constructor(host: LitElement, options: ListOptions<Answer, Row>) {
    this.#host = host;
    this.#options = options;
    this.#task = new Task(host, {
      args: () => [...options.args(), ...(options.isWhole ? [] : Object.values(this.query))],
      task: (_, { signal }) => {
        this.#loads += 1;
        return options.load(this.query, signal).catch((error: unknown) => this.#keep(error));
      },
      onComplete: (answer) => {
        this.#answered = this.#question;
        this.#keepSelected(answer);
        this.#forgetNext(answer);
      },
    });
    host.addController(this);
    new Watch(host, route);
    new Live(host, options.kinds ?? [], this.refresh);
  }

  /** The page itself tells of what is gone, not allowed or out of reach: rows that are asked for again by themselves stay. */
  #keep(error: unknown): Answer {
    const isToldOf = error instanceof ApiProblem && [0, 401, 403, 404].includes(error.status);
    if (this.answer === undefined || this.isLoading || !isToldOf) throw error;
    return this.answer;
  }

  /** `undefined`: none has come, or the last one could not be had. */
  get answer(): Answer | undefined {
    return this.#task.value;
  }

  /** Whether it came, or is known not to come. */
  get isAnswered(): boolean {
    return this.answer !== undefined || this.failure !== undefined;
  }

  get rows(): readonly Row[] {
    return this.answer === undefined ? [] : this.#options.rowsOf(this.answer, this.query);
  }

  get keys(): readonly string[] {
    return this.rows.map(this.#options.keyOf);
  }

  /** Whether somebody waits for it. What is there stays while the same is asked again by itself. */
  get isLoading(): boolean {
    return this.#task.status === TaskStatus.PENDING && (this.#isWaitedFor || this.#answered !== this.#question);
  }

  get #question(): string {
    return JSON.stringify(this.#options.isWhole ? [] : this.query);
  }

  /** Why it could not be had. */
  get failure(): string | undefined {
    return this.#task.error === undefined || this.isLoading ? undefined : detailOf(this.#task.error);
  }

  /** Somebody wants it anew. */
  readonly again = async (): Promise<void> => {
    this.#isWaitedFor = true;
    await this.#task.run().finally(() => (this.#isWaitedFor = false));
  };

  /** Something changed: what is there stays until the answer comes. */
  readonly refresh = (): Promise<void> => this.#task.run();

  get query(): ListQuery {
    return listQueryOf(route.get().query, this.#options.sorting ?? { column: '', order: 'asc' });
  }

  get sorting(): Sorting | undefined {
    return this.#options.sorting && { column: this.query.sort, order: this.query.order };
  }

  get selected(): ReadonlySet<string> {
    return this.#selected;
  }

  get selectedRows(): readonly Row[] {
    return this.rows.filter((row) => this.#selected.has(this.#options.keyOf(row)));
  }

  /** While work is under way on what is selected, that stays. */
  readonly select = (keys: ReadonlySet<string>): void => {
    if (this.isWorking) return;
    this.#selected = keys;
    if (keys.size === 0) this.#allOf = undefined;
    this.#host.requestUpdate();
  };

  readonly clear = (): void => this.select(new Set());

  /** Chooses the rows of all pages, or those that are shown. */
  readonly #selectAll = async (): Promise<void> => {
    const { filter } = this.query;
    try {
      const keys = await this.allKeys();
      if (filter !== this.query.filter) return;
      this.#allOf = filter;
      this.select(new Set(keys));
    } catch (caught) {
      flashFailure(`Could not select all: ${detailOf(caught)}`);
    }
  };

  /** The keys of all rows that the filter leaves. */
  allKeys(): Promise<readonly string[]> {
    return this.#options.allKeys!(this.query);
  }

  readonly #selectShown = (): void => {
    this.#allOf = undefined;
    this.select(new Set(this.keys));
  };

  get isWorking(): boolean {
    return this.#work !== undefined;
  }

  /** Work on many, from the question whether it is wanted on: one at a time, told of in the bar, where it can be stopped. */
  async work<Result>(run: (progress: Progress) => Promise<Result>): Promise<Result | undefined> {
    if (this.isWorking) return undefined;
    this.#stop = new AbortController();
    this.#become({ text: '', canStop: false });
    try {
      return await run({
        show: (text) => this.#become({ text, canStop: false }),
        count: (doing, count, total) =>
          this.#become({ text: `${doing} ${formatNumber(count)} of ${formatNumber(total)}…`, canStop: true }),
        signal: this.#stop.signal,
      });
    } finally {
      this.#become(undefined);
    }
  }

  #become(work: Work | undefined): void {
    this.#work = work;
    this.#host.requestUpdate();
  }

  /** What nobody sees any more, nobody could stop. */
  hostDisconnected(): void {
    this.#stop.abort();
  }

  #keepSelected(answer: Answer): void {
    if (this.#allOf === this.query.filter) return;
    this.#allOf = undefined;
    const keys = this.#options.rowsOf(answer, this.query).map(this.#options.keyOf);
    this.#selected = this.#selected.intersection(new Set(keys));
  }

  /** The row to go to: what had the focus was renamed or deleted. */
  focusNext(key: string | undefined): void {
    this.#next = key === undefined ? undefined : { key, load: this.#loads + 1, question: this.#question };
  }

  /** Where it is not there by now, the focus stays where somebody has it then. */
  #forgetNext(answer: Answer): void {
    const next = this.#next;
    if (!next || this.#loads < next.load) return;
    const keys = this.#options.rowsOf(answer, this.query).map(this.#options.keyOf);
    if (next.question !== this.#question || !keys.includes(next.key)) this.#next = undefined;
  }

  hostUpdated(): void {
    if (this.#next && this.keys.includes(this.#next.key)) void this.#moveFocus(this.#next.key);
  }

  async #moveFocus(key: string): Promise<void> {
    this.#next = undefined;
    await this.#table.updateComplete;
    this.focusRow(key);
  }

  focusRow(key?: string): void {
    this.#table.focusRow(key);
  }

  /** The key of the row that has the focus. */
  get focusedKey(): string | undefined {
    return this.#table.focusedKey;
  }

  get #table(): Table<Row> {
    return this.#host.renderRoot.querySelector('t-table') as unknown as Table<Row>;
  }

  get #filterField(): FilterField {
    return this.#host.renderRoot.querySelector('filter-field') as FilterField;
  }

  readonly filterKey: Shortcut = { key: '/', label: 'Filter the list', run: () => this.#filterField.focus() };

  /** Enter in the field opens the row that is left alone. */
  filterField(placeholder: string, open?: (key: string) => void): TemplateResult {
    return html`<filter-field
      shortcut="/"
      placeholder=${placeholder}
      value=${this.query.filter}
      @filter-changed=${({ detail: text }: FilterChanged) => setQuery({ filter: text, from: undefined })}
      @leave-down=${() => this.focusRow()}
      @enter=${() => this.rows.length === 1 && open?.(this.keys[0]!)}
    ></filter-field>`;
  }

  /** Whether something is selected, or work is told of. */
  get hasBar(): boolean {
    return this.#selected.size > 0 || Boolean(this.#work?.text);
  }

  /** What can be done with what is selected, and how far work is. */
  selectionBar(label: string, actions: readonly SelectionAction[]): TemplateResult | typeof nothing {
    if (!this.hasBar) return nothing;
    return html`<selection-bar
      label=${label}
      count=${this.#selected.size}
      total=${this.#total}
      shown=${this.keys.length}
      progress=${this.#work?.text ?? ''}
      ?can-stop=${this.#work?.canStop}
      ?has-all=${this.#allOf !== undefined}
      ?takes-all=${this.#options.allKeys !== undefined}
      .actions=${actions}
      @clear=${this.clear}
      @select-all=${this.#selectAll}
      @select-shown=${this.#selectShown}
      @stop=${() => this.#stop.abort()}
    ></selection-bar>`;
  }

  table(options: TableOptions<Answer, Row>): TemplateResult {
    const { ticked = this.#selected, tick = this.select } = options;
    return html`<t-table
      label=${options.label}
      loadingText=${options.loadingText ?? 'Loading…'}
      ?selectable=${options.isSelectable}
      .columns=${options.columns}
      .compact=${options.compact}
      .rows=${this.rows}
      .keyOf=${this.#options.keyOf}
      .sorting=${this.sorting}
      .selected=${ticked}
      .openKey=${options.openKey}
      .loading=${this.isLoading}
      @click=${(event: MouseEvent) => options.isOpenedByClick && openAt(event, options.open)}
      @sort-changed=${({ sorting }: SortChanged) => setQuery({ sort: sorting.column, order: sorting.order, from: undefined })}
      @selection-changed=${(event: SelectionChanged) => tick(event.keys)}
      @row-opened=${(event: RowOpened) => options.open?.(event.key)}
    >
      ${this.#face(options.faces)}
    </t-table>`;
  }

  #face({ failed: wordsOf, noMatch, none }: Faces<Answer>) {
    const { answer, failure } = this;
    if (failure !== undefined) {
      const { heading, detail } = wordsOf(failure);
      return failed(heading, this.#task.error, this.again, detail);
    }
    if (answer === undefined || (this.isLoading && !this.#options.isWhole)) return nothing;
    const { filter } = this.query;
    const words = filter === '' ? undefined : noMatch?.(filter, answer);
    if (!words) return none?.(answer) ?? nothing;
    return html`<t-face icon="search" heading=${words.heading} detail=${words.detail ?? ''}>
      <button @click=${() => this.#filterField.clear()}>Clear filter</button>
    </t-face>`;
  }

  /** Stands where not all could be looked at, and nothing was found in the rest. */
  incomplete(what: string, path: string, detail: string): TemplateResult {
    const heading = `Cannot list every ${what} of '${path}'. Of those that can be seen, there is none.`;
    return html`<t-face kind="error" icon="circle-alert" heading=${heading} detail=${detail}
      >${tryAgain(this.again)}</t-face
    >`;
  }

  /** How many rows there are on all pages. */
  get #total(): number {
    const { answer } = this;
    return answer === undefined ? 0 : (this.#options.totalOf?.(answer) ?? this.rows.length);
  }

  /** Whether every row is shown. */
  isAll(total: number): boolean {
    return this.query.offset === 0 && this.#end >= total;
  }

  /** How many rows stand before those of the next page. */
  get #end(): number {
    const { answer } = this;
    const shown = answer !== undefined && this.#options.countOf ? this.#options.countOf(answer) : this.rows.length;
    return this.query.offset + shown;
  }

  /** "all", or "1 to 100 of all". */
  range(total: number, all: string, ofAll = all): string {
    if (this.isAll(total)) return all;
    return `${formatNumber(this.query.offset + 1)} to ${formatNumber(this.#end)} of ${ofAll}`;
  }

  /** The ways to the other pages, where there are any: the next, the one before, and any by its number. */
  pages(total: number): TemplateResult | typeof nothing {
    if (this.isAll(total)) return nothing;
    const { offset, limit } = this.query;
    return html`<page-turner
      page=${Math.floor(offset / limit) + 1}
      pages=${Math.ceil(total / limit)}
      @page-wanted=${({ detail: page }: PageWanted) => this.#showPage(page)}
    ></page-turner>`;
  }

  #showPage(page: number): void {
    setQuery({ from: page <= 1 ? undefined : String((page - 1) * this.query.limit + 1) });
    this.#table.showTop();
  }
}

/** A click on a row, but not on its checkbox. */
function openAt(event: MouseEvent, open?: (key: string) => void): void {
  const nodes = event.composedPath();
  const key = nodes.find((node) => node instanceof HTMLTableRowElement)?.dataset['key'];
  if (key !== undefined && !nodes.some((node) => node instanceof HTMLInputElement)) open?.(key);
}
