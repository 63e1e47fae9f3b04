import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { piecesOf } from '../../schema/invisible.ts';

/** A title as somebody wrote it: in its own direction, and with what it hides in boxes, by its codes. */
@customElement('t-title')
export class Title extends LitElement {
  @property() text = '';

  protected override render() {
    return html`<bdi
      >${piecesOf(this.text).map(({ text, isCode }) => (isCode ? html`<span class="code">${text}</span>` : text))}</bdi
    >`;
  }

  static override styles = css`
    .code {
      margin-inline: 1px;
      padding-inline: 3px;
      border: 1px solid var(--t-warn-line);
      border-radius: var(--t-radius-key);
      background: var(--t-warn-fill);
      color: var(--t-warn);
      font-size: 0.6875rem;
    }
  `;
}
