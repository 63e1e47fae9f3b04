import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RecentMark } from '../../../schema/endpoints/recent.ts';
import { formatDuration } from '../../parts/format.ts';
import '../../parts/dot.ts';
import type { DotState } from '../../parts/dot.ts';
import { tableStyles } from '../../parts/list/table-styles.ts';
import { momentTime } from '../../parts/time.ts';
import { addressOf } from '../../state/route.ts';
import { controls } from '../../styles/controls.ts';

const SHOWN = 50;

const STATES: Readonly<Record<RecentMark['kind'], DotState>> = {
  down: 'down',
  lost: 'down',
  restarted: 'warn',
  started: 'ok',
  ended: 'off',
  changed: 'off',
};

/** What happened in a span, the newest first: when, what, and who did it. */
@customElement('recent-happenings')
export class RecentHappenings extends LitElement {
  @property({ attribute: false }) marks: readonly RecentMark[] = [];

  protected override render() {
    if (this.marks.length === 0) return nothing;
    const shown = this.marks.slice(-SHOWN).toReversed();
    const left = this.marks.length - shown.length;
    return html`
      <h2 id="happened">What happened</h2>
      <table aria-labelledby="happened">
        <thead>
          <tr>
            <th scope="col" class="when">When</th>
            <th scope="col">What</th>
            <th scope="col" class="who">Who</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (mark) =>
              html`<tr>
                <td class="quiet when">${momentTime(mark.at)}</td>
                <td><t-dot state=${STATES[mark.kind]}>${this.#words(mark)}</t-dot></td>
                <td class="quiet who">${mark.by ?? ''}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${left > 0 ? html`<p class="quiet">The newest ${SHOWN}; ${left} more came before.</p>` : nothing}
    `;
  }

  #words({ kind, text, about, at, until, by }: RecentMark) {
    if (kind === 'changed') {
      const whose = html`<a href=${addressOf(about)}>${about}</a>`;
      return html`<span>${whose}: ${text}${by === null ? nothing : html`<span class="by"> by ${by}</span>`}</span>`;
    }
    const lasted = until === null ? '' : ` for ${formatDuration((Date.parse(until) - Date.parse(at)) / 1000)}`;
    return html`<span>${text}${lasted}</span>`;
  }

  static override styles = [
    controls,
    tableStyles,
    css`
      h2 {
        padding: 14px var(--t-edge) 10px;
      }
      thead th {
        border-top: 1px solid var(--t-line);
      }
      /* In a sentence, colour alone would not tell it from the words beside it. */
      td a {
        text-decoration: underline;
      }
      .when {
        width: 150px;
      }
      .who {
        width: 160px;
      }
      .by {
        display: none;
      }
      td {
        height: 36px;
        padding-block: 6px;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      p {
        padding: 10px var(--t-edge);
      }
      @media (width < 640px) {
        .who {
          display: none;
        }
        .by {
          display: inline;
        }
        .when {
          width: 96px;
        }
      }
    `,
  ];
}
