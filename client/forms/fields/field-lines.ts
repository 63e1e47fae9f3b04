import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { FieldResult } from '../../../schema/endpoints/forms.ts';
import { Field } from './field.ts';
import { lineStates, resultsByLine, troubleIn, type LineState } from './line-results.ts';

const FEWEST_ROWS = 3;
const NARROWEST = 20;
/** Characters that fit into a row: of a line beside what is said of it, and of that. */
const FITS = { line: 30, words: 60 };

/**
 * The text of a line stands in the upper half of its row, how it stands in the lower. One that is longer than a row goes on in
 * the next: a text that is not seen makes the room for what is typed over it.
 */
const twoRows = css`
  --row: 50px;
  grid-template-columns: 32px minmax(0, 1fr);
  & .number {
    align-items: start;
    padding-top: 5px;
  }
  & .room {
    grid-area: 1 / 2;
    display: block;
    visibility: hidden;
    padding-inline: 10px;
    font-size: max(0.75rem, var(--t-field-size) - 0.0625rem);
    line-height: var(--row);
    white-space: pre-wrap;
    word-break: break-all;
  }
  & t-dot {
    grid-area: 1 / 2;
    place-self: end stretch;
    place-items: start;
    height: 26px;
  }
  & t-dot .ellipsis {
    margin-top: -3px;
    line-height: 13px;
  }
  & textarea {
    position: relative;
    top: -13px;
  }
`;

/** A list of values, one on each line. Where the field answers, each line has a number and how it stands beside it. */
@customElement('field-lines')
export class FieldLines extends Field<readonly string[]> {
  @property({ attribute: false }) override value: readonly string[] = [];
  #known: ReadonlyMap<string, FieldResult> = new Map();

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('answer') && this.answer) this.#known = resultsByLine(this.#lines, this.answer.results);
  }

  protected override control() {
    return this.field.answers ? this.#framed() : this.#area(4);
  }

  protected override asText() {
    if (this.#lines.length === 0) return html`<output id="control"><span class="faint">empty</span></output>`;
    return html`<output id="control" class="mono">${this.#lines.join('\n')}</output>`;
  }

  protected override result() {
    if (!this.field.answers || this.isReadOnly) return nothing;
    return html`<p class="visually-hidden" role="status">${this.isChecking ? '' : troubleIn(this.#states)}</p>`;
  }

  get #lines(): readonly string[] {
    return this.value ?? [];
  }

  get #states(): readonly LineState[] {
    return lineStates(this.#lines.length > 0 ? this.#lines : [''], this.#known, this.isChecking, this.error);
  }

  #framed() {
    const states = this.#states;
    const rows = Math.max(FEWEST_ROWS, states.length);
    return html`<div class="frame ${states.some(isLong) ? 'long' : ''}">
      <ol aria-label="How each line stands">
        ${states.map((state, index) => this.#row(state, index))}
        ${Array.from({ length: rows - states.length }, () => html`<li aria-hidden="true"></li>`)}
      </ol>
      ${this.#area(rows)}
    </div>`;
  }

  #row({ text, result, isChecking, isWrong }: LineState, index: number) {
    return html`<li class=${isWrong ? 'wrong' : ''}>
      <span class="number" aria-hidden="true">${index + 1}</span>
      <span class="room mono" aria-hidden="true">${text}</span>
      ${
        result || isChecking
          ? html`<t-dot
              state=${result?.state ?? 'checking'}
              class=${result?.state === 'down' ? 'danger' : ''}
              title=${result?.text ?? nothing}
            >
              <span class="ellipsis"
                ><span class="visually-hidden">${text} </span
                >${result ? result.text : html`<span class="quiet">checking…</span>`}
                ${result?.note ? html`<span class="note"> ${result.note}</span>` : nothing}</span
              >
            </t-dot>`
          : nothing
      }
    </li>`;
  }

  #area(rows: number) {
    return html`<textarea
      id="control"
      class="mono"
      rows=${rows}
      cols=${Math.max(NARROWEST, ...this.#lines.map(({ length }) => length + 2))}
      spellcheck="false"
      autocapitalize="none"
      placeholder=${ifDefined(this.field.placeholder)}
      aria-describedby="error hint"
      aria-invalid=${this.invalid}
      .value=${this.#lines.join('\n')}
      @input=${this.#onInput}
    ></textarea>`;
  }

  #onInput(event: Event) {
    const text = (event.target as HTMLTextAreaElement).value;
    this.change(text === '' ? [] : text.split('\n'));
  }

  static override styles = [
    Field.styles,
    css`
      .value {
        container-type: inline-size;
      }
      .frame {
        --row: 32px;
        display: grid;
        grid-template-columns: 32px fit-content(52%) minmax(0, 1fr);
        max-height: min(12.5 * var(--row), 60dvh);
        overflow: auto;
      }
      .frame ol {
        grid-area: 1 / 1 / 2 / -1;
        display: grid;
        grid-template-columns: subgrid;
        grid-auto-rows: minmax(var(--row), auto);
      }
      .frame li {
        grid-column: 1 / -1;
        display: grid;
        grid-template-columns: subgrid;
        align-items: center;
      }
      .frame li + li {
        box-shadow: inset 0 1px var(--t-line);
      }
      .frame li.wrong {
        background: var(--t-danger-fill);
      }
      .number {
        display: grid;
        place-items: center end;
        height: 100%;
        padding-right: 9px;
        border-right: 1px solid var(--t-line);
        color: var(--t-quiet);
        font-size: var(--t-size-group);
        font-variant-numeric: tabular-nums;
      }
      li:not(:has(.number))::before {
        content: '';
        height: 100%;
        border-right: 1px solid var(--t-line);
      }
      .frame t-dot {
        grid-column: 3;
        min-width: 0;
        padding-inline: 10px;
        font-size: var(--t-size-small);
      }
      /* Two lines fit into one row, so that a sentence is seen whole. */
      .frame .ellipsis {
        display: -webkit-box;
        line-height: 14px;
        white-space: normal;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .room {
        display: none;
      }
      .note {
        margin-left: 4px;
        color: var(--t-quiet);
      }
      .frame textarea {
        grid-area: 1 / 2;
        z-index: 1;
        width: auto;
        max-width: 100%;
        height: auto;
        min-height: 0;
        padding: 0 10px;
        border: 0;
        border-radius: 0;
        outline: none;
        background: none;
        line-height: var(--row);
        overflow: hidden;
        word-break: break-all;
        resize: none;
      }
      .frame.long {
        ${twoRows}
      }
      @container (width < 460px) {
        .frame {
          ${twoRows}
        }
      }
    `,
  ];
}

/** Whether a line, or what is said of it, needs a row of its own. */
function isLong({ text, result }: LineState): boolean {
  return text.length > FITS.line || `${result?.text ?? ''} ${result?.note ?? ''}`.length > FITS.words;
}
