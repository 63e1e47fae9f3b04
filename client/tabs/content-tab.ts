import { Task, TaskStatus } from '@lit/task';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { fileContent, replaceBytes, type ContentMessage } from '../../schema/endpoints/files.ts';
import { call } from '../api/call.ts';
import { sendFile } from '../api/send-file.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import { ObjectChanged } from '../model/changes.ts';
import { Tab } from '../model/tab.ts';
import { progress } from '../parts/bar.ts';
import { ask, askForGood } from '../parts/dialog.ts';
import { failed } from '../parts/face.ts';
import '../parts/file-button.ts';
import type { FilesChosen } from '../parts/file-button.ts';
import { dropNotice, FileDrop } from '../parts/file-drop.ts';
import { formatBytes, formatNumber } from '../parts/format.ts';
import '../parts/icon.ts';
import '../parts/loading.ts';
import { Reconnected } from '../state/connection.ts';
import { flash, flashFailure } from '../state/flash.ts';
import { controls } from '../styles/controls.ts';
import { sizeProblem } from './contents/uploads.ts';

/** The bytes of a File or an Image: what they are, how they look, and others in their place. */
@customElement('content-tab')
export class ContentTab extends Tab {
  /** How far the upload is, while there is one. */
  @state() private share: number | undefined;
  @state() private isBroken = false;
  #stop = new AbortController();

