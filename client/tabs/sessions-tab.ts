import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { listSessions, SESSION_PAGES, type SessionRow, type SessionsMessage } from '../../schema/endpoints/sessions.ts';
import { attempt } from '../api/attempt.ts';
import { call } from '../api/call.ts';
import { ObjectChanged } from '../model/changes.ts';
import { Tab } from '../model/tab.ts';
import '../parts/face.ts';
import { formatNumber, formatTime, plural } from '../parts/format.ts';
import '../parts/list/figures-strip.ts';
import { ListController, type Progress } from '../parts/list/list-controller.ts';
import { listPage } from '../parts/list/list-page.ts';
import type { ListQuery } from '../parts/list/list-query.ts';
import { neighbourOf } from '../parts/list/neighbour.ts';
import '../parts/list/side-panel.ts';
import { route, setQuery } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { Repeating } from '../state/repeating.ts';
import { addressOf } from '../state/route.ts';
import { isPhone } from '../state/screen.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { columns, compactRow } from './sessions/columns.ts';
import './sessions/reveal-list.ts';
import './sessions/session-detail.ts';
import type { DetailAction } from './sessions/session-detail.ts';
import './sessions/unopened-list.ts';
import { figuresOf, orderInWords, sourceAt } from './sessions/words.ts';

const EVERY_MS = 3_000;

