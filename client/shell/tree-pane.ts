import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { readPreference, writePreference } from '../state/preferences.ts';
import { controls } from '../styles/controls.ts';
import '../tree/object-tree.ts';

const NARROWEST = 200;
const WIDEST = 400;
const USUAL = 248;

/** The tree at the left of the page, and the line beside it that changes its width. */
@customElement('tree-pane')
export class TreePane extends LitElement {
  @property() current = '/';
  @property({ type: Number }) width = USUAL;

  override connectedCallback() {
    super.connectedCallback();
    this.#resize(Number(readPreference('tree-width')) || USUAL);
  }

  protected override render() {
    return html`<nav aria-label="Objects">
      <object-tree current=${this.current}></object-tree>
      <div
        class="edge"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the tree"
        aria-valuemin=${NARROWEST}
        aria-valuemax=${WIDEST}
        aria-valuenow=${this.width}
        tabindex="0"
        @keydown=${this.#onKey}
        @pointerdown=${this.#onPress}
        @pointermove=${this.#onMove}
        @dblclick=${() => this.#resize(USUAL)}
      ></div>
    </nav>`;
  }

  #onPress(event: PointerEvent) {
    (event.target as HTMLElement).setPointerCapture(event.pointerId);
  }

  #onMove(event: PointerEvent) {
    if ((event.target as HTMLElement).hasPointerCapture(event.pointerId)) this.#resize(event.clientX);
  }

  #onKey(event: KeyboardEvent) {
    const widths: Record<string, number> = {
      ArrowLeft: this.width - 16,
      ArrowRight: this.width + 16,
      Home: NARROWEST,
      End: WIDEST,
    };
    const width = widths[event.key];
    if (width === undefined) return;
    event.preventDefault();
    this.#resize(width);
  }

  #resize(width: number) {
    this.width = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
    writePreference('tree-width', String(this.width));
    document.documentElement.style.setProperty('--tree-width', `${this.width}px`);
  }

  static override styles = [
    controls,
    css`
      :host {
        position: relative;
        min-height: 0;
        border-right: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      nav {
        height: 100%;
      }
      object-tree {
        height: 100%;
        overflow: auto;
      }
      .edge {
        position: absolute;
        inset: 0 -4px 0 auto;
        z-index: 1;
        width: 7px;
        cursor: col-resize;
        touch-action: none;
      }
      .edge:hover,
      .edge:focus-visible {
        border-right: 3px solid var(--t-accent-line);
        outline: none;
      }
      .edge:focus-visible {
        border-color: var(--t-accent);
      }
    `,
  ];
}
