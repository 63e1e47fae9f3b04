import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Repeating } from '../state/repeating.ts';
import { formatAge, formatExact } from './format.ts';

const EVERY_MS = 10_000;

/** A time as an age that stays right, with the exact time as its tooltip. */
@customElement('t-ago')
export class Ago extends LitElement {
  /** ISO 8601 */
  @property() time = '';

  constructor() {
    super();
    new Repeating(this, EVERY_MS, () => this.requestUpdate());
  }

  protected override render() {
    const time = new Date(this.time);
    return html`<time datetime=${this.time} title=${formatExact(time)}>${formatAge(time, new Date())}</time>`;
  }
}
