import { Task } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RevealMessage } from '../../../schema/messages/reveals.ts';
import { detailOf } from '../../api/request.ts';
import { getReveals } from '../../api/sessions.ts';
import '../../parts/ago.ts';
import { plural } from '../../parts/format.ts';
import { controls } from '../../styles/controls.ts';

/** Who looked at what is obscured here. Nothing is drawn while nobody has. */
@customElement('reveal-list')
export class RevealList extends LitElement {
  @property() path = '/';
  /** Only of this session, or of this key on a server; `undefined`: of all. */
  @property({ attribute: false }) key: string | undefined;
  /** Asks again whenever it changes. */
  @property({ attribute: false }) version: unknown;

  readonly #reveals = new Task(this, {
    args: () => [this.path, this.key, this.version] as const,
    task: ([path, key], { signal }) => getReveals(path, key, signal),
  });

  protected override render() {
    return this.#reveals.render({
      complete: ({ total, reveals: [last, ...earlier] }) =>
        last === undefined
          ? nothing
          : html`<details>
              <summary>
                Looked into by ${last.by},
                <t-ago time=${last.time}></t-ago>${total > 1 ? `; ${plural(total, 'time')} in all` : ''}
              </summary>
              <ul aria-label="Who looked">
                ${[last, ...earlier].map((reveal) => this.#line(reveal))}
              </ul>
              ${total > earlier.length + 1 ? html`<p class="quiet">Those before are in the data file.</p>` : nothing}
            </details>`,
      error: (error) => html`<p class="quiet">Who looked cannot be told: ${detailOf(error)}</p>`,
    });
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
    css`
      :host {
        display: block;
        font-size: var(--t-size-small);
        line-height: 18px;
      }
      summary {
        min-height: 24px;
        line-height: 24px;
        cursor: pointer;
      }
      li {
        padding-left: 14px;
        overflow-wrap: anywhere;
      }
    `,
  ];
}
