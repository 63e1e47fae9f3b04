import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MemoryMessage } from '../../../schema/endpoints/statistics.ts';
import '../../parts/bar.ts';
import { fact } from '../../parts/fact.ts';
import { formatBytes, formatNumber } from '../../parts/format.ts';
import { controls } from '../../styles/controls.ts';
import { memoryText } from '../servers/server-words.ts';

/** How full the memory of the process is that sessions are in, and who had to make room. */
@customElement('memory-strip')
export class MemoryStrip extends LitElement {
  @property({ attribute: false }) memory!: MemoryMessage;

  protected override render() {
    const { usedBytes, limitBytes, newBytes, evictions, refusals, state } = this.memory;
    const share = usedBytes / limitBytes;
    const kind = state === 'ok' ? 'ok' : 'warn';
    return html`
      <div class="use">
        <dl>
          <dt>Memory</dt>
          <dd class=${kind}>${memoryText({ bytes: usedBytes, limitBytes })}, ${Math.floor(share * 100)} %</dd>
        </dl>
        <t-bar kind=${kind} .share=${share}></t-bar>
      </div>
      <dl class="counts">
        ${fact('Would make room', formatBytes(newBytes))} ${fact('Made room', formatNumber(evictions), evictions > 0)}
        ${fact('Refused', formatNumber(refusals), refusals > 0)}
      </dl>
      <p class="small quiet">
        When full, sessions that no browser came back to make room, the largest first; then new ones are refused.
      </p>
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 32px;
        padding: 12px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
        font-variant-numeric: tabular-nums;
      }
      .use {
        flex: 0 1 320px;
      }
      .use dl {
        display: flex;
        justify-content: space-between;
        margin-bottom: 6px;
        line-height: 20px;
      }
      dt {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
      }
      dd {
        font-size: var(--t-size-small);
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
      }
      .counts div {
        display: flex;
        gap: 4px;
      }
      p {
        flex-basis: 100%;
      }
      @media (width < 640px) {
        .use {
          flex-basis: 100%;
        }
      }
    `,
  ];
}
