import { LitElement, css, html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { controls } from '../styles/controls.ts';
import './icon.ts';

const SAYS_FOR_MS = 2000;

/** Something to type elsewhere, framed, with a button that copies it. */
@customElement('t-copy-text')
export class CopyText extends LitElement {
  @property() text = '';
  /** What the text is, for the button's name: "the command". */
  @property() what = 'this';
  @state() private said = '';
  @query('code') private code!: HTMLElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override render() {
    return html`
      <code class="mono" tabindex="0" role="group" aria-label=${this.what}>${this.text}</code>
      <button class="small" aria-label="Copy ${this.what}" @click=${this.#copy}>
        <t-icon name=${this.said ? 'check' : 'copy'}></t-icon>${this.said || 'Copy'}
      </button>
      <span class="visually-hidden" role="status">${this.said}</span>
    `;
  }

  async #copy() {
    this.#say((await this.#write()) ? 'Copied' : 'Press Ctrl+C');
  }

  /** On plain http the browser keeps the clipboard to itself: the text is selected instead, for a key to copy. */
  async #write(): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(this.text);
      return true;
    } catch {
      getSelection()?.selectAllChildren(this.code);
      return false;
    }
  }

  #say(words: string) {
    this.said = words;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.said = ''), SAYS_FOR_MS);
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 4px 4px 4px 12px;
        border: 1px solid var(--t-line-strong);
        border-radius: var(--t-radius);
        background: var(--t-lowered);
      }
      code {
        flex: 1;
        min-width: 0;
        padding-block: 4px;
        overflow-wrap: anywhere;
      }
      code:focus-visible {
        border-radius: var(--t-radius-key);
      }
    `,
  ];
}
