import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { SelectionBar } from '../../parts/list/selection-bar.ts';

/** What can be done with the selected rows. Sends `remove` or `clear`. */
@customElement('entry-selection')
export class EntrySelection extends SelectionBar {
  protected override render() {
    return html`
      <p class="strong" role="status">${this.count} selected</p>
      <div class="actions" role="toolbar" aria-label="Selected entries">
        <button class="plain" @click=${() => this.dispatchEvent(new Event('remove'))}>
          <t-icon name="trash-2"></t-icon>Remove
        </button>
        <span class="parting"></span>
        <button class="plain clear" @click=${() => this.dispatchEvent(new Event('clear'))}>
          <t-icon name="x"></t-icon>Clear
        </button>
      </div>
    `;
  }
}
