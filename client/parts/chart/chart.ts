import { LitElement, css, html, nothing, unsafeCSS, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import uPlot from 'uplot';
import plotStyles from 'uplot/dist/uPlot.min.css?inline';
import type { Series } from '../../../schema/endpoints/recent.ts';
import { Watch } from '../../state/observable.ts';
import { isDark } from '../../state/theme.ts';
import { controls } from '../../styles/controls.ts';
import { formatTime } from '../format.ts';
import { Width } from '../width.ts';
import { lastOf, rateText } from './series.ts';

/** `ok` is the line that matters most, and filled; `warn` is one that ought to stay at zero. */
export type LineKind = 'ok' | 'quiet' | 'warn';

/** What one chart shows. Values are in the unit that it names. */
export interface Line {
  readonly label: string;
  readonly unit: string;
  readonly kind: LineKind;
  readonly values: Series;
  /** The top of the scale. */
  readonly top: number;
  readonly format?: (value: number) => string;
}

interface ChartMark {
  readonly at: number;
  readonly isTrouble?: boolean;
}

const DAY_S = 24 * 60 * 60;
const HEIGHT = 84;
const GUTTER = 46;
const DOT = 2.5;

/** One line over the last minutes: top and zero, the newest value in figures. Under the pointer, the value of that time. */
@customElement('t-chart')
export class Chart extends LitElement {
  @property({ attribute: false }) line!: Line;
  /** Of whom or what, for who cannot see the line: "10.0.0.7:11211". */
  @property() about = '';
  /** For each value, in seconds since 1970. */
  @property({ attribute: false }) times: readonly number[] = [];
  @property({ attribute: false }) from = 0;
  @property({ attribute: false }) to = 0;
  /** When something happened, in milliseconds since 1970, and whether it went wrong. */
  @property({ attribute: false }) marks: readonly ChartMark[] = [];
  @property({ type: Boolean }) showsTimes = false;
  @state() private pointedAt: number | null = null;
  @query('.plot') private plot!: HTMLElement;
  @query('.ink') private ink!: HTMLElement;
  #uplot: uPlot | undefined;

  constructor() {
    super();
    new Watch(this, isDark);
    new Width(this);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#uplot?.destroy();
    this.#uplot = undefined;
  }

  protected override render() {
    const { label, unit, top } = this.line;
    return html`<figure>
      <figcaption>
        <span class="strong">${label}</span> <span class="small quiet">${unit}</span>
        ${this.#figure()}
      </figcaption>
      <div class="area" role="img" aria-label=${this.#inWords()}>
        <div class="plot"></div>
        <span class="top">${this.#text(top)}</span><span class="zero">0</span>
      </div>
      ${this.showsTimes ? this.#times() : nothing}
      <span class="ink ${this.#isZero ? 'quiet' : this.line.kind}"></span>
    </figure>`;
  }

  protected override updated(changed: PropertyValues) {
    const width = Math.floor(this.plot.clientWidth);
    if (width === 0) return;
    if (this.#uplot === undefined) {
      this.#uplot = new uPlot(this.#options(width), this.#data(), this.plot);
      return;
    }
    if (changed.has('times') || changed.has('line')) this.#uplot.setData(this.#data());
    if (this.#uplot.width === width) this.#uplot.redraw();
    else this.#uplot.setSize({ width, height: HEIGHT });
  }

  #figure() {
    const { values, kind } = this.line;
    const index = this.pointedAt;
    const value = index === null ? lastOf(values) : (values[index] ?? undefined);
    const time = index === null ? undefined : new Date((this.times[index] ?? 0) * 1000);
    const look = value ? (kind === 'warn' ? 'warn' : '') : 'faint';
    return html`<span class="figure">
      ${time === undefined ? nothing : html`<span class="small quiet">${formatTime(time)}</span>`}
      <span class="strong ${look}">${this.#text(value)}</span>
    </span>`;
  }

  #times() {
    const at = (share: number) => timeWords(this.from + (this.to - this.from) * share, this.to - this.from);
    const isNow = Date.now() / 1000 - this.to < NOW_S;
    return html`<p class="times" aria-hidden="true">
      <span>${at(0)}</span><span>${at(1 / 3)}</span><span>${at(2 / 3)}</span><span>${isNow ? 'now' : at(1)}</span>
    </p>`;
  }

  #inWords(): string {
    const { label, unit, values } = this.line;
    const known = values.flatMap((value) => value ?? []);
    const what = [label, unit, this.about && `of ${this.about}`].filter(Boolean).join(' ');
    if (known.length === 0) return `${what}: nothing is known yet`;
    const [least, most] = [Math.min(...known), Math.max(...known)].map((value) => this.#text(value));
    return `${what}: ${this.#text(lastOf(values))} now, between ${least} and ${most} as far as it is known`;
  }

  #text(value: number | undefined): string {
    return value === undefined ? '–' : (this.line.format ?? rateText)(value);
  }

  get #isZero(): boolean {
    return this.line.kind === 'warn' && this.line.values.every((value) => !value);
  }

  #data(): uPlot.AlignedData {
    return [[...this.times], [...this.line.values]];
  }

  #options(width: number): uPlot.Options {
    const ink = () => getComputedStyle(this.ink);
    return {
      width,
      height: HEIGHT,
      padding: [4, 4, 4, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, sync: { key: 'recent' } },
      scales: { x: { range: () => [this.from, this.to] }, y: { range: () => [0, this.line.top] } },
      axes: [{ show: false }, { show: false }],
      series: [
        {},
        {
          width: 1.5,
          points: { show: false },
          stroke: () => ink().color,
          fill: () => (this.line.kind === 'ok' ? ink().backgroundColor : 'transparent'),
        },
      ],
      hooks: {
        drawClear: [(plot) => drawScale(plot, ink())],
        draw: [(plot) => this.#drawOver(plot, ink())],
        setCursor: [(plot) => (this.pointedAt = plot.cursor.idx ?? null)],
      },
    };
  }

  /** The newest value as a dot, and what happened as lines. */
  #drawOver({ ctx, bbox, valToPos }: uPlot, ink: CSSStyleDeclaration): void {
    const [time, value] = [this.times.at(-1), lastOf(this.line.values)];
    ctx.save();
    if (time !== undefined && value !== undefined) {
      ctx.fillStyle = ink.color;
      ctx.beginPath();
      ctx.arc(valToPos(time, 'x', true), valToPos(value, 'y', true), DOT * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    // What went wrong is drawn last, over what is only of interest.
    for (const isTrouble of [false, true]) {
      ctx.strokeStyle = isTrouble ? ink.outlineColor : ink.borderBottomColor;
      const alike = this.marks.filter((mark) => (mark.isTrouble ?? true) === isTrouble);
      for (const { at } of alike) lineTo(ctx, valToPos(at / 1000, 'x', true), bbox.top, 0, bbox.height);
    }
    ctx.restore();
  }

  static override styles = [
    controls,
    unsafeCSS(plotStyles),
    css`
      figure {
        margin: 0;
      }
      figcaption {
        display: flex;
        align-items: baseline;
        gap: 8px;
      }
      .figure {
        display: flex;
        align-items: baseline;
        gap: 8px;
        margin-left: auto;
        font-variant-numeric: tabular-nums;
      }
      .area {
        position: relative;
        height: ${HEIGHT}px;
        padding-right: ${GUTTER}px;
      }
      .plot {
        height: 100%;
        overflow: hidden;
      }
      .top,
      .zero {
        position: absolute;
        right: 0;
        width: ${GUTTER - 8}px;
        color: var(--t-quiet);
        font-size: var(--t-size-group);
        line-height: 12px;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .top {
        top: 0;
      }
      .zero {
        bottom: -1px;
      }
      .times {
        display: flex;
        justify-content: space-between;
        margin-right: ${GUTTER}px;
        color: var(--t-quiet);
        font-size: var(--t-size-group);
        line-height: 16px;
        font-variant-numeric: tabular-nums;
      }
      .u-vt .u-cursor-x,
      .u-hz .u-cursor-x {
        border-right: 1px solid var(--t-line-strong);
      }
      /* The colours of the canvas, for getComputedStyle: line, ground, scale and marks. */
      .ink {
        display: none;
        border-color: var(--t-line);
        border-bottom-color: var(--t-line-strong);
        outline-color: var(--t-dot-down);
        background-color: var(--t-accent-fill);
        color: var(--t-quiet);
      }
      .ink.ok {
        color: var(--t-dot-ok);
      }
      .ink.warn {
        color: var(--t-dot-warn);
      }
    `,
  ];
}

/** What ended so short a time ago ends now. */
const NOW_S = 120;
const FEW_MINUTES_S = 300;

/** `28 Nov` where it is longer than a day, `14:02` within one, `14:02:10` within some minutes. */
function timeWords(seconds: number, spanS: number): string {
  const date = new Date(seconds * 1000);
  if (spanS > DAY_S + NOW_S) return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  const isShort = spanS < FEW_MINUTES_S;
  return date.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(isShort && { second: '2-digit' }),
  });
}

/** A dashed line at the top of the scale, and one at zero. */
function drawScale({ ctx, bbox }: uPlot, ink: CSSStyleDeclaration): void {
  ctx.save();
  ctx.strokeStyle = ink.borderTopColor;
  ctx.lineWidth = devicePixelRatio;
  lineTo(ctx, bbox.left, bbox.top + bbox.height, bbox.width, 0);
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  lineTo(ctx, bbox.left, bbox.top, bbox.width, 0);
  ctx.restore();
}

function lineTo(ctx: CanvasRenderingContext2D, x: number, y: number, dx: number, dy: number): void {
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + dx, y + dy);
  ctx.stroke();
}
