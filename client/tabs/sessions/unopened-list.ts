import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UnopenedRow } from '../../../schema/endpoints/sessions.ts';
import { ObjectChanged } from '../../model/changes.ts';
import { plural } from '../../parts/format.ts';
import { foldedList } from '../../parts/list/list-page.ts';
import '../../parts/until.ts';
import { controls } from '../../styles/controls.ts';

/** Records that cannot be opened, why, and a way to end each. Nothing is drawn where there is none. */
@customElement('unopened-list')
export class UnopenedList extends LitElement {
  @property() path = '/';
  @property({ attribute: false }) rows: readonly UnopenedRow[] = [];

  protected override render() {
    if (this.rows.length === 0) return nothing;
    return html`<details>
      <summary>${plural(this.rows.length, 'record')} that cannot be opened</summary>
      <ul aria-label="Records that cannot be opened">
        ${this.rows.map((row) => this.#line(row))}
      </ul>
    </details>`;
  }

  #line(row: UnopenedRow) {
    const { key, why, expires, server } = row;
    return html`<li>
      <p>
        <span class="mono">${key.slice(0, 6)}…</span>${server === null ? '' : ` on ${server}`}, expires in
        <t-until .time=${expires}></t-until>. ${why}
      </p>
      <button class="small danger-text" aria-label="End ${key.slice(0, 6)}…" @click=${() => void this.#end(row)}>
        End…
      </button>
    </li>`;
  }

  async #end(row: UnopenedRow) {
    const { endUnopened } = await import('./end-sessions.ts');
    if (await endUnopened(this.path, row)) this.dispatchEvent(new ObjectChanged());
  }

  static override styles = [
    controls,
    foldedList,
    css`
      li {
        display: flex;
        gap: 12px;
        align-items: start;
        padding: 4px 0 4px 14px;
      }
      p {
        flex: 1;
        min-width: 0;
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
}
