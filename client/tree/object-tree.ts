import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ChildItem } from '../../schema/endpoints/objects.ts';
import { parentPath } from '../../schema/paths.ts';
import { followChanges } from '../model/changes.ts';
import { iconOf } from '../model/icon-of.ts';
import '../parts/dot.ts';
import { formatNumber, plural } from '../parts/format.ts';
import '../parts/icon.ts';
import { Live } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { TreeModel, type Gap } from './tree-model.ts';

const TYPE_AHEAD_MS = 600;

type Node = Pick<ChildItem, 'path' | 'id' | 'icon' | 'isFolder' | 'size' | 'warnings'>;

const root: Node = { path: '/', id: 'Root', icon: 'folder', isFolder: true, size: 1, warnings: [] };

/** The objects of the site, folder in folder, fetched as they are opened. One object is the current one. */
@customElement('object-tree')
export class ObjectTree extends LitElement {
  /** The current object's path. */
  @property() current = '/';
  /** The row that the Tab key reaches. */
  @state() private active = '/';
  readonly #model = new TreeModel(() => this.requestUpdate());
  #stopFollowing: (() => void) | undefined;
  #typed = '';
  #typedAt = 0;

  constructor() {
    super();
    new Live(this, ['tree', 'warnings', 'proxy', 'server'], () => this.#model.refresh());
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#stopFollowing = followChanges(() => void this.#model.refresh());
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#stopFollowing?.();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('current')) return;
    this.active = this.current;
    void this.#reveal();
  }

  protected override render() {
    return html`<ul role="tree" aria-label="Objects" @keydown=${this.#onKey}>
      ${this.#row({ ...root, warnings: this.#model.branch('/')?.folder?.warnings ?? [] }, 1)}
    </ul>`;
  }

  async #reveal() {
    await this.#model.reveal(this.current);
    await this.updateComplete;
    this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  #row(node: Node, level: number): TemplateResult {
    const { path, id, warnings } = node;
    const canOpen = node.isFolder && node.size > 0;
    const isOpen = canOpen && this.#model.isOpen(path);
    return html`<li role="none">
      <a
        role="treeitem"
        href=${addressOf(path)}
        data-path=${path}
        tabindex=${path === this.#reachable() ? 0 : -1}
        aria-level=${level}
        aria-current=${path === this.current ? 'page' : nothing}
        aria-expanded=${canOpen ? String(isOpen) : nothing}
        @focus=${() => (this.active = path)}
      >
        <span class="chevron" @click=${(event: Event) => this.#toggle(event, node)}>
          ${canOpen ? html`<t-icon name=${isOpen ? 'chevron-down' : 'chevron-right'}></t-icon>` : nothing}
        </span>
        <t-icon name=${iconOf(node)}></t-icon>
        <span class="ellipsis" title=${id}>${id}</span>
        ${this.#notice(warnings)}
      </a>
      ${isOpen ? this.#children(path, level) : nothing}
    </li>`;
  }

