import { LitElement, css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../parts/dialog.ts';
import { formatAge } from '../parts/format.ts';
import { controls } from '../styles/controls.ts';
import { beginningOf, contested, type Difference } from './edits.ts';

/** Somebody saved the object while it was being edited here. */
export interface Conflict {
  readonly by: string;
  readonly modified: string;
  readonly revision: number;
  readonly fromRevision: number;
  readonly differences: readonly Difference[];
}

type Choice = 'keep-editing' | 'show-theirs' | 'overwrite';

/** Shows both sides and chooses nothing. Sends `keep-editing`, `show-theirs` or `overwrite`. */
@customElement('conflict-dialog')
export class ConflictDialog extends LitElement {
  @property() name = '';
  @property({ attribute: false }) conflict!: Conflict;
  @state() private isOpen = true;
  #choice: Choice = 'keep-editing';

  protected override render() {
    const { by, modified, revision, fromRevision, differences } = this.conflict;
    const age = formatAge(new Date(modified), new Date());
    return html`<t-dialog heading="${by} changed this ${age}" ?open=${this.isOpen} @closed=${this.#onClosed}>
      <p class="quiet">Your changes to ${this.name} are not saved yet. ${bothWords(contested(differences).length)}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">${by}, revision ${revision}</th>
            <th scope="col">You, from revision ${fromRevision}</th>
          </tr>
        </thead>
        <tbody>
          ${differences.map(
            ({ title, theirs, mine }) =>
              html`<tr>
                <th scope="row">${title}</th>
                ${cell(theirs)} ${cell(mine)}
              </tr>`,
          )}
        </tbody>
      </table>
      <button slot="note" class="plain" autofocus @click=${() => this.#choose('keep-editing')}>Keep editing</button>
      <button slot="buttons" @click=${() => this.#choose('show-theirs')}>Show theirs</button>
      <button slot="buttons" @click=${() => this.#choose('overwrite')}>Overwrite</button>
    </t-dialog>`;
  }

  #choose(choice: Choice) {
    this.#choice = choice;
    this.isOpen = false;
  }

  #onClosed() {
    this.dispatchEvent(new Event(this.#choice));
  }

  static override styles = [
    controls,
    css`
      table {
        width: 100%;
        margin-top: 10px;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        max-width: 160px;
        padding: 7px 10px;
        border-bottom: 1px solid var(--t-line);
        overflow-wrap: anywhere;
        text-align: start;
        vertical-align: top;
      }
      thead th {
        background: var(--t-lowered);
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        font-weight: 500;
      }
      tbody th {
        font-weight: 500;
      }
      button[slot='note'] {
        margin-left: -12px;
      }
    `,
  ];
}

function cell(text: string | undefined) {
  return text === undefined ? html`<td class="quiet">unchanged</td>` : html`<td>${beginningOf(text)}</td>`;
}

function bothWords(count: number): string {
  if (count === 0) return 'No field was changed by both of you.';
  return count === 1 ? 'One field was changed by both of you.' : `${count} fields were changed by both of you.`;
}
