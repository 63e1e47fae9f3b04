import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { progress } from '../../parts/bar.ts';
import '../../parts/dialog.ts';
import '../../parts/dot.ts';
import { formatBytes, plural } from '../../parts/format.ts';
import '../../parts/icon.ts';
import { controls } from '../../styles/controls.ts';
import { Uploads, anotherId, type Upload } from './uploads.ts';

/** The ids of what was uploaded before the dialog was closed. */
export class Uploaded extends CustomEvent<readonly string[]> {
  constructor(ids: readonly string[]) {
    super('uploaded', { detail: ids });
  }
}

/** Uploads files into a folder and shows how far they are; asks where an id cannot be had. Sends Uploaded, however it ends. */
@customElement('upload-dialog')
export class UploadDialog extends LitElement {
  @property() folder = '/';
  @property() folderName = '';
  @property({ attribute: false }) files: readonly File[] = [];
  @state() private isOpen = true;
  #uploads!: Uploads;
  #unfollow = () => {};

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('files')) return;
    this.#uploads = new Uploads(this.folder, this.files);
    this.#unfollow();
    this.#unfollow = this.#uploads.follow(() => this.#onProgress());
    void this.#uploads.work();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#unfollow();
    this.#uploads.stop();
  }

  protected override render() {
    const { isAtRest, asking, done } = this.#uploads;
    return html`<t-dialog
      heading="Upload ${plural(this.files.length, 'file')} to ${this.folderName}"
      ?open=${this.isOpen}
      @closed=${this.#onClosed}
    >
      ${asking.length > 1 ? this.#forAll(asking) : nothing}
      <ul aria-label="Files">
        ${this.#uploads.get().map((upload, at) => this.#row(upload, at))}
      </ul>
      <span slot="note" role="status">${done.length} of ${plural(this.files.length, 'file')} uploaded</span>
      <button slot="buttons" autofocus @click=${() => (this.isOpen = false)}>${isAtRest ? 'Close' : 'Cancel'}</button>
    </t-dialog>`;
  }

  #forAll(asking: readonly Upload[]) {
    return html`<p class="all">
      <span class="quiet">${plural(asking.length, 'id')} cannot be had.</span>
      ${
        asking.some(({ state: now }) => now.kind === 'asking' && now.holder)
          ? html`<button class="small" @click=${() => this.#uploads.replaceAll()}>Replace all</button>`
          : nothing
      }
      <button class="small plain" @click=${() => this.#uploads.skipAll()}>Skip all</button>
    </p>`;
  }

  #row(upload: Upload, at: number) {
    const { file, state: now } = upload;
    return html`<li>
      <t-icon name=${file.type.startsWith('image/') ? 'image' : 'file'}></t-icon>
      <div class="about">
        <p class="name">
          <span class="strong">${file.name}</span> <span class="quiet">${formatBytes(file.size)}</span>
        </p>
        <p class="danger" role="alert" id="reason-${at}">${reasonOf(now)}</p>
        ${
          now.kind === 'sending'
            ? html`<div class="sending">${progress(`Uploading ${file.name}`, now.share)}</div>`
            : this.#words(upload, at)
        }
      </div>
    </li>`;
  }

  #words(upload: Upload, at: number): TemplateResult {
    const { state: now, file } = upload;
    switch (now.kind) {
      case 'asking':
        return this.#question(upload, at, now.holder);
      case 'failed':
        return html`<div class="answers">
          ${
            now.isFinal
              ? nothing
              : html`<button class="small" aria-label="Try ${file.name} again" @click=${() => this.#uploads.retry(at)}>
                  Try again
                </button>`
          }
          <button class="small plain" aria-label="Skip ${file.name}" @click=${() => this.#uploads.skip(at)}>
            Skip
          </button>
        </div>`;
      case 'done':
        return html`<t-dot state="ok">${upload.replaces ? 'Replaced' : 'Added as'} ${upload.id}</t-dot>`;
      case 'skipped':
        return html`<p class="quiet">Skipped</p>`;
      default:
        return html`<p class="quiet">Waits for its turn</p>`;
    }
  }

  #question({ id, file }: Upload, at: number, holder: ObjectMessage | undefined) {
    const field = `id-${at}`;
    return html`<form @submit=${(event: Event) => this.#onNewId(event, at)}>
      <label class="quiet small" for=${field}>Upload it with the id</label>
      <input
        id=${field}
        autocomplete="off"
        spellcheck="false"
        aria-describedby="reason-${at}"
        .value=${anotherId(id)}
      />
      <div class="answers">
        <button class="small" aria-label="Upload ${file.name} with this id">Upload</button>
        ${
          holder
            ? html`<button
                class="small"
                type="button"
                aria-label="Replace the contents of ${holder.id}"
                @click=${() => this.#uploads.retry(at, holder)}
              >
                Replace what is there
              </button>`
            : nothing
        }
        <button class="small plain" type="button" aria-label="Skip ${file.name}" @click=${() => this.#uploads.skip(at)}>
          Skip
        </button>
      </div>
    </form>`;
  }

  #onNewId(event: Event, at: number) {
    event.preventDefault();
    this.#uploads.rename(at, this.renderRoot.querySelector<HTMLInputElement>(`#id-${at}`)!.value);
    this.#uploads.retry(at);
  }

  #onProgress() {
    this.requestUpdate();
    if (this.#uploads.isOver) this.isOpen = false;
  }

  #onClosed() {
    this.#uploads.stop();
    this.dispatchEvent(new Uploaded(this.#uploads.done.map(({ id }) => id)));
  }

  static override styles = [
    controls,
    css`
      ul {
        max-height: 50vh;
        margin-top: 4px;
        overflow-y: auto;
      }
      li {
        display: flex;
        gap: 8px;
        padding: 10px 2px;
      }
      li + li {
        border-top: 1px solid var(--t-line);
      }
      li > t-icon {
        margin-top: 2px;
      }
      .about {
        flex: 1;
        min-width: 0;
      }
      .name,
      .danger {
        overflow-wrap: anywhere;
      }
      .sending {
        display: grid;
        grid-template-columns: 1fr 4ch;
        gap: 12px;
        align-items: center;
      }
      .sending span {
        text-align: end;
      }
      form {
        margin-top: 6px;
      }
      .all {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        padding-bottom: 10px;
        border-bottom: 1px solid var(--t-line);
      }
      .all span {
        flex: 1;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 8px;
      }
    `,
  ];
}

/** Why it stopped. */
function reasonOf(now: Upload['state']): string {
  if (now.kind === 'asking') return now.reason;
  return now.kind === 'failed' ? `Could not upload it: ${now.reason}` : '';
}