/** Everybody's sessions in a container: find them, look inside, end them. What is shown lives in the address. */
@customElement('sessions-tab')
export class SessionsTab extends Tab {
  readonly #list = new ListController<SessionsMessage, SessionRow>(this, {
    args: () => [this.object],
    load: (query, signal) => call(listSessions, this.object.path, { query, signal }),
    rowsOf: ({ sessions }) => sessions,
    keyOf: ({ key }) => key,
    totalOf: ({ matching }) => matching,
    allKeys: (query) => getSessionKeys(this.object.path, query),
    sorting: { column: 'lastSeen', order: 'desc' },
    kinds: ['proxy', 'users'],
  });

  constructor() {
    super();
    new Watch(this, isPhone);
    new Repeating(this, EVERY_MS, () => this.#follow());
    new Shortcuts(this, [
      this.#list.filterKey,
      { key: 'Delete', label: 'End what is selected', run: () => void this.#endSelected() },
      { key: 'Escape', label: 'Close the session, or clear the selection', run: () => this.#escape() },
    ]);
  }

  protected override render() {
    const { answer } = this.#list;
    return html`
      <div class="list">
        <figures-strip .figures=${figuresOf(answer)}>${isPhone.get() ? nothing : this.#listAgain()}</figures-strip>
        ${this.#toolbar()}
        ${this.#list.table({
          label: `Sessions of ${this.object.id}`,
          loadingText: `Listing the sessions of ${this.object.id}…`,
          isSelectable: !this.#list.isAnswered || this.#list.rows.length > 0,
          columns,
          compact: compactRow,
          openKey: this.#openKey,
          open: (key) => setQuery({ session: key }),
          isOpenedByClick: true,
          faces: {
            failed: (why) => ({ heading: `Cannot list the sessions of '${this.path}'.`, detail: why }),
            noMatch: (filter, { total }) => (total > 0 ? noMatch(filter) : undefined),
            none: (message) => this.#none(message),
          },
        })}
        ${answer ? this.#foot(answer) : nothing}
      </div>
      ${this.#drawer()}
    `;
  }

  /** Rows do not move while somebody is choosing among them. */
  #follow() {
    const { answer, isLoading, selected } = this.#list;
    return answer === undefined || isLoading || selected.size > 0 ? undefined : this.#list.refresh();
  }

  /** The session whose inside is shown. */
  get #openKey(): string | undefined {
    return route.get().query.get('session') ?? undefined;
  }

  #toolbar() {
    const count = plural(this.#list.selected.size, 'session');
    return html`<div class="toolbar">
      ${this.#list.filterField('Filter by user, IP, browser')}
      ${this.#list.selectionBar('Selected sessions', [
        { icon: 'ban', label: `End ${count}`, run: () => this.#endSelected(), isDangerous: true },
      ])}
      ${this.#endButtons()}
    </div>`;
  }

  /** What ends those that the filter leaves, and what ends all. */
  #endButtons() {
    const { answer, query, rows } = this.#list;
    if (!answer || (answer.total === 0 && answer.complete)) return nothing;
    const { matching, total, complete } = answer;
    const isFiltered = query.filter !== '' && matching > 0;
    const all = total === 1 ? 'the one session' : `all ${formatNumber(total)} sessions`;
    return html`<div class="end-all">
      ${
        isFiltered
          ? html`<button class="danger-text" @click=${this.#endMatching}>
              End the ${formatNumber(matching)} ${matching > rows.length ? 'found' : 'shown'}…
            </button>`
          : nothing
      }
      <button class="danger-text" @click=${this.#endAll}>End ${complete ? all : 'all sessions'}…</button>
    </div>`;
  }

  #none({ complete, source }: SessionsMessage) {
    if (!complete) return this.#list.incomplete('session', this.path, source);
    return html`<t-face
      icon=${this.object.icon}
      heading="No sessions are kept here."
      detail="A session begins when a page stores something in it, or the Test tab does."
    >
      <a class="button" href=${addressOf(this.path, 'test')}>Test</a>
      ${
        'proxy_path' in this.object.properties
          ? nothing
          : html`<a class="button" href=${addressOf('/', 'setup-sessions')}>Set up sessions in memcached</a>`
      }
    </t-face>`;
  }

  #foot({ matching, source, checked, unopened }: SessionsMessage) {
    const { sort, order } = this.#list.query;
    const range = this.#list.range(matching, plural(matching, 'session'), formatNumber(matching));
    return html`<div class="foot">
      <p class="figures" role="status">${matching === 0 ? 'No sessions' : `${range}, ${orderInWords(sort, order)}`}</p>
      ${this.#list.pages(matching)}
      <p class="source">${sourceAt(source, formatTime(new Date(checked)))}</p>
      ${isPhone.get() ? this.#listAgain() : nothing}
      <unopened-list path=${this.path} .rows=${unopened}></unopened-list>
      <reveal-list path=${this.path} .version=${checked}></reveal-list>
    </div>`;
  }

  #listAgain() {
    return html`<button class="small" @click=${this.#list.again}>
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

  #close() {
    const key = this.#openKey;
    setQuery({ session: undefined });
    this.#list.focusRow(key);
  }

  #escape() {
    if (this.#openKey !== undefined) this.#close();
    else this.#list.clear();
  }

  async #act({ action, session }: DetailAction) {
    if (action === 'close' || !session) return this.#close();
    const { endAllOfUser, endOne } = await import('./sessions/end-sessions.ts');
    const isDone =
      action === 'end' ? await endOne(this.path, session) : await endAllOfUser(this.path, session.user ?? '');
    if (!isDone) return;
    this.#close();
    this.#changed();
  }

  async #endSelected() {
    const { selected, selectedRows, isWorking } = this.#list;
    if (selected.size === 0 || isWorking) return;
    const [row] = selectedRows;
    if (selected.size > 1 || !row) return this.#endThese(async () => [...selected]);
    const isEnded = await this.#list.work(async () => {
      const { endOne } = await import('./sessions/end-sessions.ts');
      return endOne(this.path, row);
    });
    if (isEnded) this.#ended(new Set([row.key]));
  }

  readonly #endMatching = () =>
    this.#endThese(async ({ show }) => {
      show('Looking up…');
      let keys: readonly string[] = [];
      await attempt(`Could not list the sessions of '${this.path}'`, async () => {
        keys = await this.#list.allKeys();
      });
      show('');
      return keys;
    });

  async #endThese(find: (progress: Progress) => Promise<readonly string[]>) {
    const ended = await this.#list.work(async (progress) => {
      const { endThese } = await import('./sessions/end-sessions.ts');
      const keys = await find(progress);
      return keys.length > 0 && !progress.signal.aborted ? endThese(this.path, keys, progress) : undefined;
    });
    if (ended) this.#ended(ended);
  }

  #ended(keys: ReadonlySet<string>) {
    if (keys.size === 0) return;
    if (keys.has(this.#openKey ?? '')) this.#close();
    this.#list.focusNext(neighbourOf(this.#list.keys, keys));
    this.#list.select(this.#list.selected.difference(keys));
    this.#changed();
  }

  async #endAll() {
    const { endAllOf } = await import('./sessions/end-sessions.ts');
    if (!(await endAllOf(this.object, this.#list.answer?.total))) return;
    setQuery({ session: undefined, from: undefined });
    this.#list.clear();
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
        display: flex;
        gap: 8px;
        margin-left: auto;
      }
      @media (width < 640px) {
        .toolbar {
          flex-wrap: wrap;
        }
        filter-field {
          flex-basis: 100%;
        }
        .end-all {
          flex: 1;
        }
        .end-all button {
          flex: 1;
        }
        .toolbar:has(selection-bar) ~ .foot {
          padding-bottom: 110px;
        }
      }
      @media (640px <= width < 1160px) {
        .toolbar:has(selection-bar) .end-all {
          display: none;
        }
      }
    `,
  ];
}

/** The keys of all sessions that the filter leaves. */
async function getSessionKeys(path: string, { sort, order, filter }: ListQuery): Promise<readonly string[]> {
  const keys = new Set<string>();
  const limit = SESSION_PAGES.largest;
  for (let offset = 0, matching = 1; offset < matching; offset += limit) {
    const page = await call(listSessions, path, { query: { sort, order, filter, offset, limit } });
    matching = page.matching;
    for (const { key } of page.sessions) keys.add(key);
  }
  return [...keys];
}

function noMatch(filter: string) {
  return {
    heading: `No session matches '${filter}'.`,
    detail: 'Sessions were looked at by user, IP, browser and key. A size finds larger or smaller ones: >10 KiB.',
  };
}
