import { LitElement, css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

/**
 * A page as a visitor's browser shows it, without being one: nothing in it runs, its forms are not sent and its links lead
 * nowhere. The server gives a frame for this that has a policy of its own, and in that is a frame for the page.
 */
@customElement('page-frame')
export class PageFrame extends LitElement {
  @property() page = '';
  /** Where the page will be: its pictures and styles are looked for from there. */
  @property() address = '/';
  @query('iframe') private frame!: HTMLIFrameElement;
  #scrolled = 0;

  protected override render() {
    return html`<iframe src="/assets/page-frame" title="The page" @load=${this.#open}></iframe>`;
  }

  protected override updated() {
    this.#show();
  }

  get #inner(): HTMLIFrameElement | null | undefined {
    return this.frame.contentDocument?.querySelector('iframe');
  }

  readonly #open = () => {
    this.#inner?.addEventListener('load', this.#stay);
    this.#show();
  };

  #show() {
    const inner = this.#inner;
    if (!inner) return;
    this.#scrolled = windowOf(inner)?.scrollY ?? this.#scrolled;
    inner.ownerDocument.querySelector('base')!.href = this.address;
    inner.srcdoc = this.page;
  }

  /** The next page is where the one before was. After a link, which the policy refuses, the page is put back. */
  readonly #stay = () => {
    const shown = windowOf(this.#inner!);
    if (shown?.location.href === 'about:srcdoc') shown.scrollTo(0, this.#scrolled);
    else this.#show();
  };

  static override styles = css`
    :host {
      display: block;
    }
    iframe {
      display: block;
      width: 100%;
      height: 100%;
      border: 0;
    }
  `;
}

/** `undefined` where the browser shows an error of its own, which has another origin. */
function windowOf({ contentDocument, contentWindow }: HTMLIFrameElement): Window | undefined {
  return contentDocument === null || contentWindow === null ? undefined : contentWindow;
}
