import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ObjectMessage } from '../../schema/messages/objects.ts';
import type { SessionRow, SessionsMessage } from '../../schema/messages/sessions.ts';
import { detailOf } from '../api/request.ts';
import { getSessions } from '../api/sessions.ts';
import { ObjectChanged } from '../model/changes.ts';
import type { TabElement } from '../model/tab.ts';
import { failed, tryAgain } from '../parts/face.ts';
import { formatNumber, formatTime, plural } from '../parts/format.ts';
import '../parts/list/figures-strip.ts';
import '../parts/list/filter-field.ts';
import type { FilterField } from '../parts/list/filter-field.ts';
import { listPage } from '../parts/list/list-page.ts';
import '../parts/list/side-panel.ts';
import '../parts/list/table.ts';
import type { RowOpened, SelectionChanged, Table } from '../parts/list/table.ts';
import { addressOf, place, setQuery } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { isPhone } from '../state/screen.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { PAGE, filterText, offset, pages, showFiltered, showSorted, sortingOf } from './listing.ts';
import { columns, compactRow } from './sessions/columns.ts';
import './sessions/reveal-list.ts';
import './sessions/session-detail.ts';
import type { DetailAction } from './sessions/session-detail.ts';
import './sessions/session-selection.ts';
import './sessions/unopened-list.ts';
import { figuresOf, orderInWords, sourceAt } from './sessions/words.ts';

