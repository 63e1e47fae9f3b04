import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RecentTimes } from '../../../schema/endpoints/recent.ts';
import { controls } from '../../styles/controls.ts';
import { formatMoment, formatTime } from '../format.ts';
import { tableStyles } from '../list/table-styles.ts';
import './chart.ts';
import type { Line } from './chart.ts';
import { columnStyles } from './column-styles.ts';
import { byStretch, rateText, type Gathering } from './series.ts';

/** A line, and how a minute of it is told in one figure: as its mean, unless something else is said. */
export interface RecentLine extends Line {
  readonly gathering?: Gathering;
}

/** Charts that belong together, one below the other. */
export interface ChartColumn {
  /** Of whom, where there are several: "10.0.0.7:11211". */
  readonly name: string;
  readonly lines: readonly RecentLine[];
}

/** Something that happened, drawn across all charts and named above them. */
export interface Mark {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
  /** Whether something went wrong; so it is, unless said. */
  readonly isTrouble?: boolean;
}

const NAMED = 2;

/** The last minutes as small charts on one axis of time, or the same figures in tables. */
@customElement('recent-charts')
export class RecentCharts extends LitElement {
  @property() heading = 'Last 15 minutes';
  @property({ attribute: false }) recent!: RecentTimes;
  @property({ attribute: false }) columns: readonly ChartColumn[] = [];
  @property({ attribute: false }) marks: readonly Mark[] = [];
  /** Each column has its name above it, also where there is nothing else there that says it. */
  @property({ type: Boolean, reflect: true }) isNamed = false;
  /** What its head would say stands above other charts already. */
  @property({ type: Boolean }) isPlain = false;
  @state() private isTable = false;

  protected override render() {
    return html`
      <div class="head">
        <h2>${this.heading}</h2>
        ${this.#named()} ${this.isPlain ? nothing : this.#beginning()}
        <button class="small" aria-pressed=${String(this.isTable)} @click=${() => (this.isTable = !this.isTable)}>
          Show as table
        </button>
      </div>
      <div class=${this.isTable ? 'tables' : `columns of-${this.columns.length}`}>
        ${this.columns.map((column) => (this.isTable ? this.#table(column) : html`<div>${this.#charts(column)}</div>`))}
      </div>
    `;
  }

  /** The newest of what went wrong. */
  #named() {
    const troubles = this.isPlain ? [] : this.marks.filter(({ isTrouble }) => isTrouble !== false);
    return troubles
      .slice(-NAMED)
      .map(
        ({ at, text }) =>
          html`<p><span class="dash" aria-hidden="true"></span>${text}, ${formatTime(new Date(at))}</p>`,
      );
  }

  /** What is not drawn was not nothing: nobody recorded it. */
  #beginning() {
    const { times, began, from, everyS } = this.recent;
    if (began === null || times.length < 2)
      return html`<p>Recording began just now; the first figures come in ${everyS} s.</p>`;
    return began === from
      ? html`<p>Since ${formatMoment(new Date(began), new Date())}, when recording began.</p>`
      : nothing;
  }

  #charts({ name, lines }: ChartColumn) {
    const { times, from, to } = this.recent;
    const seconds = times.map((time) => Date.parse(time) / 1000);
    const isAlone = this.columns.length === 1;
    return html`
      ${this.isNamed || this.columns.length > 1 ? html`<h3>${name}</h3>` : nothing}
      ${lines.map(
        (line, index) =>
          html`<t-chart
            about=${name}
            .line=${line}
            .times=${seconds}
            .from=${Date.parse(from) / 1000}
            .to=${Date.parse(to) / 1000}
            .marks=${this.marks}
            ?showsTimes=${index >= lines.length - (isAlone ? 2 : 1)}
          ></t-chart>`,
      )}
    `;
  }

  #table({ name, lines }: ChartColumn) {
    const series = lines.map(({ values, gathering = 'mean' }) => ({ values, gathering }));
    return html`<table>
      <caption class="strong">
        ${name}
      </caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          ${lines.map(({ label, unit }) => html`<th scope="col" class="end">${label} <span class="unit">${unit}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${byStretch(this.recent, series).map(
          ({ at, values }) =>
            html`<tr>
              <td class="quiet">${formatMoment(new Date(at), new Date())}</td>
              ${values.map((value, index) => html`<td class="end">${figure(lines[index], value)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  static override styles = [
    controls,
    tableStyles,
    columnStyles,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
        min-height: 46px;
        padding: 8px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      .head p {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      .head button {
        margin-left: auto;
      }
      button[aria-pressed='true'] {
        border-color: var(--t-accent-line);
        background: var(--t-accent-fill);
        color: var(--t-accent);
      }
      .dash {
        display: inline-block;
        width: 16px;
        margin-right: 6px;
        border-top: 1px dashed var(--t-dot-down);
        vertical-align: middle;
      }
      t-chart {
        padding: 10px var(--t-edge) 8px;
      }
      t-chart + t-chart {
        border-top: 1px solid var(--t-line);
      }
      /* One column alone lays its charts two by two. */
      .columns.of-1 {
        grid-template-columns: minmax(0, 1fr);
      }
      .of-1 > div {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        border-right: 0;
      }
      .of-1 h3 {
        grid-column: 1 / -1;
      }
      .of-1 t-chart:nth-of-type(2) {
        border-top: 0;
      }
      .of-1 t-chart:nth-of-type(even) {
        border-left: 1px solid var(--t-line);
      }
      h3 {
        display: none;
        padding: 10px var(--t-edge) 0;
      }
      :host([isNamed]) h3 {
        display: block;
      }
      caption {
        padding: 10px var(--t-edge);
        text-align: start;
      }
      th,
      td {
        height: 28px;
        padding-right: 8px;
      }
      th {
        height: 44px;
        line-height: 16px;
      }
      .unit {
        display: block;
        font-weight: 400;
      }
      :is(th, td).end {
        padding-right: 8px;
      }
      :is(th, td).end:last-child {
        padding-right: var(--t-edge);
      }
      @media (width < 1200px) {
        h3 {
          display: block;
        }
      }
      @media (width < 900px) {
        .of-1 > div {
          grid-template-columns: minmax(0, 1fr);
        }
        .of-1 t-chart:nth-of-type(2) {
          border-top: 1px solid var(--t-line);
        }
        .of-1 t-chart:nth-of-type(even) {
          border-left: 0;
        }
        .head h2 {
          flex: 1;
        }
        .head p {
          flex-basis: 100%;
          order: 1;
        }
      }
    `,
  ];
}

function figure(line: RecentLine | undefined, value: number | null): string {
  return value === null ? '–' : (line?.format ?? rateText)(value);
}
