import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ServerMessage } from '../../../schema/endpoints/servers.ts';
import '../../parts/bar.ts';
import '../../parts/dot.ts';
import { fact } from '../../parts/fact.ts';
import { formatDuration, formatTime } from '../../parts/format.ts';
import { clockTime } from '../../parts/time.ts';
import { Ticking } from '../../state/repeating.ts';
import { controls } from '../../styles/controls.ts';
import {
  aboutProcess,
  clockSentence,
  countText,
  hitRate,
  isTight,
  latencyText,
  memoryOf,
  memoryText,
  restartText,
  shareOf,
  whenFull,
  type Memory,
} from './server-words.ts';

const SEVERAL = 'This address leads to several servers, and a browser has a session on each. Name each of them.';

/** What is still known of a server that is down, and from when. */
export interface LastKnown {
  readonly memory: Memory;
  readonly at: number;
}

/** One server of a proxy. A down one keeps its place: dashes, since when, and its last known memory. Sends `check`. */
@customElement('server-column')
export class ServerColumn extends LitElement {
  @property({ attribute: false }) server!: ServerMessage;
  @property({ attribute: false }) lastKnown: LastKnown | undefined;
  /** When all are asked again, in milliseconds since 1970; `undefined` while they are being asked. */
  @property({ attribute: false }) nextCheck: number | undefined;

  constructor() {
    super();
    new Ticking(this);
  }

  protected override render() {
    const { server } = this;
    const unit = (value: string | undefined, text: string) =>
      value === undefined ? '–' : html`${value}<span class="unit"> ${text}</span>`;
    return html`
      <div class="head">
        <h2><t-dot state=${server.up ? 'ok' : 'down'}>${server.address}</t-dot></h2>
        <p class=${server.up ? 'up' : 'danger'}>
          ${server.up ? 'Up' : 'Down'}${server.error ? html`<span>, ${server.error}</span>` : nothing}
        </p>
        <p class="about">${server.up ? aboutProcess(server) : this.#since()}</p>
      </div>
      <div>
        <dl class="figures">
          ${fact('Latency', unit(latencyText(server), 'ms'))} ${fact('Hit rate', unit(hitRate(server), '%'))}
          ${fact(
            'Evictions',
            server.evictions === null ? '–' : unit(countText(server.evictions), 'in all'),
            (server.evictions ?? 0) > 0,
          )}
        </dl>
        ${this.#memory()} ${server.up ? this.#counts() : this.#again()} ${this.#whenFull()}
        ${this.#warning(restartText(server, Date.now()))} ${this.#warning(clockSentence(server))}
        ${this.#warning(server.isSeveral ? SEVERAL : undefined)}
        ${this.#warning(server.sameAs ? `This is the same server as ${server.sameAs}: name it once.` : undefined)}
      </div>
    `;
  }

  #since() {
    const { downSince } = this.server;
    return downSince === null ? nothing : html`since ${clockTime(downSince)}`;
  }

  #memory() {
    const { server, lastKnown } = this;
    const memory = memoryOf(server);
    const isWarning = isTight(server);
    return html`
      <dl class="memory">
        <dt>Memory</dt>
        <dd class=${memory ? (isWarning ? 'warn' : '') : 'quiet'}>${this.#memoryText(memory, lastKnown)}</dd>
      </dl>
      <t-bar kind=${isWarning ? 'warn' : 'ok'} .share=${memory && shareOf(memory)}></t-bar>
    `;
  }

  #memoryText(memory: Memory | undefined, lastKnown: LastKnown | undefined): string {
    if (memory) return `${memoryText(memory)}, ${Math.floor(shareOf(memory) * 100)} %`;
    return lastKnown ? `${memoryText(lastKnown.memory)} at ${formatTime(new Date(lastKnown.at))}` : '–';
  }

  #counts() {
    const { items, connections, refusals } = this.server;
    return html`<dl class="counts">
      ${fact('Items', countText(items))} ${fact('Connections', countText(connections))}
      ${fact('Refusals', countText(refusals), (refusals ?? 0) > 0)}
    </dl>`;
  }

  #again() {
    const seconds = this.nextCheck === undefined ? 0 : (this.nextCheck - Date.now()) / 1000;
    return html`<div class="again">
      <span class="quiet">${seconds > 0 ? `Next try in ${formatDuration(Math.ceil(seconds))}` : 'Trying…'}</span>
      <button
        class="link"
        aria-label="Try now: ${this.server.address}"
        @click=${() => this.dispatchEvent(new Event('check'))}
      >
        Try now
      </button>
    </div>`;
  }

  #whenFull() {
    const sentence = whenFull(this.server);
    return sentence ? html`<p class="full small quiet">${sentence}.</p>` : nothing;
  }

  #warning(sentence: string | undefined) {
    return sentence ? html`<t-dot class="warning warn" state="warn">${sentence}</t-dot>` : nothing;
  }

  static override styles = [
    controls,
    css`
      /* Two rows of the list of servers, so that figures stand in line where one head takes two lines. */
      :host {
        display: grid;
        grid-row: span 2;
        grid-template-rows: subgrid;
        padding: 14px var(--t-edge) 16px;
        font-variant-numeric: tabular-nums;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        column-gap: 8px;
      }
      h2 {
        font-size: var(--t-size-result);
        overflow-wrap: anywhere;
      }
      .up {
        color: var(--t-accent);
      }
      .about {
        flex: 1;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        text-align: end;
        white-space: nowrap;
      }
      dt {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      .figures {
        display: grid;
        grid-template-columns: repeat(3, 1fr);
        margin-top: 12px;
      }
      .figures dd {
        height: 26px;
        font-size: var(--t-size-figure);
        font-weight: 500;
        line-height: 26px;
      }
      .unit {
        white-space: pre;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        font-weight: 400;
      }
      .warn .unit {
        color: inherit;
      }
      .memory {
        display: flex;
        justify-content: space-between;
        margin: 12px 0 6px;
      }
      .memory dt {
        line-height: 20px;
      }
      .memory dd {
        font-size: var(--t-size-small);
      }
      .counts,
      .again {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin-top: 10px;
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      .counts div {
        display: flex;
        gap: 4px;
      }
      .again {
        justify-content: space-between;
      }
      .again button {
        font-size: inherit;
        line-height: inherit;
      }
      .full {
        margin-top: 8px;
      }
      .warning {
        align-items: baseline;
        margin-top: 8px;
        font-size: var(--t-size-small);
        line-height: 16px;
      }
    `,
  ];
}
