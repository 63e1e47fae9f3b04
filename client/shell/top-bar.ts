import { LitElement, css, html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Somebody } from '../../schema/endpoints/sign-in.ts';
import '../parts/dot.ts';
import { connection } from '../state/connection.ts';
import { Watch } from '../state/observable.ts';
import { addressOf } from '../state/route.ts';
import { isPhone } from '../state/screen.ts';
import { controls } from '../styles/controls.ts';
import './logo.ts';
import './object-search.ts';
import type { ObjectSearch } from './object-search.ts';
import './user-menu.ts';

/** The line above everything: which Trellis this is, the search, whether the server is there, and who is signed in. */
@customElement('top-bar')
export class TopBar extends LitElement {
  @property({ attribute: false }) me!: Somebody;
  @state() private isSearching = false;
  @query('object-search') private search!: ObjectSearch;

  constructor() {
    super();
    new Watch(this, connection, isPhone);
  }

  protected override render() {
    return isPhone.get() ? this.#phone() : this.#desk();
  }

  #desk() {
    const { up } = connection.get();
    return html`
      <div class="brand">
        <a href=${addressOf('/')}><t-logo></t-logo>Trellis</a>
        <span class="instance ellipsis" title=${this.me.instance.name}>${this.me.instance.name}</span>
      </div>
      <div class="rest">
        <object-search></object-search>
        <t-dot class="connection small" state=${up ? 'ok' : 'down'}>${up ? 'Connected' : 'Not connected'}</t-dot>
        <user-menu user=${this.me.user ?? ''} version=${this.me.instance.version}></user-menu>
      </div>
    `;
  }

  #phone() {
    if (this.isSearching) {
      return html`<div class="phone">
        <object-search @left=${() => (this.isSearching = false)}></object-search>
        <button class="plain" @click=${() => (this.isSearching = false)}>Close</button>
      </div>`;
    }
    return html`<div class="phone">
      <button class="plain" @click=${() => this.dispatchEvent(new Event('tree-wanted'))}>
        <t-icon name="menu"></t-icon>Tree
      </button>
      <a class="centre" href=${addressOf('/')}><t-logo></t-logo>Trellis</a>
      <button class="plain" @click=${this.#openSearch}><t-icon name="search"></t-icon>Search</button>
    </div>`;
  }

  async #openSearch() {
    this.isSearching = true;
    await this.updateComplete;
    await this.search.updateComplete;
    this.search.focus();
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: var(--tree-width, 248px) minmax(0, 1fr);
        border-bottom: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      .brand {
        display: flex;
        align-items: center;
        min-width: 0;
        padding-inline: 18px 12px;
        border-right: 1px solid var(--t-line);
      }
      .brand a,
      .centre {
        display: flex;
        align-items: center;
        gap: 10px;
        color: var(--t-text);
        font-size: 0.9375rem;
        font-weight: 600;
        letter-spacing: -0.01em;
        text-decoration: none;
      }
      .instance {
        margin-left: 10px;
        padding-left: 10px;
        border-left: 1px solid var(--t-line-strong);
        color: var(--t-quiet);
        line-height: 16px;
      }
      .rest {
        display: flex;
        align-items: center;
        gap: 8px;
        padding-inline: var(--t-edge) 12px;
      }
      object-search {
        width: 400px;
        min-width: 160px;
      }
      .connection {
        margin-left: auto;
        color: var(--t-quiet);
        white-space: nowrap;
      }
      @media (width < 640px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
        .phone {
          display: flex;
          align-items: center;
          justify-content: space-between;
          gap: 8px;
          padding-inline: 4px;
        }
        .phone object-search {
          flex: 1;
          padding-left: 12px;
          --t-control-height: 40px;
        }
        .centre {
          gap: 8px;
          font-size: 0.875rem;
        }
      }
    `,
  ];
}
