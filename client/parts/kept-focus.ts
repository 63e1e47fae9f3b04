import type { LitElement, ReactiveController } from 'lit';

/** Where what has the focus in its element goes as that is drawn anew, the focus does not fall to the page: it goes home. */
export class KeptFocus implements ReactiveController {
  readonly #host: LitElement;
  readonly #home: () => HTMLElement | null;
  #hasFocus = false;

  constructor(host: LitElement, home: () => HTMLElement | null) {
    this.#host = host;
    this.#home = home;
    host.addController(this);
  }

  hostUpdate(): void {
    this.#hasFocus = (this.#host.shadowRoot?.activeElement ?? null) !== null;
  }

  /** Its parts are drawn after it. */
  hostUpdated(): void {
    if (this.#hasFocus) requestAnimationFrame(() => this.#keep());
  }

  #keep(): void {
    if (!this.#host.isConnected || !isLost()) return;
    const home = this.#home() ?? this.#host;
    home.focus();
    if (!isLost()) return;
    home.tabIndex = -1;
    HTMLElement.prototype.focus.call(home);
  }
}

function isLost(): boolean {
  return document.activeElement === document.body;
}
