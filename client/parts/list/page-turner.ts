import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { controls } from '../../styles/controls.ts';
import { formatNumber } from '../format.ts';

/** The page that somebody wants to see, counted from 1. */
export class PageWanted extends CustomEvent<number> {
  constructor(page: number) {
    super('page-wanted', { detail: page });
  }
}

/** "Page 57 of 100", with the ways to the others: a step, or a number that is typed. Sends PageWanted. */
@customElement('page-turner')
export class PageTurner extends LitElement {
  @property({ type: Number }) page = 1;
  @property({ type: Number }) pages = 1;

  protected override render() {
    const { page, pages } = this;
    return html`
      <button class="small" ?disabled=${page <= 1} @click=${() => this.#turnTo(page - 1)}>Previous</button>
      <p>
        Page
        <input
          aria-label="Page"
          inputmode="numeric"
          autocomplete="off"
          size=${String(pages).length}
          .value=${live(String(page))}
          @change=${this.#onChange}
        />
        of ${formatNumber(pages)}
      </p>
      <button class="small" ?disabled=${page >= pages} @click=${() => this.#turnTo(page + 1)}>Next</button>
    `;
  }

  /** What is no page leads to the nearest that is one, or stays where one is. */
  #onChange(event: Event) {
    const field = event.target as HTMLInputElement;
    const wanted = Number(field.value.replaceAll(',', ''));
    if (Number.isInteger(wanted)) this.#turnTo(wanted);
    field.value = String(this.page);
  }

  #turnTo(wanted: number) {
    const page = Math.min(Math.max(1, wanted), this.pages);
    if (page !== this.page) this.dispatchEvent(new PageWanted(page));
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      p {
        display: flex;
        align-items: center;
        gap: 6px;
        white-space: nowrap;
      }
      input:where(:not([type='checkbox'])) {
        width: auto;
        min-height: var(--t-target);
        padding: 0 6px;
        border-color: var(--t-line-strong);
        text-align: end;
        field-sizing: content;
      }
    `,
  ];
}
