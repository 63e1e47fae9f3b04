import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import sheet from '../icons/icons.svg?url';

/** One lucide outline, 16 px, in the colour of the text. It accompanies words: screen readers do not hear it. */
@customElement('t-icon')
export class Icon extends LitElement {
  @property() name = '';

  protected override render() {
    return html`<svg aria-hidden="true" focusable="false"><use href=${iconUrl(this.name)}></use></svg>`;
  }

  static override styles = css`
    :host {
      display: inline-flex;
      flex: none;
      width: var(--icon-size, 16px);
      height: var(--icon-size, 16px);
      color: var(--t-quiet);
    }
    svg {
      width: 100%;
      height: 100%;
      overflow: visible;
    }
  `;
}

/** Where the drawing of a name is; a name without one draws nothing. */
export function iconUrl(name: string): string {
  return `${sheet}#${name}`;
}
