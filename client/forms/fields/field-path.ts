import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { PathCandidate } from '../../../schema/endpoints/forms.ts';
import { addressOf } from '../../state/route.ts';
import { TextField } from './field.ts';
import { aboutCandidate, countOf, offered } from './path-choices.ts';

/** The path of another object: typed, or chosen from those that would do, with what was found there. */
@customElement('field-path')
export class FieldPath extends TextField {
  /** The row that the arrows are on; -1: none, so that Enter does what it does in any field. */
  @state() private active = -1;
  #candidates: readonly PathCandidate[] = [];

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('answer') && this.answer?.candidates) this.#candidates = this.answer.candidates;
  }

  protected override control() {
    const rows = this.#rows;
    return html`<div class="frame">
      <div class="line">
        <input
          id="control"
          class="mono"
          role="combobox"
          aria-expanded=${String(rows.length > 0)}
          aria-controls="list"
          aria-autocomplete="list"
          aria-activedescendant=${this.active >= 0 ? `row-${this.active}` : nothing}
          aria-describedby="answer error hint"
          aria-invalid=${this.invalid}
          placeholder=${ifDefined(this.field.placeholder ?? this.#candidates[0]?.path)}
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          .value=${this.value ?? ''}
          @input=${this.onInput}
          @keydown=${this.#onKey}
          @blur=${() => (this.active = -1)}
        />
        ${this.#candidates.length > 0 ? html`<span class="count">${countOf(this.#candidates, this.field)}</span>` : nothing}
      </div>
      <div id="list" role="listbox" aria-label=${this.field.title} ?hidden=${rows.length === 0} @mousedown=${keepFocus}>
        ${rows.map((candidate, index) => this.#row(candidate, index))}
      </div>
    </div>`;
  }

  protected override asText() {
    if (!this.value) return html`<output id="control"><span class="faint">empty</span></output>`;
    return html`<output id="control"><a class="mono" href=${addressOf(this.value)}>${this.value}</a></output>`;
  }

  /** One line for how the path stands, so that nothing moves while it is being looked up. */
  protected override result() {
    if (this.isReadOnly) return nothing;
    const [first, ...others] = this.answer?.results ?? [];
    const problem = this.error ?? (first?.state === 'down' ? first.text : undefined);
    if (this.isChecking) return html`<t-dot id="answer" state="checking" class="quiet">checking…</t-dot>`;
    const rest = others.map(({ state, text }) => html`<t-dot state=${state}>${text}</t-dot>`);
    if (problem)
      return html`<div id="answer">
          <p class="error"><t-icon name="circle-x"></t-icon>${problem}</p>
          ${rest}
        </div>
        ${this.#way()}`;
    return html`<div id="answer" role="status">
      ${first ? html`<t-dot state=${first.state}>${first.text}</t-dot>` : nothing} ${rest}
    </div>`;
  }

  /** The result says it already. */
  protected override problem(): typeof nothing {
    return nothing;
  }

  get #rows(): readonly PathCandidate[] {
    return offered(this.#candidates, this.value ?? '');
  }

  #row(candidate: PathCandidate, index: number) {
    const isChosen = candidate.path === this.value;
    return html`<div
      id="row-${index}"
      role="option"
      aria-selected=${String(isChosen)}
      class=${index === this.active ? 'active' : ''}
      @click=${() => this.#choose(candidate.path)}
    >
      <t-icon name=${candidate.icon}></t-icon>
      <div class="about">
        <p class="mono ellipsis" title=${candidate.path}>${candidate.path}</p>
        <p class="small quiet ellipsis">${aboutCandidate(candidate)}</p>
      </div>
      <span class="small figures">${candidate.note}</span>
      <t-icon class="mark" name=${isChosen ? 'check' : ''}></t-icon>
    </div>`;
  }

  #way() {
    const path = this.answer?.suggestion?.path;
    if (!path) return nothing;
    return html`<button type="button" class="small" @click=${() => this.#choose(path)}>Use ${path}</button>`;
  }

  protected override onInput(event: Event) {
    this.active = -1;
    this.change((event.target as HTMLInputElement).value.trim());
  }

  #onKey(event: KeyboardEvent) {
    const count = this.#rows.length;
    const isOn = this.active >= 0;
    const from = isOn ? this.active : this.#rows.findIndex(({ path }) => path === this.value);
    if (event.key === 'ArrowDown' && count > 0) void this.#move((from + 1) % count);
    else if (event.key === 'ArrowUp' && count > 0) void this.#move((Math.max(from, 0) + count - 1) % count);
    else if (event.key === 'Enter' && isOn) this.#choose(this.#rows[this.active]?.path ?? this.value);
    else if (event.key === 'Escape' && isOn) this.active = -1;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #move(index: number) {
    this.active = index;
    await this.updateComplete;
    this.renderRoot.querySelector(`#row-${index}`)?.scrollIntoView({ block: 'nearest' });
  }

  #choose(path: string) {
    this.active = -1;
    this.change(path);
    this.focus();
  }

  static override styles = [
    TextField.styles,
    css`
      .frame {
        overflow: hidden;
      }
      .line {
        display: flex;
        align-items: center;
        padding-right: 10px;
      }
      .line input {
        flex: 1;
        min-width: 0;
        min-height: calc(var(--t-control-height) - 2px);
        border: 0;
        outline: none;
        background: none;
      }
      .count {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
      }
      #list {
        max-height: calc(5 * 46px);
        overflow: auto;
        border-top: 1px solid var(--t-line);
      }
      [role='option'] {
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 46px;
        padding: 4px 10px;
        cursor: pointer;
      }
      [role='option'] + [role='option'] {
        border-top: 1px solid var(--t-line);
      }
      [role='option']:hover {
        background: var(--t-hover);
      }
      [role='option'].active,
      [aria-selected='true'] {
        background: var(--t-accent-fill);
      }
      /* While the arrows are on another row, the chosen one keeps its mark only. */
      #list:has(.active) [aria-selected='true']:not(.active) {
        background: none;
      }
      [role='option'].active {
        box-shadow: inset 0 0 0 1px var(--t-accent-line);
      }
      [aria-selected='true'] t-icon {
        color: var(--t-accent);
      }
      .about {
        flex: 1;
        min-width: 0;
        line-height: 18px;
      }
      .result {
        display: flow-root;
        min-height: 22px;
      }
      .result:not(:has(.error)) + .hint {
        margin-top: 2px;
      }
      .result button {
        margin: 6px 0 2px 20px;
      }
    `,
  ];
}

/** A press in the list must not take the focus from the field. */
function keepFocus(event: Event): void {
  event.preventDefault();
}
