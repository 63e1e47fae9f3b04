import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ObjectMessage, Warning } from '../../schema/endpoints/objects.ts';
import { parentPath } from '../../schema/paths.ts';
import { getObject } from '../api/objects.ts';
import { ApiProblem, detailOf, mayPass } from '../api/request.ts';
import { ObjectChanged, announceChange } from '../model/changes.ts';
import { identity, leave } from '../model/identity.ts';
import { nameOf } from '../model/name-of.ts';
import '../model/object-banners.ts';
import { HeadAside, type TabElement } from '../model/tab.ts';
import '../parts/banner.ts';
import { tryAgain } from '../parts/face.ts';
import { connection } from '../state/connection.ts';
import { isDirty, route } from '../state/location.ts';
import { Live } from '../state/live.ts';
import { Watch } from '../state/observable.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { findElement } from '../tabs/registry.ts';
import './page-head.ts';

/** One object's page: loads what the address names, draws its head and banners, and hands it to the tab's own element. */
@customElement('page-view')
export class PageView extends LitElement {
  @state() private tab: TabElement | undefined;
  @state() private aside: TemplateResult | undefined;
  @state() private missing: unknown;
  #tabKey = '';
  #changed: ObjectMessage | undefined;
  #shown: ObjectMessage | undefined;
  #isBySelf = false;
  /** The first tab is there: it says what stands in the head, which is not drawn to grow under the eye. */
  #hasBegun = false;
  /** Where the last load failed, also while it is tried again. */
  #failedAt: string | undefined;

