import { LitElement, css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import '../parts/icon.ts';
import { closeFlash, flashes, type Flash } from '../state/flash.ts';
import { Watch } from '../state/observable.ts';
import { controls } from '../styles/controls.ts';

const STAYS_MS = 8000;

const icons = { done: 'circle-check', troubled: 'triangle-alert', failed: 'circle-x' } as const;

/** What was just done, bottom left of the content. It goes after 8 s, not while pointed at or focused; failures stay. */
@customElement('flash-list')
export class FlashList extends LitElement {
  readonly #due = new Map<Flash, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new Watch(this, flashes);
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#expire(), 500);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render() {
    const of = (kind: Flash['kind']) => flashes.get().filter((flash) => flash.kind === kind);
    return html`
      <div role="alert">${this.#list(of('failed'))}</div>
      <div role="status">${this.#list(of('done'))}</div>
    `;
  }

  #list(list: readonly Flash[]) {
    return repeat(
      list,
      (flash) => flash,
      (flash) => html`
        <div class="flash ${lookOf(flash)}">
          <t-icon name=${icons[lookOf(flash)]}></t-icon>
          <p>${flash.text}${flash.trouble ? html` <span class="warn">${flash.trouble}</span>` : nothing}</p>
          ${
            flash.action
              ? html`<button class="link" @click=${() => this.#act(flash)}>${flash.action.label}</button>`
              : nothing
          }
          <button
            class="plain icon-only"
            aria-label="Close this message"
            title="Close"
            @click=${() => closeFlash(flash)}
          >
            <t-icon name="x"></t-icon>
          </button>
        </div>
      `,
    );
  }

  #act(flash: Flash) {
    closeFlash(flash);
    flash.action?.run();
  }

  #expire() {
    const now = Date.now();
    const isHeld = this.matches(':hover, :focus-within');
    for (const flash of flashes.get()) {
      const due = this.#due.get(flash) ?? now + STAYS_MS;
      this.#due.set(flash, isHeld ? now + STAYS_MS : due);
      if (flash.kind === 'done' && !isHeld && now >= due) closeFlash(flash);
    }
    for (const flash of this.#due.keys()) if (!flashes.get().includes(flash)) this.#due.delete(flash);
  }

  static override styles = [
    controls,
    css`
      :host {
        position: fixed;
        z-index: 30;
        bottom: calc(20px + var(--bottom-bar, 0px));
        left: calc(var(--tree-width, 248px) + var(--t-edge));
        max-width: min(680px, 100vw - 2 * var(--t-edge));
        pointer-events: none;
      }
      .flash {
        display: flex;
        align-items: flex-start;
        gap: 10px;
        width: fit-content;
        margin-top: 10px;
        padding: 5px 6px 5px 13px;
        border: 1px solid var(--t-line-strong);
        border-radius: var(--t-radius-menu);
        background: var(--t-raised);
        box-shadow: var(--t-shadow-m);
        pointer-events: auto;
        animation: come var(--t-normal);
      }
      .flash.failed {
        border-color: var(--t-danger-line);
      }
      .flash > t-icon {
        margin-top: 6px;
        color: var(--t-accent);
      }
      .flash.troubled {
        border-color: var(--t-warn-line);
      }
      .troubled > t-icon {
        color: var(--t-dot-warn);
      }
      .failed > t-icon {
        color: var(--t-danger);
      }
      p {
        padding-block: 4px;
        overflow-wrap: anywhere;
      }
      .link {
        margin: 4px 4px 4px 0;
      }
      @keyframes come {
        from {
          opacity: 0;
          translate: 0 4px;
        }
      }
      @media (width < 640px) {
        :host {
          bottom: max(80px, 20px + var(--bottom-bar, 0px));
          left: var(--t-edge);
        }
        .flash {
          align-items: center;
        }
        .flash > t-icon {
          margin-top: 0;
        }
      }
    `,
  ];
}

/** What was done although something is in trouble is no plain success. */
function lookOf({ kind, trouble }: Flash): keyof typeof icons {
  return kind === 'done' && trouble ? 'troubled' : kind;
}