  readonly #content = new Task(this, {
    args: () => [this.path, this.object.revision] as const,
    task: ([path], { signal }) => call(fileContent, path, { signal }),
    onComplete: () => (this.isBroken = false),
  });

  readonly #drop = new FileDrop(
    this,
    () => this.#mayReplace,
    (files) => void this.#choose(files),
  );

  constructor() {
    super();
    new Reconnected(this, () => this.#content.status === TaskStatus.ERROR && this.#content.run());
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop.abort(new Error('The page was left.'));
  }

  protected override render() {
    const content = this.#content.value;
    if (content === undefined) return this.#content.status === TaskStatus.ERROR ? this.#failed() : LOADING;
    return html`${this.#toolbar(content)} ${this.#drop.notice('Drop a file to put it in the place of this one')}
    ${content.contentType === null ? this.#empty() : this.#full(content)}`;
  }

  get #mayReplace(): boolean {
    return this.object.may.change && this.share === undefined;
  }

  #toolbar(content: ContentMessage) {
    return html`<div class="toolbar">
      ${this.share === undefined ? html`<p class="quiet figures">${factsOf(content)}</p>` : this.#progress(this.share)}
      ${content.contentType === null ? nothing : this.#links(content)}
      ${
        this.object.may.change
          ? html`<file-button
              primary
              label=${content.contentType === null ? 'Upload' : 'Replace'}
              ?disabled=${!this.#mayReplace}
              @files-chosen=${({ detail: files }: FilesChosen) => void this.#choose(files)}
            ></file-button>`
          : nothing
      }
    </div>`;
  }

  #links({ address, isShown }: ContentMessage) {
    return html`
      ${
        isShown
          ? html`<a class="button" href=${address} target="_blank"><t-icon name="external-link"></t-icon>Open</a>`
          : nothing
      }
      <a class="button" href=${address} download=${this.object.id}><t-icon name="download"></t-icon>Download</a>
    `;
  }

  #progress(share: number) {
    return html`<div class="progress">
      ${progress('Uploading', share)}
      <button class="plain" @click=${() => this.#stop.abort(new Error('It was cancelled.'))}>Cancel</button>
    </div>`;
  }

  #full(content: ContentMessage) {
    return html`<div class="body">
      ${content.isImage ? this.#preview(content) : nothing}
      <p class="quiet">${howPublished(content)} Its address is <a href=${content.address}>${content.address}</a>.</p>
    </div>`;
  }

  #preview({ address }: ContentMessage) {
    if (this.isBroken) return html`<p role="status">This browser cannot show the image: it may be damaged.</p>`;
    return html`<img
      src="${address}?revision=${this.object.revision}"
      alt=${this.object.title || this.object.id}
      @error=${() => (this.isBroken = true)}
    />`;
  }

  #empty() {
    return html`<t-face
      icon=${this.object.icon}
      heading="Nothing was uploaded to '${this.object.id}' yet."
      detail=${this.object.may.change ? 'Drop a file here, or choose one with the button above.' : ''}
    ></t-face>`;
  }

  #failed() {
    return failed(`Could not read '${this.path}': ${detailOf(this.#content.error)}`, this.#content.error, () =>
      this.#content.run(),
    );
  }

  async #choose([file, another]: readonly File[]) {
    // That of what the question names: the page follows others meanwhile.
    const { revision } = this.object;
    if (another) flashFailure('Only one file can take the place of another. Drop one.');
    else if (file && sizeProblem(file)) flashFailure(`Could not upload '${file.name}': ${sizeProblem(file)}`);
    else if (file && (await this.#isToReplace(file))) await this.#replace(file, revision);
  }

  /** What is there is not kept. */
  async #isToReplace(file: File): Promise<boolean> {
    const content = this.#content.value;
    if (content?.contentType === null) return true;
    const there = content ? `what is there: ${factsOf(content)}` : 'what is there';
    return askForGood(
      `Replace the contents of ${this.object.id}?`,
      html`<p class="quiet">'${file.name}', ${formatBytes(file.size)}, takes the place of ${there}.</p>`,
      'Replace',
    );
  }

  async #replace(file: File, revision: number | undefined): Promise<void> {
    this.#stop = new AbortController();
    this.share = 0;
    try {
      const { signal } = this.#stop;
      const onProgress = (share: number) => (this.share = share);
      const object = await sendFile(replaceBytes, this.path, file, { signal, onProgress, revision });
      flash(`Uploaded '${file.name}'.`);
      this.dispatchEvent(new ObjectChanged(object));
    } catch (caught) {
      const isOvertaken = caught instanceof ApiProblem && caught.status === 412;
      if (isOvertaken && (await this.#isToOverwrite(file))) return await this.#replace(file, undefined);
      if (isOvertaken) this.dispatchEvent(new ObjectChanged());
      else if (!this.#stop.signal.aborted) flashFailure(`Could not upload '${file.name}': ${detailOf(caught)}`);
    } finally {
      this.share = undefined;
    }
  }

  #isToOverwrite(file: File): Promise<boolean> {
    return ask({
      heading: `Somebody changed ${this.object.id} meanwhile`,
      body: html`<p class="quiet">
        It is not as this page shows it any more. Put '${file.name}' in its place all the same? There is no undo.
      </p>`,
      safe: 'Show theirs',
      action: 'Replace',
    });
  }

  static override styles = [
    controls,
    dropNotice,
    css`
      .toolbar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        min-height: 53px;
        padding: 6px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
      }
      .toolbar > :first-child {
        flex: 1;
      }
      .progress {
        display: flex;
        gap: 12px;
        align-items: center;
      }
      .progress t-bar {
        flex: 1;
      }
      .body {
        display: grid;
        gap: 16px;
        justify-items: start;
        padding: 20px var(--t-edge);
        overflow-wrap: anywhere;
      }
      img {
        max-width: 100%;
        max-height: 60vh;
        border: 1px solid var(--t-line);
      }
      @media (width < 640px) {
        .toolbar > :first-child {
          flex-basis: 100%;
        }
      }
    `,
  ];
}

const LOADING = html`<t-loading>Reading the file…</t-loading>`;

/** "PNG image, 300 × 200 pixels, 12 KiB" */
function factsOf(content: ContentMessage): string {
  if (content.contentType === null) return '';
  return [content.words, pixelsOf(content), formatBytes(content.bytes)].filter((fact) => fact !== '').join(', ');
}

function pixelsOf({ pixels }: ContentMessage): string {
  return pixels === null ? '' : `${formatNumber(pixels.width)} × ${formatNumber(pixels.height)} pixels`;
}

function howPublished({ isShown }: ContentMessage): string {
  return isShown ? 'Browsers show it.' : 'Browsers save it: nothing in it is opened or run.';
}
