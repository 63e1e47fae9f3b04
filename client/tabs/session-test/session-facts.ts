import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionAbout } from '../../../schema/endpoints/session-test.ts';
import { fact } from '../../parts/fact.ts';
import { formatBytes, formatDuration, formatExact } from '../../parts/format.ts';
import '../../parts/until.ts';
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
      ${fact('Session age', this.#age(created))} ${fact('Expires in', html`<t-until .time=${expires}></t-until>`)}
      ${fact('Size', `${formatBytes(bytes)} of ${formatBytes(maxBytes)}`)} ${fact('Kept by', this.keptBy)}
    </dl>`;
  }

  #age(created: string) {
    const time = new Date(created);
    const seconds = (Date.now() - time.getTime()) / 1000;
    return html`<time datetime=${created} title=${formatExact(time)}>${formatDuration(seconds)}</time>`;
  }

  static override styles = [
    controls,
    css`
      :host {
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
