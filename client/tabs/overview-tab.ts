import { Task } from '@lit/task';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { recent, type RecentMessage } from '../../schema/endpoints/recent.ts';
import { call } from '../api/call.ts';
import { detailOf } from '../api/request.ts';
import { HeadAside, Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import '../parts/chart/recent-charts.ts';
import '../parts/dot.ts';
import { failed, tryAgainLink } from '../parts/face.ts';
import '../parts/loading.ts';
import { segments, segmentStyles } from '../parts/segments.ts';
import { route, setQuery } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { RepeatingTask } from '../state/repeating.ts';
import { controls } from '../styles/controls.ts';
import './overview/happenings.ts';
import { healthOf } from './overview/health.ts';
import { chartsOfServers, sessionCharts } from './overview/overview-charts.ts';
import { lastWords, SPANS, spanOf, type RecentSpan } from './overview/spans.ts';
import { checkedAside } from './servers/checked-note.ts';
import { marksOf } from './servers/server-charts.ts';

/** Points are no closer. */
const EVERY_MS = 10_000;

/** How sessions and servers were over a span of time, of a container, a proxy, or the whole site. */
@customElement('overview-tab')
export class OverviewTab extends Tab {
  @state() private message: RecentMessage | undefined;
  /** The span that the message is of. */
  @state() private shown: RecentSpan | undefined;
  @state() private checkedAt: number | undefined;

  readonly #look = new Task(this, {
    args: () => [this.path, this.#span.id] as const,
    task: async ([path], { signal }) => {
      const span = this.#span;
      const from = new Date(Date.now() - span.seconds * 1000).toISOString();
      return { span, message: await call(recent, path, { signal, query: { from } }) };
    },
    onComplete: ({ span, message }) => {
      this.message = message;
      this.shown = span;
      this.checkedAt = Date.now();
    },
  });
  readonly #repeating = new RepeatingTask(this, EVERY_MS, this.#look);

  constructor() {
    super();
    new Watch(this, route);
  }

  protected override render() {
    return html`
      <div class="toolbar">${segments('Span of time', SPANS, this.#span.id, (span) => setQuery({ span }))}</div>
      ${this.#content()}
    `;
  }

  protected override updated(_changed: PropertyValues) {
    const aside = checkedAside(this.checkedAt, this.#repeating.isChecking, this.#repeating.check, EVERY_MS);
    this.dispatchEvent(new HeadAside(aside));
  }

  get #span(): RecentSpan {
    return spanOf(route.get().query.get('span'));
  }

  #content() {
    const hasFailed = this.#look.error !== undefined;
    const { message, shown } = this;
    if (!message || !shown) return hasFailed ? this.#failed() : html`<t-loading>Reading what was recorded…</t-loading>`;
    return html`
      ${hasFailed ? this.#outOfReach() : nothing} ${this.#health(message, shown)}
      ${message.times.length > 0 ? this.#charts(message, shown) : nothing}
      <recent-happenings .marks=${message.marks}></recent-happenings>
    `;
  }

  #health(message: RecentMessage, shown: RecentSpan) {
    const { state: health, text } = healthOf(message, shown, new Date());
    return html`<section class="health" aria-labelledby="health">
      <h2 id="health">Are sessions healthy?</h2>
      <t-dot state=${health}><p>${text}</p></t-dot>
    </section>`;
  }

  #charts(message: RecentMessage, shown: RecentSpan) {
    const servers = chartsOfServers(message);
    return html`
      <recent-charts
        isNamed
        heading="Sessions, ${lastWords(shown).toLowerCase()}"
        .recent=${message}
        .columns=${sessionCharts(message)}
        .marks=${marksOf(message)}
      ></recent-charts>
      ${
        servers.length === 0
          ? nothing
          : html`<recent-charts
              isNamed
              isPlain
              heading="Servers, ${lastWords(shown).toLowerCase()}"
              .recent=${message}
              .columns=${servers}
              .marks=${marksOf(message)}
            ></recent-charts>`
      }
    `;
  }

  #failed() {
    const why = detailOf(this.#look.error);
    return failed(
      `Could not read what was recorded of '${this.path}': ${why}`,
      this.#look.error,
      this.#repeating.check,
    );
  }

  #outOfReach() {
    return html`<t-banner kind="danger" role="alert">
      Could not read what was recorded: ${detailOf(this.#look.error)} Below is what was read last.
      ${tryAgainLink(this.#look.error, this.#repeating.check)}
    </t-banner>`;
  }

  static override styles = [
    controls,
    segmentStyles,
    css`
      .toolbar {
        display: flex;
        align-items: center;
        min-height: 52px;
        padding: 0 var(--t-edge);
        border-bottom: 1px solid var(--t-line);
        overflow-x: auto;
      }
      .segments button {
        white-space: nowrap;
      }
      .health {
        padding: 14px var(--t-edge) 14px;
        border-bottom: 1px solid var(--t-line);
      }
      .health p {
        max-width: 820px;
        overflow-wrap: anywhere;
      }
      .health t-dot {
        align-items: baseline;
        margin-top: 4px;
      }
      recent-charts {
        display: block;
      }
      @media (width < 640px) {
        .toolbar {
          padding-block: 8px;
        }
        .segments button {
          padding-inline: 8px;
        }
      }
    `,
  ];
}
