import { Task } from '@lit/task';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { sessionStatistics, type LossesMessage, type StatisticsMessage } from '../../schema/endpoints/statistics.ts';
import { detailOf } from '../api/request.ts';
import { call } from '../api/call.ts';
import { HeadAside, Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import '../parts/chart/recent-charts.ts';
import { rateText } from '../parts/chart/series.ts';
import { failed, tryAgainLink } from '../parts/face.ts';
import { formatNumber } from '../parts/format.ts';
import { tableStyles } from '../parts/list/table-styles.ts';
import '../parts/loading.ts';
import { lossesText } from '../parts/losses-text.ts';
import { momentTime } from '../parts/time.ts';
import { RepeatingTask } from '../state/repeating.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { checkedAside, EVERY_MS } from './servers/checked-note.ts';
import { countedRows, hasCounted, statisticsCharts, type CountedRow } from './session-statistics/counted.ts';
import './session-statistics/memory-strip.ts';

/** What happens to the sessions of a container: rates of the last minutes, and all that was counted. */
@customElement('session-statistics-tab')
export class SessionStatisticsTab extends Tab {
  @state() private message: StatisticsMessage | undefined;
  @state() private checkedAt: number | undefined;

  readonly #look = new Task(this, {
    args: () => [this.path] as const,
    task: ([path], { signal }) => call(sessionStatistics, path, { signal }),
    onComplete: (message) => {
      this.message = message;
      this.checkedAt = Date.now();
    },
  });
  readonly #repeating = new RepeatingTask(this, EVERY_MS, this.#look);

  protected override render() {
    const hasFailed = this.#look.error !== undefined;
    if (!this.message) return hasFailed ? this.#failed() : html`<t-loading>Reading what was counted…</t-loading>`;
    return html`
      ${hasFailed ? this.#outOfReach() : nothing}
      ${this.message.memory ? html`<memory-strip .memory=${this.message.memory}></memory-strip>` : nothing}
      ${
        hasCounted(this.message)
          ? html`<recent-charts
              isNamed
              .recent=${this.message}
              .columns=${statisticsCharts(this.message)}
            ></recent-charts>`
          : this.#nothing()
      }
      ${this.#counted(this.message)}
    `;
  }

  protected override updated(_changed: PropertyValues) {
    this.dispatchEvent(new HeadAside(checkedAside(this.checkedAt, this.#repeating.isChecking, this.#repeating.check)));
  }

  #nothing() {
    return html`<t-face
      icon="gauge"
      heading="Nothing was counted yet."
      detail="A session is counted when a page uses it, or the Test tab does."
    >
      <a class="button" href=${addressOf(this.path, 'test')}>Test</a>
    </t-face>`;
  }

  #failed() {
    const why = detailOf(this.#look.error);
    return failed(`Could not read the statistics of '${this.path}': ${why}`, this.#look.error, this.#repeating.check);
  }

  #outOfReach() {
    return html`<t-banner kind="danger" role="alert">
      Could not read the statistics: ${detailOf(this.#look.error)} Below is what was read last.
      ${tryAgainLink(this.#look.error, this.#repeating.check)}
    </t-banner>`;
  }

  #counted(message: StatisticsMessage) {
    return html`<section aria-labelledby="counted">
      <div class="about">
        <h2 id="counted">Counted by this process</h2>
        <p class="quiet">Since ${momentTime(message.since)}. ${message.unseen}</p>
        ${message.losses ? lossesOf(message.losses) : nothing}
      </div>
      <table aria-labelledby="counted">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="end">A minute, now</th>
            <th scope="col" class="end">In all</th>
            <th scope="col" class="meaning">What it means</th>
          </tr>
        </thead>
        <tbody>
          ${countedRows(message).map(rowOf)}
        </tbody>
      </table>
    </section>`;
  }

  static override styles = [
    controls,
    tableStyles,
    css`
      .about {
        padding: 14px var(--t-edge) 12px;
      }
      .about p {
        max-width: 820px;
        margin-top: 2px;
      }
      thead th {
        border-top: 1px solid var(--t-line);
      }
      th:first-child {
        width: 220px;
      }
      th.end {
        width: 130px;
      }
      tbody th {
        height: 36px;
        background: none;
        color: inherit;
        font-size: inherit;
        text-align: start;
      }
      @media (width < 900px) {
        .meaning {
          display: none;
        }
        th:first-child {
          width: auto;
        }
        th.end {
          width: 100px;
        }
        :is(th, td).end {
          padding-right: 0;
        }
        :is(th, td).end + .end {
          width: 72px;
          padding-right: var(--t-edge);
        }
      }
    `,
  ];
}

function lossesOf(losses: LossesMessage) {
  return html`<p class=${losses.lost > 0 ? 'warn' : 'quiet'}>
    ${lossesText(losses)}: read or written by this process, not ended and not
    expired${losses.lost > 0 ? ', and found nowhere' : ''}.
  </p>`;
}

function rowOf({ label, meaning, total, aMinute, isTrouble }: CountedRow) {
  return html`<tr>
    <th scope="row" title=${meaning}>${label}</th>
    <td class="end ${aMinute ? '' : 'faint'}">${aMinute === undefined ? '–' : rateText(aMinute)}</td>
    <td class="end ${total === 0 ? 'faint' : isTrouble ? 'warn' : ''}">${formatNumber(total)}</td>
    <td class="meaning quiet">${meaning}</td>
  </tr>`;
}
