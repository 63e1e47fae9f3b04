import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { readNews, type News } from '../../schema/endpoints/news.ts';
import { call } from '../api/call.ts';
import { detailOf } from '../api/request.ts';
import '../parts/dialog.ts';
import { failed } from '../parts/face.ts';
import '../parts/loading.ts';
import { controls } from '../styles/controls.ts';

/** Which version this is, and what is new in it. Sends `closed`. */
@customElement('news-dialog')
export class NewsDialog extends LitElement {
  @state() private isOpen = true;

  readonly #news = new Task(this, { args: () => [], task: (_, { signal }) => call(readNews, '/', { signal }) });

  protected override render() {
    return html`<t-dialog
      heading="What is new"
      ?open=${this.isOpen}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${this.#content()}
      <button slot="buttons" autofocus @click=${() => (this.isOpen = false)}>Close</button>
    </t-dialog>`;
  }

  #content() {
    const { value, status, error } = this.#news;
    if (status === TaskStatus.ERROR) {
      return failed(`Could not fetch what is new: ${detailOf(error)}`, error, () => this.#news.run());
    }
    return value ? this.#written(value) : html`<t-loading>Fetching what is new…</t-loading>`;
  }

  #written({ version, heading, parts }: News) {
    if (parts.length === 0) {
      return html`<p>Trellis ${version}.</p>
        <p class="quiet">Its list of changes, CHANGELOG.md, is not beside this server.</p>`;
    }
    return html`<p class="quiet">This is Trellis ${version}. The newest changes are those of ${heading}.</p>
      <div class="changes" tabindex="0" role="region" aria-label="Changes">
        ${parts.map(
          (part) => html`
            ${part.heading ? html`<h3>${part.heading}</h3>` : nothing}
            <ul>
              ${part.items.map((item) => html`<li>${written(item)}</li>`)}
            </ul>
          `,
        )}
      </div>`;
  }

  static override styles = [
    controls,
    css`
      .changes {
        max-height: min(520px, 60dvh);
        margin: 12px -20px -16px;
        padding: 4px 20px 16px;
        border-top: 1px solid var(--t-line);
        overflow-y: auto;
        overflow-wrap: anywhere;
      }
      .changes:focus-visible {
        outline-offset: -2px;
      }
      h3 {
        margin-top: 16px;
      }
      li {
        padding-block: 8px;
        border-bottom: 1px solid var(--t-line);
      }
      li:last-child {
        border-bottom: 0;
      }
      code {
        font-family: var(--t-mono);
        font-size: 0.75rem;
      }
    `,
  ];
}

/** What Markdown writes as code, or in italics or bold; of a link, its words. */
function written(item: string) {
  const text = item.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).map((piece) => {
    if (/^`.+`$/.test(piece)) return html`<code>${piece.slice(1, -1)}</code>`;
    if (/^\*\*.+\*\*$/.test(piece)) return html`<b>${piece.slice(2, -2)}</b>`;
    return /^\*.+\*$/.test(piece) ? html`<i>${piece.slice(1, -1)}</i>` : piece;
  });
}
