import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { listReveals, type RevealMessage, type RevealsMessage } from '../../../schema/endpoints/reveals.ts';
import { call } from '../../api/call.ts';
import '../../parts/ago.ts';
import { plural } from '../../parts/format.ts';
import { ListController } from '../../parts/list/list-controller.ts';
import { foldedList } from '../../parts/list/list-page.ts';
import { controls } from '../../styles/controls.ts';

/** Who looked at what is obscured here. Nothing is drawn while nobody has. */
@customElement('reveal-list')
export class RevealList extends LitElement {
  @property() path = '/';
  /** Only of this session, or of this key on a server; `undefined`: of all. */
  @property({ attribute: false }) key: string | undefined;
  /** Asks again whenever it changes. */
  @property({ attribute: false }) version: unknown;

  readonly #list = new ListController<RevealsMessage, RevealMessage>(this, {
    args: () => [this.path, this.key, this.version],
    load: (_, signal) => call(listReveals, this.path, { query: { key: this.key }, signal }),
    rowsOf: ({ reveals }) => reveals,
    keyOf: ({ time }) => time,
    isWhole: true,
  });

  protected override render() {
    const { rows, failure, isLoading } = this.#list;
    if (failure !== undefined) return html`<p class="quiet">Who looked cannot be told: ${failure}</p>`;
    const [last] = rows;
    if (isLoading || last === undefined) return nothing;
    const total = this.#list.answer?.total ?? 0;
    return html`<details>
      <summary>
        Looked into by ${last.by},
        <t-ago time=${last.time}></t-ago>${total > 1 ? `; ${plural(total, 'time')} in all` : ''}
      </summary>
      <ul aria-label="Who looked">
        ${rows.map((reveal) => this.#line(reveal))}
      </ul>
      ${total > rows.length ? html`<p class="quiet">Those before are in the data file.</p>` : nothing}
    </details>`;
  }

  #line({ by, time, item, owner, address, key }: RevealMessage) {
    const session = this.key === undefined ? ` in ${owner ?? 'anonymous'} ${key.slice(0, 6)}…` : '';
    return html`<li>
      <span class="strong">${by}</span> looked at
      ${item === null ? 'the value' : html`<span class="mono">${item}</span>`}${session}, <t-ago time=${time}></t-ago>,
      from ${address}
    </li>`;
  }

  static override styles = [
    controls,
    foldedList,
    css`
      li {
        padding-left: 14px;
        overflow-wrap: anywhere;
      }
    `,
  ];
}