  #notice(warnings: Node['warnings']) {
    const worst = warnings.find(({ severity }) => severity === 'danger') ?? warnings[0];
    if (!worst || worst.severity === 'info') return nothing;
    return html`<t-dot state=${worst.severity === 'danger' ? 'down' : 'warn'} title=${worst.text}>
      <span class="visually-hidden">${worst.short}</span>
    </t-dot>`;
  }

  #children(path: string, level: number) {
    const branch = this.#model.branch(path);
    if (!branch) return nothing;
    return html`<ul role="group">
      ${repeat(
        branch.parts,
        (part) => ('id' in part ? part.path : part.page),
        (part) => ('id' in part ? this.#row(part, level + 1) : this.#more(path, part, level + 1)),
      )}
      ${branch.failure ? html`<li role="none" class=${branch.isForbidden ? 'note' : 'note danger'}>${branch.failure}</li>` : nothing}
    </ul>`;
  }

  /** Stands for rows that are left out: more of them, from where those before end. */
  #more(folder: string, { count, next, page }: Gap, level: number) {
    return html`<li role="none">
      <button
        role="treeitem"
        class="more small"
        data-folder=${folder}
        tabindex="-1"
        aria-level=${level}
        @click=${() => this.#show(folder, page)}
      >
        ${next < count ? `${formatNumber(next)} of ${plural(count, 'more item')}` : plural(count, 'more item')}
      </button>
    </li>`;
  }

  async #show(folder: string, page: number) {
    const first = await this.#model.more(folder, page);
    await this.updateComplete;
    this.#rows.find((row) => row.dataset['path'] === first)?.focus();
  }

  #toggle(event: Event, node: Node) {
    if (!node.isFolder || node.size === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#setOpen(node.path, !this.#model.isOpen(node.path));
  }

  #setOpen(path: string, isOpen: boolean) {
    if (isOpen) void this.#model.open(path);
    else this.#model.close(path);
  }

  get #rows(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role=treeitem]')];
  }

  /** The active row, or the nearest one above it that is shown. */
  #reachable(): string {
    for (let path: string | undefined = this.active; path; path = parentPath(path)) {
      const folder = parentPath(path);
      if (folder === undefined) return path;
      if (this.#model.isOpen(folder) && this.#model.branch(folder)?.items.some((item) => item.path === path))
        return path;
    }
    return '/';
  }

  #onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = this.#rows;
    const at = rows.findIndex((row) => row === event.target);
    const row = rows[at];
    if (!row) return;
    const moves: Record<string, () => void> = {
      ArrowDown: () => rows[at + 1]?.focus(),
      ArrowUp: () => rows[at - 1]?.focus(),
      Home: () => rows[0]?.focus(),
      End: () => rows.at(-1)?.focus(),
      ArrowRight: () => this.#onRight(row, rows[at + 1]),
      ArrowLeft: () => this.#onLeft(row, rows),
      ' ': () => row.click(),
    };
    const move = moves[event.key] ?? (/^\S$/u.test(event.key) ? () => this.#typeAhead(event.key, rows, at) : undefined);
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  #onRight(row: HTMLElement, next: HTMLElement | undefined) {
    if (row.ariaExpanded === 'false') this.#setOpen(row.dataset['path']!, true);
    else if (row.ariaExpanded === 'true') next?.focus();
  }

  #onLeft(row: HTMLElement, rows: readonly HTMLElement[]) {
    const { path, folder = parentPath(path!) } = row.dataset;
    if (row.ariaExpanded === 'true') return this.#setOpen(path!, false);
    rows.find((each) => each.dataset['path'] === folder)?.focus();
  }

  #typeAhead(key: string, rows: readonly HTMLElement[], at: number) {
    const now = Date.now();
    this.#typed = now - this.#typedAt < TYPE_AHEAD_MS ? this.#typed + key : key;
    this.#typedAt = now;
    const from = this.#typed.length > 1 ? at : at + 1;
    const inOrder = [...rows.slice(from), ...rows.slice(0, from)];
    inOrder.find((row) => row.textContent?.trim().toLowerCase().startsWith(this.#typed.toLowerCase()))?.focus();
  }

  static override styles = [
    controls,
    css`
      ul[role='tree'] {
        position: relative;
        z-index: 0;
        padding: 8px 0;
      }
      ul[role='group'] {
        margin-left: 16px;
        border-left: 1px solid var(--t-line-strong);
      }
      ul[role='group'] ul[role='group'] {
        margin-left: 15px;
      }
      a[role='treeitem'] {
        display: flex;
        align-items: center;
        height: 28px;
        padding: 0 16px 0 8px;
        color: var(--t-text);
        text-decoration: none;
      }
      ul[role='group'] a[role='treeitem'] {
        padding-left: 7px;
      }
      /* The ground runs over the whole width of the tree, however deep the row stands. */
      a[role='treeitem']::before {
        content: '';
        position: absolute;
        left: 8px;
        right: 8px;
        z-index: -1;
        height: 28px;
        border-radius: var(--t-radius-row);
      }
      a[role='treeitem']:hover::before {
        background: var(--t-hover);
      }
      a[aria-current]::before,
      a[aria-current]:hover::before {
        background: var(--t-accent-fill);
      }
      a[role='treeitem']:focus-visible {
        outline: none;
      }
      a[role='treeitem']:focus-visible::before {
        outline: 2px solid var(--t-accent);
        outline-offset: -1px;
      }
      a[aria-current] {
        font-weight: 600;
      }
      a[aria-current] > t-icon {
        color: var(--t-accent);
      }
      .chevron {
        display: grid;
        place-items: center;
        flex: none;
        width: 17px;
        height: 28px;
      }
      .chevron t-icon {
        --icon-size: 13px;
      }
      a > .ellipsis {
        margin-left: 8px;
      }
      t-dot {
        flex: none;
        gap: 0;
        margin-left: auto;
      }
      .more {
        justify-content: flex-start;
        width: 100%;
        min-height: 28px;
        padding: 0 16px 0 32px;
        border: 0;
        background: none;
        color: var(--t-accent);
        font-weight: 400;
      }
      .note {
        padding: 4px 16px 4px 26px;
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      @media (width < 640px) {
        a[role='treeitem'],
        a[role='treeitem']::before,
        .chevron {
          height: 44px;
        }
        .chevron {
          width: 28px;
        }
      }
    `,
  ];
}
