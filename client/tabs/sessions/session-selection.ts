import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { plural } from '../../parts/format.ts';
import { SelectionBar } from '../../parts/list/selection-bar.ts';

/** What can be done with the selected sessions. Sends `end` or `clear`. */
@customElement('session-selection')
export class SessionSelection extends SelectionBar {
  protected override render() {
    return html`
      <p class="strong" role="status">${this.count} selected</p>
      <div class="actions" role="toolbar" aria-label="Selected sessions">
        <button class="plain danger-text" @click=${() => this.dispatchEvent(new Event('end'))}>
          <t-icon name="ban" class="danger"></t-icon>End ${plural(this.count, 'session')}
        </button>
        <span class="parting"></span>
        <button class="plain clear" @click=${() => this.dispatchEvent(new Event('clear'))}>
          <t-icon name="x"></t-icon>Clear
        </button>
      </div>
    `;
  }
}
