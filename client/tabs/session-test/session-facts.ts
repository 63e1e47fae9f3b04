import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionAbout } from '../../../schema/messages/sessions.ts';
import { formatBytes, formatDuration, formatExact } from '../../parts/format.ts';
import { Ticking } from '../../state/repeating.ts';
import { controls } from '../../styles/controls.ts';

/** The age of a session, how long it has left, its size, and who keeps it. */
@customElement('session-facts')
export class SessionFacts extends LitElement {
  @property({ attribute: false }) about!: SessionAbout;
  @property() keptBy = '';

  constructor() {
    super();
    new Ticking(this);
  }

  protected override render() {
    const { created, expires, bytes, maxBytes } = this.about;
    return html`<dl>
      ${this.#fact('Session age', this.#span(created, -1))}
      ${this.#fact('Expires in', expires === null ? 'never' : this.#span(expires, 1))}
      ${this.#fact('Size', `${formatBytes(bytes)} of ${formatBytes(maxBytes)}`)} ${this.#fact('Kept by', this.keptBy)}
    </dl>`;
  }

  #span(iso: string, direction: 1 | -1) {
    const time = new Date(iso);
    const seconds = ((time.getTime() - Date.now()) / 1000) * direction;
    return html`<time datetime=${iso} title=${formatExact(time)}>${formatDuration(seconds)}</time>`;
  }

  #fact(label: string, value: unknown) {
    return html`<div>
      <dt>${label}</dt>
      <dd>${value}</dd>
    </div>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        border-bottom: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      dl {
        display: flex;
        font-variant-numeric: tabular-nums;
      }
      div {
        flex: 1 1 auto;
        padding: 9px 14px 8px;
      }
      div:first-child {
        padding-left: var(--t-edge);
      }
      div:last-child {
        flex-grow: 2;
        padding-right: var(--t-edge);
        overflow-wrap: anywhere;
      }
      div + div {
        border-left: 1px solid var(--t-line);
      }
      dt {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      dd {
        font-weight: 500;
      }
      @media (width < 900px) {
        dl {
          display: grid;
          grid-template-columns: 1fr 1fr;
        }
        div,
        div:first-child {
          padding-inline: var(--t-edge);
        }
        div:nth-child(odd) {
          border-left: 0;
        }
        div:nth-child(n + 3) {
          border-top: 1px solid var(--t-line);
        }
      }
    `,
  ];
}
