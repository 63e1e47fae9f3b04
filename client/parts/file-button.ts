import { LitElement, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { controls } from '../styles/controls.ts';
import './icon.ts';

/** Files that somebody chose, or dropped. */
export class FilesChosen extends CustomEvent<readonly File[]> {
  constructor(files: readonly File[]) {
    super('files-chosen', { detail: files });
  }
}

/** A button that lets one choose files of this machine. Sends FilesChosen. */
@customElement('file-button')
export class FileButton extends LitElement {
  @property() label = 'Upload';
  @property({ type: Boolean }) multiple = false;
  @property({ type: Boolean }) primary = false;
  @property({ type: Boolean }) disabled = false;
  @query('input') private input!: HTMLInputElement;

  protected override render() {
    return html`
      <button class=${this.primary ? 'primary' : ''} ?disabled=${this.disabled} @click=${() => this.input.click()}>
        <t-icon name="upload"></t-icon>${this.label}
      </button>
      <input hidden type="file" aria-label=${this.label} ?multiple=${this.multiple} @change=${this.#onChange} />
    `;
  }

  #onChange() {
    const files = [...(this.input.files ?? [])];
    // So that choosing the same file again is a change, too.
    this.input.value = '';
    if (files.length > 0) this.dispatchEvent(new FilesChosen(files));
  }

  static override styles = controls;
}
