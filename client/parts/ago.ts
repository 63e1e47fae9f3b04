import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatAge, formatExact } from './format.ts';

const EVERY_MS = 10_000;

/** A time as an age that stays right, with the exact time as its tooltip. */
@customElement('t-ago')
export class Ago extends LitElement {
  /** ISO 8601 */
  @property() time = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback() {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), EVERY_MS);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render() {
    const time = new Date(this.time);
    return html`<time datetime=${this.time} title=${formatExact(time)}>${formatAge(time, new Date())}</time>`;
  }
}
