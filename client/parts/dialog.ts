import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { controls } from '../styles/controls.ts';
import { load } from './web-awesome.ts';

/**
 * A question over the page, 476 wide. Content is the slot; buttons go into "buttons", the safe one first; a quiet remark
 * into "note". Sends `closed` however it was closed, and gives the focus back to where it was.
 */
@customElement('t-dialog')
export class Dialog extends LitElement {
  @property() heading = '';
  @property({ type: Boolean }) open = false;
  /** What was chosen in it is on its way: nobody puts it away before the answer. */
  @property({ type: Boolean }) held = false;
  /** Web Awesome tells of opening only when it happens after the part was drawn. */
  @state() private isReady = false;
  #focusBefore: HTMLElement | undefined;
  #isShown = false;

  protected override async firstUpdated() {
    await load('dialog');
    await (this.renderRoot.querySelector('wa-dialog') as LitElement | null)?.updateComplete;
    this.isReady = true;
  }

  /** The slot takes the focus that Web Awesome gives, and does nothing with it: from the dialog it would come back late. */
  protected override render() {
    return html`<wa-dialog
      label=${this.heading}
      without-header
      ?open=${this.open && this.isReady}
      @wa-show=${this.#onShow}
      @wa-hide=${this.#onHide}
      @wa-after-hide=${this.#onHidden}
    >
      <h2>${this.heading}</h2>
      <slot autofocus></slot>
      <div slot="footer" class="footer">
        <div class="note"><slot name="note"></slot></div>
        <slot name="buttons"></slot>
      </div>
    </wa-dialog>`;
  }

  /** Whoever closes it before it could open is told as well. */
  protected override updated(changed: PropertyValues<this>) {
    if (changed.get('open') === true && !this.open && !this.#isShown) this.dispatchEvent(new Event('closed'));
  }

  #onShow(event: Event) {
    if (event.target !== event.currentTarget) return;
    this.#isShown = true;
    this.#focusBefore = deepestFocus();
    requestAnimationFrame(() => this.querySelector<HTMLElement>('[autofocus]')?.focus());
  }

  #onHide(event: Event) {
    if (event.target === event.currentTarget && this.open && this.held) event.preventDefault();
  }

  #onHidden(event: Event) {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.dispatchEvent(new Event('closed'));
    this.#focusBefore?.focus();
  }

  static override styles = [
    controls,
    css`
      wa-dialog {
        --width: 476px;
        --spacing: 20px;
      }
      wa-dialog::part(dialog) {
        box-shadow: var(--t-shadow-l);
      }
      wa-dialog::part(body) {
        padding-bottom: 16px;
      }
      wa-dialog::part(footer) {
        display: block;
        padding: 0;
      }
      h2 {
        margin-bottom: 6px;
        font-size: 0.9375rem;
      }
      .footer {
        display: flex;
        align-items: center;
        justify-content: flex-end;
        gap: 8px;
        padding: 12px 20px;
        border-top: 1px solid var(--t-line);
      }
      .note {
        flex: 1;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
      }
    `,
  ];
}

export interface Question {
  readonly heading: string;
  readonly body: TemplateResult;
  /** The button that leaves everything as it is. */
  readonly safe: string;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly note?: string;
}

/** Asks, and resolves to whether the action was chosen. One question at a time: a second press of what asks is none. */
export async function ask(question: Question): Promise<boolean> {
  if (document.querySelector('question-dialog')) return false;
  const holder = document.createElement('question-dialog') as QuestionDialog;
  holder.question = question;
  document.body.append(holder);
  return holder.answered;
}

/** Asks before something goes for good. */
export function askForGood(heading: string, body: TemplateResult, action: string): Promise<boolean> {
  return ask({ heading, body, safe: 'Keep', action, isDangerous: true, note: 'There is no undo.' });
}

@customElement('question-dialog')
export class QuestionDialog extends LitElement {
  @property({ attribute: false }) question!: Question;
  @query('t-dialog') private dialog!: Dialog;
  #isChosen = false;
  #settle!: (isChosen: boolean) => void;
  readonly answered = new Promise<boolean>((resolve) => (this.#settle = resolve));

  protected override render() {
    const { heading, body, safe, action, isDangerous, note } = this.question;
    return html`<t-dialog open heading=${heading} @closed=${this.#onClosed}>
      ${body} ${note ? html`<span slot="note">${note}</span>` : nothing}
      <button slot="buttons" autofocus @click=${() => this.#close(false)}>${safe}</button>
      <button slot="buttons" class=${isDangerous ? 'danger' : 'primary'} @click=${() => this.#close(true)}>
        ${action}
      </button>
    </t-dialog>`;
  }

  #close(isChosen: boolean) {
    this.#isChosen = isChosen;
    this.dialog.open = false;
  }

  #onClosed() {
    this.remove();
    this.#settle(this.#isChosen);
  }

  static override styles = controls;
}

/** The element that has the focus, through all shadow roots. */
function deepestFocus(): HTMLElement | undefined {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement ? element : undefined;
}