  readonly #load = new Task(this, {
    args: () => [route.get().path] as const,
    task: async ([path], { signal }) => {
      const object = await getObject(path, signal);
      // Where it is as it was, no tab needs to look again: each follows itself what it shows beside the object.
      const isKnown = this.#isBySelf && JSON.stringify(object) === JSON.stringify(this.#shown);
      return isKnown ? this.#shown : object;
    },
    onComplete: () => {
      this.#changed = undefined;
      this.#failedAt = undefined;
    },
    onError: () => (this.#failedAt = route.get().path),
  });

  constructor() {
    super();
    new Watch(this, route);
    new Live(this, ['tree', 'warnings', 'proxy', 'server'], () => this.#lookAgain());
    this.addEventListener(ObjectChanged.type, (event) => this.#onChanged(event as ObjectChanged));
    this.addEventListener(HeadAside.type, (event) => (this.aside = (event as HeadAside).content));
    connection.follow(() => this.#retry());
    identity.follow(() => this.#retry());
  }

  protected override willUpdate(_changed: PropertyValues) {
    const { path } = route.get();
    const object = this.#changed?.path === path ? this.#changed : this.#load.value;
    if (object?.path === path) this.#shown = object;
    if (this.#shown?.path === path) this.#chooseTab(this.#shown);
    this.#hasBegun ||= this.#shown !== undefined && !this.#isFetching(this.#shown);
  }

  protected override render() {
    const hasFailed = this.#failedAt === route.get().path;
    if (hasFailed && !this.#mayStay(this.#load.error)) return this.#failed(this.#load.error);
    if (!this.#shown || !this.#hasBegun) return html`<p class="visually-hidden" role="status">Loading…</p>`;
    return html`
      <page-head .object=${this.#shown} .tab=${this.#tabId(this.#shown)} .aside=${this.aside}></page-head>
      ${hasFailed && isGone(this.#load.error) ? gone(this.#shown.path) : nothing}
      <object-banners .warnings=${[...this.#shown.warnings, ...vanishing(this.#shown)]}></object-banners>
      ${this.tab ?? this.#noTab(this.#shown)}
    `;
  }

  protected override updated() {
    if (!this.#shown) return;
    const label = this.#shown.tabs.find(({ id }) => id === this.#tabId(this.#shown!))?.label;
    document.title = [nameOf(this.#shown), label, 'Trellis'].filter(Boolean).join(' - ');
  }

  /** What is shown goes only once it is known to be gone, or not for them any more, and nothing typed goes with it. */
  #mayStay(failure: unknown): boolean {
    if (this.#shown?.path !== route.get().path) return false;
    return isDirty() || !(failure instanceof ApiProblem && [403, 404].includes(failure.status));
  }

  /** The tab that the address names, once it is there. */
  get arrived(): TabElement | undefined {
    const object = this.#shown;
    const isHere = object?.path === route.get().path && this.#tabKey === `${object.path}/@${this.#tabId(object)}`;
    return isHere ? this.tab : undefined;
  }

  #tabId(object: ObjectMessage): string | undefined {
    return route.get().tab ?? object.tabs[0]?.id;
  }

  /** The element of the current tab is kept as long as object and tab stay, so that a reload never loses what was typed. */
  #chooseTab(object: ObjectMessage) {
    const key = `${object.path}/@${this.#tabId(object)}`;
    if (key !== this.#tabKey) {
      this.#tabKey = key;
      this.tab = undefined;
      this.aside = undefined;
      this.missing = undefined;
      void this.#makeTab(object, key).catch((error: unknown) => key === this.#tabKey && (this.missing = error));
    } else if (this.tab) {
      this.tab.object = object;
    }
  }

  /** Whether its tab's element is on its way. */
  #isFetching(object: ObjectMessage): boolean {
    return !this.tab && this.missing === undefined && this.#findElement(object) !== undefined;
  }

  async #makeTab(object: ObjectMessage, key: string) {
    const name = this.#elementName(object);
    const load = this.#findElement(object);
    if (!name || !load) return;
    await load();
    if (key !== this.#tabKey) return;
    const tab = document.createElement(name) as TabElement;
    tab.object = this.#shown ?? object;
    tab.path = object.path;
    this.tab = tab;
  }

  #elementName(object: ObjectMessage): string | undefined {
    const page = `${this.#tabId(object)}-page`;
    return this.#tabInfo(object)?.element ?? (findElement(page) ? page : undefined);
  }

  #findElement(object: ObjectMessage) {
    return findElement(this.#elementName(object) ?? '', this.#tabInfo(object)?.module);
  }

  #tabInfo(object: ObjectMessage) {
    return object.tabs.find(({ id }) => id === this.#tabId(object));
  }

  #noTab(object: ObjectMessage) {
    const id = this.#tabId(object);
    const name = this.#elementName(object);
    if (this.missing !== undefined) return this.#notFetched(this.missing);
    if (this.#isFetching(object)) return nothing;
    const heading = name
      ? `This version of the interface cannot show '${id}' of ${nameOf(object)}.`
      : `${nameOf(object)} has no tab '${id ?? ''}'.`;
    const first = object.tabs[0];
    return html`<t-face kind="error" icon="circle-x" heading=${heading}>
      ${
        first && first.id !== id
          ? html`<a class="button" href=${addressOf(object.path, first.id)}>Go to ${first.label}</a>`
          : nothing
      }
    </t-face>`;
  }

  /** A browser does not try a module again that it could not have: only a new page does. */
  #notFetched(failure: unknown) {
    return html`<t-face kind="error" icon="circle-x" heading="This tab could not be loaded: ${detailOf(failure)}">
      <button @click=${() => location.reload()}><t-icon name="rotate-cw"></t-icon>Reload the page</button>
    </t-face>`;
  }

  #failed(failure: unknown) {
    const { path } = route.get();
    if (isGone(failure)) {
      return html`<t-face
        whole-page
        kind="error"
        icon="circle-x"
        heading="There is no object '${path}'."
        detail="It may have been renamed or deleted."
      >
        ${above(this.#shown?.path === path ? path : '/')}
      </t-face>`;
    }
    if (failure instanceof ApiProblem && failure.status === 403) return notForYou(path);
    return html`<t-face
      whole-page
      kind="error"
      icon="circle-x"
      heading="Could not show '${path}': ${detailOf(failure)}"
    >
      ${mayPass(failure) ? tryAgain(() => this.#load.run()) : nothing}
    </t-face>`;
  }

  async #lookAgain() {
    this.#isBySelf = true;
    await this.#load.run().finally(() => (this.#isBySelf = false));
  }

  /** The server is there again, or somebody signed in again: what failed may work now. */
  #retry() {
    if (this.#load.status === TaskStatus.ERROR && connection.get().up) void this.#load.run();
  }

  #onChanged(event: ObjectChanged) {
    event.stopPropagation();
    announceChange();
    this.#changed = event.object;
    this.#isBySelf = false;
    if (event.object) this.requestUpdate();
    // The answer to a change comes before what the change does can be seen, such as silent servers.
    void this.#load.run();
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 100%;
      }
      page-head,
      object-banners {
        flex: none;
      }
      :host > :last-child {
        flex: 1;
      }
    `,
  ];
}

function isGone(failure: unknown): boolean {
  return failure instanceof ApiProblem && failure.status === 404;
}

/** Over a form with changes that cannot be saved any more, but copied. */
function gone(path: string) {
  return html`<t-banner kind="danger" role="alert">
    There is no object '${path}' any more: it was renamed, moved or deleted. What you typed is still here, but cannot be
    saved.
    <a slot="action" class="strong" href=${addressOf(folderOf(path))}>Go to ${folderName(path)}</a>
  </t-banner>`;
}

/** The way on from where nothing is. */
function above(path: string) {
  return html`<a class="button" href=${addressOf(folderOf(path))}>Go to ${folderName(path)}</a>`;
}

function folderOf(path: string): string {
  return parentPath(path) ?? '/';
}

function folderName(path: string): string {
  return folderOf(path) === '/' ? 'Root' : folderOf(path);
}

/** Whoever may not see it is told so, and by whom that can be changed. */
function notForYou(path: string) {
  const what = path === '/' ? 'but may see nothing here' : `but may not see '${path}'`;
  return html`<t-face
    whole-page
    kind="error"
    icon="lock"
    heading="You are signed in as ${identity.get()?.user}, ${what}."
    detail="Ask whoever looks after this server for a role."
  >
    <button @click=${leave}>Sign out</button>
  </t-face>`;
}

/** What is in such a folder is not there for long. */
function vanishing({ isFolder, isTemporary }: ObjectMessage): readonly Warning[] {
  if (!isTemporary) return [];
  const text = isFolder
    ? 'Contents vanish when the server restarts.'
    : 'What is here vanishes when the server restarts: it is in a Temporary Folder.';
  return [{ severity: 'info', text, short: '' }];
}
