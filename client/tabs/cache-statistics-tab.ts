import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import {
  cacheStatistics,
  removeEntries,
  type CacheRow,
  type CacheStatisticsMessage,
} from '../../schema/endpoints/caches.ts';
import { attempt } from '../api/attempt.ts';
import { call } from '../api/call.ts';
import { Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import '../parts/chart/recent-charts.ts';
import '../parts/face.ts';
import { formatBytes, formatMoment, formatNumber } from '../parts/format.ts';
import '../parts/list/figures-strip.ts';
import type { Figure } from '../parts/list/figures-strip.ts';
import { ListController } from '../parts/list/list-controller.ts';
import { flash } from '../state/flash.ts';
import { Repeating } from '../state/repeating.ts';
import { addressOf } from '../state/route.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import { columns, compactRow } from './caches/columns.ts';
import { rateText, recentColumns, sorted } from './caches/hit-rate.ts';

const EVERY_MS = 3_000;

/** What a cache manager keeps, and how often it was found. Asked for again and again while it is looked at. */
@customElement('cache-statistics-tab')
export class CacheStatisticsTab extends Tab {
  readonly #list = new ListController<CacheStatisticsMessage, CacheRow>(this, {
    args: () => [this.object],
    load: (_, signal) => call(cacheStatistics, this.object.path, { signal }),
    rowsOf: ({ rows }, query) => sorted(rows, query),
    keyOf: ({ path }) => path,
    sorting: { column: 'hits', order: 'desc' },
    isWhole: true,
  });

  constructor() {
    super();
    new Repeating(this, EVERY_MS, () => this.#list.answer && !this.#list.isLoading && this.#list.refresh());
    new Shortcuts(this, [{ key: 'Delete', label: 'Remove what is selected', run: () => void this.#remove() }]);
  }

  /** What stands above the table is known with it. */
  protected override willUpdate() {
    this.toggleAttribute('unknown', !this.#list.isAnswered);
  }

  protected override render() {
    const { answer, rows } = this.#list;
    return html`
      ${answer?.trouble ? html`<t-banner kind="warning">${answer.trouble}</t-banner>` : nothing}
      ${answer ? this.#figures(answer) : nothing} ${answer && rows.length > 0 ? this.#recently(answer) : nothing}
      ${this.#list.table({
        label: `What ${this.object.id} keeps`,
        loadingText: `Looking at what ${this.object.id} keeps…`,
        isSelectable: rows.length > 0,
        columns,
        compact: compactRow,
        faces: {
          failed: (why) => ({ heading: `Cannot look at what '${this.path}' keeps.`, detail: why }),
          none: () => this.#none(),
        },
      })}
      ${answer ? this.#foot(answer) : nothing}
    `;
  }

  #figures({ rows }: CacheStatisticsMessage) {
    const sum = (of: (row: CacheRow) => number) => rows.reduce((total, row) => total + of(row), 0);
    const figures: readonly Figure[] = [
      ['Entries', formatNumber(sum(({ entries }) => entries))],
      ['Memory', formatBytes(sum(({ bytes }) => bytes))],
      ['Hits', formatNumber(sum(({ hits }) => hits))],
      ['Hit rate', rateText({ hits: sum(({ hits }) => hits), misses: sum(({ misses }) => misses) })],
    ];
    return html`<figures-strip .figures=${figures}>
      ${this.#list.selectionBar('Selected entries', [{ icon: 'trash-2', label: 'Remove', run: () => this.#remove() }])}
    </figures-strip>`;
  }

  #recently(message: CacheStatisticsMessage) {
    return html`<recent-charts .recent=${message} .columns=${recentColumns(message)}></recent-charts>`;
  }

  #none() {
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
    const paths = [...this.#list.selected];
    if (paths.length === 0) return;
    await attempt(`Could not remove what '${this.path}' keeps`, async () => {
      flash((await call(removeEntries, this.path, { paths })).line);
      this.#list.clear();
      await this.#list.again();
    });
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }
      :host([unknown]) t-table {
        visibility: hidden;
      }
      t-table {
        flex: 1;
      }
      figures-strip:has(selection-bar) {
        position: sticky;
        z-index: 3;
        top: 0;
        background: var(--t-canvas);
      }
      figures-strip:has(selection-bar) ~ t-table {
        --head-top: 58px;
      }
      .foot {
        padding: 9px var(--t-edge);
        border-top: 1px solid var(--t-line);
      }
    `,
  ];
}
