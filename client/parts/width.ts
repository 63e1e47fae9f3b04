import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** How wide its element is, in pixels; draws it anew when that changes. */
export class Width implements ReactiveController {
  px = 1200;
  readonly #host: ReactiveControllerHost & Element;
  readonly #observer: ResizeObserver;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    this.#observer = new ResizeObserver(([entry]) => this.#set(entry?.contentRect.width ?? this.px));
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  #set(px: number): void {
    if (px === this.px) return;
    this.px = px;
    this.#host.requestUpdate();
  }
}
