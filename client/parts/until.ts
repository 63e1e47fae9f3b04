import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Ticking } from '../state/repeating.ts';
import { formatDuration, formatExact } from './format.ts';

/** How long it is until a time, counting down, with the exact time as its tooltip. */
@customElement('t-until')
export class Until extends LitElement {
  /** ISO 8601; `null`: it never comes. */
  @property() time: string | null = null;

  constructor() {
    super();
    new Ticking(this);
  }

  protected override render() {
    if (this.time === null) return 'never';
    const time = new Date(this.time);
    const seconds = (time.getTime() - Date.now()) / 1000;
    const words = seconds > 0 ? formatDuration(seconds) : 'over';
    return html`<time datetime=${this.time} title=${formatExact(time)}>${words}</time>`;
  }
}
