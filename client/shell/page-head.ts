import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ObjectMessage, TabInfo, Warning } from '../../schema/endpoints/objects.ts';
import { iconOf } from '../model/icon-of.ts';
import { nameOf } from '../model/name-of.ts';
import '../parts/dot.ts';
import { formatNumber } from '../parts/format.ts';
import '../parts/icon.ts';
import '../parts/title.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';

/** Where one is: the way from the root, the object's icon, id, type and title, its state, and its tabs. */
@customElement('page-head')
export class PageHead extends LitElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property({ attribute: false }) tab: string | undefined;
  /** What the tab wants at the right; otherwise the object's first notice stands there. */
  @property({ attribute: false }) aside: TemplateResult | undefined;

  protected override render() {
    const { path, type, title } = this.object;
    const name = nameOf(this.object);
    return html`
      ${this.#breadcrumb(path)}
      <div class="row">
        <t-icon name=${iconOf(this.object)}></t-icon>
        <h1 class="ellipsis" title=${path}>${name}</h1>
        <p class="about ellipsis">
          <span>${type}</span
          >${title && title !== name && title !== type ? html`<span class="title"><t-title text=${title}></t-title></span>` : nothing}
        </p>
        <div class="aside">${this.aside ?? this.#chip(this.object.warnings[0])}</div>
      </div>
      <nav aria-label="Tabs of ${name}">
        <ul>
          ${this.object.tabs.map((tab) => this.#tabLink(tab))}
        </ul>
      </nav>
    `;
  }

  #breadcrumb(path: string) {
    const names = path.split('/').filter(Boolean);
    const here = names.pop();
    const above = ['Root', ...names].map((name, depth) => {
      const href = addressOf(`/${names.slice(0, depth).join('/')}`);
      return html`<li><a href=${href} title=${name}>${name}</a></li>`;
    });
    return html`<nav aria-label="Breadcrumb" class="breadcrumb">
      <ol>
        ${
          here === undefined
            ? html`<li aria-current="page">Root</li>`
            : html`${above}
                <li aria-current="page">${here}</li>`
        }
      </ol>
    </nav>`;
  }

  #chip(warning: Warning | undefined) {
    if (!warning || warning.severity === 'info') return nothing;
    const isDown = warning.severity === 'danger';
    return html`<span class="chip ${isDown ? 'down' : ''}" title=${warning.text}>
      <t-dot state=${isDown ? 'down' : 'warn'}>${warning.short}</t-dot>
    </span>`;
  }

  #tabLink(tab: TabInfo) {
    const href = addressOf(this.object.path, tab.id);
    const count =
      tab.count === undefined ? nothing : html` <span class="count figures">${formatNumber(tab.count)}</span>`;
    return html`<li>
      <a href=${href} aria-current=${tab.id === this.tab ? 'page' : nothing}>${tab.label}${count}</a>
    </li>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        padding-top: 12px;
        border-bottom: 1px solid var(--t-line);
      }
      .breadcrumb {
        height: 16px;
        margin-bottom: 4px;
        padding-inline: var(--t-edge);
        overflow: hidden;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        line-height: 16px;
        white-space: nowrap;
      }
      .breadcrumb ol {
        display: flex;
      }
      .breadcrumb li {
        flex: 0 1 auto;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .breadcrumb li:first-child {
        flex: none;
      }
      .breadcrumb li + li::before {
        content: '/';
        margin-inline: 6px;
        color: var(--t-faint);
      }
      .row {
        display: flex;
        align-items: center;
        height: 32px;
        padding-inline: var(--t-edge);
      }
      .row > t-icon {
        --icon-size: 20px;
        margin-right: 10px;
        color: var(--t-accent);
      }
      h1 {
        flex: none;
        max-width: 60%;
      }
      .about {
        flex: 1;
        min-width: 0;
        margin-left: 10px;
        color: var(--t-quiet);
      }
      .title {
        margin-left: 10px;
        padding-left: 10px;
        border-left: 1px solid var(--t-line-strong);
      }
      .aside {
        display: flex;
        flex: none;
        align-items: center;
        gap: 10px;
      }
      .aside:has(.chip) {
        flex: 0 1 auto;
        min-width: 0;
      }
      .chip {
        min-width: 0;
        padding: 0 8px;
        border: 1px solid var(--t-warn-line);
        border-radius: var(--t-radius-key);
        background: var(--t-warn-fill);
        color: var(--t-warn);
        line-height: 20px;
      }
      .chip t-dot {
        max-width: 100%;
      }
      .chip.ok {
        border-color: var(--t-accent-line);
        background: var(--t-accent-fill);
        color: var(--t-accent);
      }
      .chip.down {
        border-color: var(--t-danger-line);
        background: var(--t-danger-fill);
        color: var(--t-danger);
      }
      ul {
        display: flex;
        gap: 22px;
        margin-top: 4px;
        padding-inline: var(--t-edge);
        overflow-x: auto;
        scrollbar-width: none;
      }
      li a {
        color: inherit;
      }
      .breadcrumb a {
        color: var(--t-accent);
      }
      .breadcrumb a:focus-visible {
        outline-offset: -2px;
      }
      ul a {
        display: flex;
        gap: 8px;
        height: 38px;
        padding-top: 9px;
        border-bottom: 2px solid transparent;
        color: var(--t-quiet);
        font-weight: 500;
        white-space: nowrap;
      }
      ul a:hover {
        color: var(--t-text);
        text-decoration: none;
      }
      ul a:focus-visible {
        outline-offset: -3px;
      }
      ul a[aria-current] {
        border-color: var(--t-accent);
        color: var(--t-text);
      }
      .count {
        color: var(--t-faint);
        font-weight: 400;
      }
      @media print {
        nav:not(.breadcrumb),
        .aside {
          display: none;
        }
      }
      @media (width < 768px) {
        .row {
          flex-wrap: wrap;
          height: auto;
        }
        h1 {
          max-width: calc(100% - 30px);
        }
        .about {
          flex-basis: calc(100% - 30px);
          margin-left: 30px;
          font-size: var(--t-size-small);
          line-height: 16px;
        }
        .title {
          margin-left: 0;
          padding-left: 0;
          border: 0;
        }
        .title::before {
          content: ' · ';
        }
        .aside {
          flex-basis: 100%;
          justify-content: space-between;
          margin: 8px 0 4px;
        }
        .aside:empty {
          display: none;
        }
        ul {
          margin-top: 7px;
        }
      }
    `,
  ];
}
