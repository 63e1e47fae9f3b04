import { css, html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { flashFailure } from '../state/flash.ts';
import './icon.ts';

/** Lets files be dropped on its element, which is drawn anew when files hover over it. */
export class FileDrop implements ReactiveController {
  /** Whether files are held over the element right now. */
  isOver = false;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #isWanted: () => boolean;
  readonly #onFiles: (files: readonly File[]) => void;

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    isWanted: () => boolean,
    onFiles: (files: readonly File[]) => void,
  ) {
    this.#host = host;
    this.#isWanted = isWanted;
    this.#onFiles = onFiles;
    host.addController(this);
  }

  /** What dropping would do, along the top of the element. Needs `dropNotice`. */
  notice(words: string) {
    return this.isOver ? html`<p class="drop"><t-icon name="upload"></t-icon>${words}</p>` : nothing;
  }

  hostConnected(): void {
    this.#host.addEventListener('dragover', this.#onOver);
    this.#host.addEventListener('dragleave', this.#onLeave);
    this.#host.addEventListener('drop', this.#onDrop);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('dragover', this.#onOver);
    this.#host.removeEventListener('dragleave', this.#onLeave);
    this.#host.removeEventListener('drop', this.#onDrop);
  }

  readonly #onOver = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files') || !this.#isWanted()) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.#set(true);
  };

  readonly #onLeave = (event: DragEvent): void => {
    const { relatedTarget } = event;
    if (!(relatedTarget instanceof Node) || !this.#host.contains(relatedTarget)) this.#set(false);
  };

  readonly #onDrop = (event: DragEvent): void => {
    if (!this.isOver || !event.dataTransfer) return;
    event.preventDefault();
    this.#set(false);
    const items = [...event.dataTransfer.items].filter(({ kind }) => kind === 'file');
    const files = items.filter((item) => item.webkitGetAsEntry()?.isDirectory !== true);
    if (files.length < items.length) flashFailure('A folder cannot be uploaded. Drop the files that are in it.');
    const dropped = files.map((item) => item.getAsFile()).filter((file) => file !== null);
    if (dropped.length > 0) this.#onFiles(dropped);
  };

  #set(isOver: boolean): void {
    if (isOver === this.isOver) return;
    this.isOver = isOver;
    this.#host.requestUpdate();
  }
}

export const dropNotice = css`
  :host {
    position: relative;
  }
  .drop {
    position: absolute;
    z-index: 5;
    inset: 0 0 auto;
    display: flex;
    align-items: center;
    gap: 8px;
    height: 53px;
    padding-inline: var(--t-edge);
    border-bottom: 1px solid var(--t-accent-line);
    background: var(--t-accent-fill);
  }
`;
