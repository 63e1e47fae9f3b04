import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { Somebody } from '../../schema/endpoints/sign-in.ts';
import { listen, stopListening } from '../api/channel.ts';
import { detailOf } from '../api/request.ts';
import { findOut, identity, isPutAside } from '../model/identity.ts';
import { failed } from '../parts/face.ts';
import { load } from '../parts/web-awesome.ts';
import { hasEnded } from '../state/ended.ts';
import { go, route } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { addressOf } from '../state/route.ts';
import { isPhone } from '../state/screen.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import './connection-banner.ts';
import { focusFirstField } from './first-field.ts';
import './flash-list.ts';
import './page-view.ts';
import type { PageView } from './page-view.ts';
import './sign-in.ts';
import './top-bar.ts';
import './tree-pane.ts';

/** The frame: header above, tree at the left, the object's page beside it. Nobody signed in: the sign-in screen alone. */
@customElement('app-shell')
export class AppShell extends LitElement {
  @state() private failure: unknown;
  @state() private isTreeOpen = false;
  @state() private areKeysOpen = false;
  @query('main') private content!: HTMLElement | null;
  @query('page-view') private page!: PageView | null;
  #shown = this.#current;
  #isFirst = false;

  constructor() {
    super();
    new Watch(this, identity, hasEnded, isPutAside, route, isPhone);
    new Shortcuts(this, [{ key: '?', label: 'Show these keys', run: () => void this.#showKeys() }]);
    identity.follow((me) => (me?.user ? listen() : stopListening()));
    hasEnded.follow((isOver) => isOver && stopListening());
    void this.#begin();
  }

  /** The one-time link is for whoever has no account: it leads them to where one begins, and everybody else to the tree. */
  protected override willUpdate(_changed: PropertyValues) {
    if (!isOneTimeLink()) return;
    const me = identity.get();
    if (me?.user) go(addressOf('/', this.#isFirst ? 'start' : undefined), 'replace');
    else this.#isFirst = me?.user === null && me.needsAdministrator;
  }

  protected override render() {
    const me = identity.get();
    if (!me) return this.#beforeStart();
    if (me.user === null) return html`<sign-in ?is-new=${me.needsAdministrator} token=${tokenInAddress()}></sign-in>`;
    return html`
      <header>
        <a class="skip button" href="#content" @click=${this.#skip}>Skip to the content</a>
        <top-bar .me=${me} @tree-wanted=${this.#showTree} @opened=${this.#enterPage}></top-bar>
      </header>
      ${isPhone.get() ? this.#drawer(me) : html`<tree-pane current=${this.#current}></tree-pane>`}
      <main id="content" tabindex="-1">
        <connection-banner></connection-banner>
        ${isAboutOneself() ? this.#mySessions() : html`<page-view></page-view>`}
      </main>
      <flash-list></flash-list>
      ${hasEnded.get() && !isPutAside.get() ? this.#sessionEnded(me) : nothing}
      ${this.areKeysOpen ? html`<keys-dialog open @closed=${() => (this.areKeysOpen = false)}></keys-dialog>` : nothing}
    `;
  }

  protected override updated(_changed: PropertyValues) {
    if (this.#current === this.#shown) return;
    this.#shown = this.#current;
    this.isTreeOpen = false;
    this.content?.scrollTo(0, 0);
    // Whoever came by a dialog that is gone now would otherwise begin at the top of the page again.
    if (!this.shadowRoot?.activeElement) this.content?.focus();
  }

  async #begin() {
    this.failure = undefined;
    try {
      await findOut();
    } catch (caught) {
      this.failure = caught;
    }
  }

  #beforeStart() {
    if (this.failure === undefined) return nothing;
    return failed(`Could not start: ${detailOf(this.failure)}`, this.failure, () => this.#begin());
  }

  #drawer({ user, instance }: Somebody) {
    return html`<wa-drawer placement="start" label="Tree" ?open=${this.isTreeOpen} @wa-after-hide=${this.#onTreeHidden}>
      ${this.isTreeOpen ? html`<object-tree current=${this.#current}></object-tree>` : nothing}
      <user-menu slot="footer" user=${user} version=${instance.version}></user-menu>
    </wa-drawer>`;
  }

  /** The object whose page is shown; none on the page about oneself. */
  get #current(): string {
    return isAboutOneself() ? '' : route.get().path;
  }

  #mySessions() {
    void import('../own/my-sessions.ts');
    return html`<my-sessions></my-sessions>`;
  }

  /** Who opened something by its name goes on typing there. */
  async #enterPage() {
    await this.updateComplete;
    this.content?.focus();
    await focusFirstField(() => this.page?.arrived);
  }

  async #showTree() {
    await load('drawer');
    this.isTreeOpen = true;
  }

  /** A menu in it tells of its own going, too. */
  #onTreeHidden({ target, currentTarget }: Event) {
    if (target === currentTarget) this.isTreeOpen = false;
  }

  #sessionEnded(me: Somebody) {
    void import('./session-ended.ts');
    return html`<session-ended user=${me.user}></session-ended>`;
  }

  async #showKeys() {
    await import('./keys-dialog.ts');
    this.areKeysOpen = true;
  }

  #skip(event: Event) {
    event.preventDefault();
    this.content?.focus();
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template: 48px minmax(0, 1fr) / var(--tree-width, 248px) minmax(0, 1fr);
        height: 100dvh;
      }
      :host > sign-in,
      :host > t-face {
        grid-area: 1 / 1 / -1 / -1;
        overflow: auto;
      }
      header {
        display: grid;
        grid-column: 1 / -1;
        z-index: 10;
      }
      main {
        position: relative;
        display: flex;
        flex-direction: column;
        overflow: auto;
        /* What is scrolled to is not behind the bar of unsaved changes. */
        scroll-padding-bottom: var(--bottom-bar, 0px);
      }
      main:focus-visible {
        outline: none;
      }
      page-view,
      my-sessions {
        flex: 1;
      }
      .skip {
        position: absolute;
        z-index: 40;
        top: 8px;
        left: 8px;
      }
      .skip:not(:focus) {
        opacity: 0;
        pointer-events: none;
      }
      wa-drawer {
        --size: min(320px, 88vw);
        --spacing: 16px;
      }
      wa-drawer::part(body) {
        padding: 0;
      }
      wa-drawer::part(header) {
        min-height: 52px;
        border-bottom: 1px solid var(--t-line);
      }
      /* On paper stands what the page says, over as many sheets as it takes. */
      @media print {
        :host {
          display: block;
          height: auto;
        }
        header,
        tree-pane,
        flash-list,
        connection-banner {
          display: none;
        }
        main {
          overflow: visible;
        }
      }
      @media (width < 640px) {
        :host {
          grid-template: 52px minmax(0, 1fr) / minmax(0, 1fr);
        }
      }
    `,
  ];
}

/** `/manage/@my-sessions` is about whoever is signed in, and needs no right on any object. */
function isAboutOneself(): boolean {
  const { path, tab } = route.get();
  return path === '/' && tab === 'my-sessions';
}

function isOneTimeLink(): boolean {
  const { path, tab } = route.get();
  return path === '/' && tab === 'administrator';
}

/** `/manage/@administrator#token=…` is the one-time link of the first start. */
function tokenInAddress(): string {
  if (!isOneTimeLink()) return '';
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
}