/** Everybody's sessions in a container: find them, look inside, end them. What is shown lives in the address. */
@customElement('sessions-tab')
export class SessionsTab extends LitElement implements TabElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() path = '/';
  @state() private selected: ReadonlySet<string> = new Set();
  @query('filter-field') private filterField!: FilterField;
  @query('t-table') private table!: Table<SessionRow>;

  readonly #list = new Task(this, {
    args: () => [this.object, filterText(), sorting().column, sorting().order, offset()] as const,
    task: ([{ path }, filter, sort, order, offset], { signal }) =>
      getSessions(path, { filter, sort, order, offset, limit: PAGE }, signal),
    onComplete: ({ sessions }) => (this.selected = this.selected.intersection(new Set(sessions.map(keyOf)))),
  });

  constructor() {
    super();
    new Watch(this, place, isPhone);
    new Shortcuts(this, [
      { key: '/', label: 'Filter the list', run: () => this.filterField.focus() },
      { key: 'Delete', label: 'End what is selected', run: () => void this.#endSelected() },
      { key: 'Escape', label: 'Close the session, or clear the selection', run: () => this.#escape() },
    ]);
  }

  protected override render() {
    const message = this.#message;
    return html`
      <div class="list">
        <figures-strip .figures=${figuresOf(message)}>${isPhone.get() ? nothing : this.#listAgain()}</figures-strip>
        ${this.#toolbar()}
        <t-table
          label="Sessions of ${this.object.id}"
          loadingText="Listing the sessions of ${this.object.id}…"
          ?selectable=${(message?.sessions.length ?? 0) > 0}
          .columns=${columns}
          .compact=${compactRow}
          .rows=${message?.sessions ?? []}
          .keyOf=${keyOf}
          .sorting=${sorting()}
          .selected=${this.selected}
          .openKey=${this.#openKey}
          .loading=${this.#list.status === TaskStatus.PENDING}
          @click=${this.#onClick}
          @sort-changed=${showSorted}
          @selection-changed=${(event: SelectionChanged) => (this.selected = event.keys)}
          @row-opened=${(event: RowOpened) => this.#show(event.key)}
        >
          ${this.#face()}
        </t-table>
        ${message ? this.#foot(message) : nothing}
      </div>
      ${this.#drawer()}
    `;
  }

  get #message(): SessionsMessage | undefined {
    return this.#list.status === TaskStatus.ERROR ? undefined : this.#list.value;
  }

  /** The session whose inside is shown. */
  get #openKey(): string | undefined {
    return place.get().query.get('session') ?? undefined;
  }

  #toolbar() {
    const count = this.selected.size;
    return html`<div class="toolbar">
      <filter-field
        shortcut="/"
        placeholder="Filter by user, IP, browser"
        value=${filterText()}
        @filter-changed=${showFiltered}
        @leave-down=${() => this.table.focusRow()}
      ></filter-field>
      ${
        count > 0
          ? html`<session-selection
              count=${count}
              @end=${this.#endSelected}
              @clear=${() => (this.selected = new Set())}
            ></session-selection>`
          : nothing
      }
      <button class="danger-text end-all" @click=${this.#endAll}>
        ${isPhone.get() ? 'End all…' : 'End all sessions…'}
      </button>
    </div>`;
  }

  #face() {
    const { status, error } = this.#list;
    const again = () => this.#list.run();
    if (status === TaskStatus.ERROR)
      return failed(`Cannot list the sessions of '${this.path}'.`, again, detailOf(error));
    const message = this.#message;
    if (status !== TaskStatus.COMPLETE || !message) return nothing;
    if (filterText() && message.total > 0) {
      return html`<t-face
        icon="search"
        heading="No session matches '${filterText()}'."
        detail="Sessions were looked at by user, IP, browser and key. A size finds larger or smaller ones: >10 KiB."
      >
        <button @click=${() => this.filterField.clear()}>Clear filter</button>
      </t-face>`;
    }
    if (!message.complete) {
      const heading = `Cannot list every session of '${this.path}'. Of those that can be seen, there is none.`;
      return html`<t-face kind="error" icon="circle-alert" heading=${heading} detail=${message.source}
        >${tryAgain(again)}</t-face
      >`;
    }
    return html`<t-face
      icon=${this.object.icon}
      heading="No sessions are kept here."
      detail="A session begins when a page stores something in it, or the Test tab does."
    >
      <a class="button" href=${addressOf(this.path, 'test')}>Test</a>
    </t-face>`;
  }

  #foot({ sessions, matching, source, checked, unopened }: SessionsMessage) {
    const { column, order } = sorting();
    const to = offset() + sessions.length;
    const isAll = offset() === 0 && to >= matching;
    const range = isAll
      ? plural(matching, 'session')
      : `${formatNumber(offset() + 1)} to ${formatNumber(to)} of ${formatNumber(matching)}`;
    return html`<div class="foot">
      <p class="figures" role="status">
        ${matching === 0 ? 'No sessions' : `${range}, ${orderInWords(column, order)}`}
      </p>
      ${pages(sessions.length, matching)}
      <p class="source">${sourceAt(source, formatTime(new Date(checked)))}</p>
      ${isPhone.get() ? this.#listAgain() : nothing}
      <unopened-list path=${this.path} .rows=${unopened}></unopened-list>
      <reveal-list path=${this.path} .version=${checked}></reveal-list>
    </div>`;
  }

  #listAgain() {
    return html`<button class="small" @click=${() => this.#list.run()}>
      <t-icon name="refresh-cw"></t-icon>List again
    </button>`;
  }

  #drawer() {
    const key = this.#openKey;
    if (key === undefined) return nothing;
    return html`<side-panel label="Session" @closed=${() => this.#close()}>
      <session-detail
        path=${this.path}
        key=${key}
        @detail-action=${(event: DetailAction) => void this.#act(event)}
      ></session-detail>
    </side-panel>`;
  }

  #onClick(event: MouseEvent) {
    const nodes = event.composedPath();
    if (nodes.some((node) => node instanceof HTMLInputElement || node instanceof HTMLButtonElement)) return;
    const row = nodes.find((node) => node instanceof HTMLTableRowElement);
    const key = row?.dataset['key'];
    if (key !== undefined) this.#show(key);
  }

  #show(key: string) {
    setQuery({ session: key });
  }

  #close() {
    const key = this.#openKey;
    setQuery({ session: undefined });
    this.table.focusRow(key);
  }

  #escape() {
    if (this.#openKey !== undefined) this.#close();
    else this.selected = new Set();
  }

  async #act({ action, session }: DetailAction) {
    if (action === 'close' || !session) return this.#close();
    const { endAllOfUser, endThese } = await import('./sessions/end-sessions.ts');
    const isDone =
      action === 'end' ? await endThese(this.path, [session]) : await endAllOfUser(this.path, session.user ?? '');
    if (!isDone) return;
    this.#close();
    this.#changed();
  }

  async #endSelected() {
    const rows = (this.#message?.sessions ?? []).filter(({ key }) => this.selected.has(key));
    if (rows.length === 0) return;
    const { endThese } = await import('./sessions/end-sessions.ts');
    if (!(await endThese(this.path, rows))) return;
    if (rows.some(({ key }) => key === this.#openKey)) this.#close();
    this.selected = new Set();
    this.#changed();
  }

  async #endAll() {
    const { endAllOf } = await import('./sessions/end-sessions.ts');
    if (!(await endAllOf(this.object, this.#message?.total))) return;
    setQuery({ session: undefined, from: undefined });
    this.selected = new Set();
    this.#changed();
  }

  /** The page loads the object anew, for the figure on the tab, and the list with it. */
  #changed() {
    this.dispatchEvent(new ObjectChanged());
  }

  static override styles = [
    controls,
    listPage,
    css`
      .end-all {
        margin-left: auto;
      }
      .foot reveal-list {
        flex-basis: 100%;
      }
      @media (width < 640px) {
        .toolbar:has(session-selection) ~ .foot {
          padding-bottom: 110px;
        }
      }
      @media (640px <= width < 1000px) {
        .toolbar:has(session-selection) .end-all {
          display: none;
        }
      }
    `,
  ];
}

function sorting() {
  return sortingOf({ column: 'lastSeen', order: 'desc' });
}

function keyOf({ key }: SessionRow): string {
  return key;
}
