import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { CacheRow, CacheStatisticsMessage } from '../../schema/messages/caches.ts';
import type { ObjectMessage } from '../../schema/messages/objects.ts';
import { getCacheStatistics, removeEntries } from '../api/caches.ts';
import { detailOf } from '../api/request.ts';
import type { TabElement } from '../model/tab.ts';
import '../parts/banner.ts';
import '../parts/chart/recent-charts.ts';
import { failed } from '../parts/face.ts';
import { formatBytes, formatMoment, formatNumber } from '../parts/format.ts';
import '../parts/list/figures-strip.ts';
import type { Figure } from '../parts/list/figures-strip.ts';
import '../parts/list/table.ts';
import type { SelectionChanged } from '../parts/list/table.ts';
import { flash, flashFailure } from '../state/flash.ts';
import { addressOf, place } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { Repeating } from '../state/repeating.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { columns, compactRow } from './caches/columns.ts';
import './caches/entry-selection.ts';
import { rateText, recentColumns, sorted } from './caches/hit-rate.ts';
import { showSorted, sortingOf } from './listing.ts';

const EVERY_MS = 10_000;

/** What a cache manager keeps, and how often it was found. Asked for again and again while it is looked at. */
@customElement('cache-statistics-tab')
export class CacheStatisticsTab extends LitElement implements TabElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() path = '/';
  @state() private selected: ReadonlySet<string> = new Set();

  readonly #look = new Task(this, {
    args: () => [this.object] as const,
    task: ([{ path }], { signal }) => getCacheStatistics(path, signal),
    onComplete: ({ rows }) => (this.selected = this.selected.intersection(new Set(rows.map(keyOf)))),
  });

  constructor() {
    super();
    new Watch(this, place);
    new Repeating(this, EVERY_MS, () => this.#look.status === TaskStatus.COMPLETE && this.#look.run());
    new Shortcuts(this, [{ key: 'Delete', label: 'Remove what is selected', run: () => void this.#remove() }]);
  }

  protected override render() {
    const message = this.#message;
    const rows = sorted(message?.rows ?? [], sorting());
    return html`
      ${message?.trouble ? html`<t-banner kind="warning">${message.trouble}</t-banner>` : nothing}
      ${message ? this.#figures(message) : nothing} ${message && rows.length > 0 ? this.#recently(message) : nothing}
      <t-table
        label="What ${this.object.id} keeps"
        loadingText="Looking at what ${this.object.id} keeps…"
        ?selectable=${rows.length > 0}
        .columns=${columns}
        .compact=${compactRow}
        .rows=${rows}
        .keyOf=${keyOf}
        .sorting=${sorting()}
        .selected=${this.selected}
        .loading=${this.#look.status === TaskStatus.PENDING}
        @sort-changed=${showSorted}
        @selection-changed=${(event: SelectionChanged) => (this.selected = event.keys)}
      >
        ${this.#face()}
      </t-table>
      ${message ? this.#foot(message) : nothing}
    `;
  }

  get #message(): CacheStatisticsMessage | undefined {
    return this.#look.status === TaskStatus.ERROR ? undefined : this.#look.value;
  }

  #figures({ rows }: CacheStatisticsMessage) {
    const sum = (of: (row: CacheRow) => number) => rows.reduce((total, row) => total + of(row), 0);
    const figures: readonly Figure[] = [
      ['Entries', formatNumber(sum(({ entries }) => entries))],
      ['Memory', formatBytes(sum(({ bytes }) => bytes))],
      ['Hits', formatNumber(sum(({ hits }) => hits))],
      ['Hit rate', rateText({ hits: sum(({ hits }) => hits), misses: sum(({ misses }) => misses) })],
    ];
    const count = this.selected.size;
    return html`<figures-strip .figures=${figures}>
      ${
        count > 0
          ? html`<entry-selection
              count=${count}
              @remove=${this.#remove}
              @clear=${() => (this.selected = new Set())}
            ></entry-selection>`
          : nothing
      }
    </figures-strip>`;
  }

  #recently(message: CacheStatisticsMessage) {
    return html`<recent-charts .history=${message} .columns=${recentColumns(message)}></recent-charts>`;
  }

  #face() {
    if (this.#look.status === TaskStatus.ERROR) {
      return failed(`Cannot look at what '${this.path}' keeps.`, () => this.#look.run(), detailOf(this.#look.error));
    }
    if (!this.#message) return nothing;
    return html`<t-face
      icon=${this.object.icon}
      heading="Nothing is in the cache."
      detail="Choose objects on the Associate tab. Their pages are kept from the next visit on."
    >
      <a class="button" href=${addressOf(this.path, 'associate')}>Associate</a>
    </t-face>`;
  }

  #foot({ since }: CacheStatisticsMessage) {
    return html`<p class="foot small quiet">
      Hits and misses are counted by the process that answers here, since ${formatMoment(new Date(since), new Date())},
      and of each page since it was last removed. Recent hits are those of the last 15 minutes. Looked at every
      ${EVERY_MS / 1000} s.
    </p>`;
  }

  async #remove() {
    const paths = [...this.selected];
    if (paths.length === 0) return;
    try {
      flash((await removeEntries(this.path, paths)).line);
      this.selected = new Set();
      await this.#look.run();
    } catch (caught) {
      flashFailure(`Could not remove what '${this.path}' keeps: ${detailOf(caught)}`);
    }
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
      .foot {
        padding: 9px var(--t-edge);
        border-top: 1px solid var(--t-line);
      }
    `,
  ];
}

function sorting() {
  return sortingOf({ column: 'hits', order: 'desc' });
}

function keyOf({ path }: CacheRow): string {
  return path;
}
