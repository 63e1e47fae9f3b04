import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ObjectMessage, Warning } from '../../schema/endpoints/objects.ts';
import { getObject } from '../api/objects.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import { ObjectChanged, announceChange } from '../model/changes.ts';
import { identity, leave } from '../model/identity.ts';
import { nameOf } from '../model/name-of.ts';
import '../model/object-banners.ts';
import { HeadAside, type TabElement } from '../model/tab.ts';
import { tryAgain } from '../parts/face.ts';
import { connection } from '../state/connection.ts';
import { route } from '../state/location.ts';
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

  readonly #load = new Task(this, {
    args: () => [route.get().path] as const,
    task: ([path], { signal }) => getObject(path, signal),
    onComplete: () => (this.#changed = undefined),
  });

  constructor() {
    super();
    new Watch(this, route);
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
  }

  protected override render() {
    const hasFailed = this.#load.status === TaskStatus.ERROR;
    if (hasFailed && this.#shown?.path !== route.get().path) return this.#failed(this.#load.error);
    if (!this.#shown) return html`<p class="visually-hidden" role="status">Loading…</p>`;
    return html`
      <page-head .object=${this.#shown} .tab=${this.#tabId(this.#shown)} .aside=${this.aside}></page-head>
      <object-banners .warnings=${[...this.#shown.warnings, ...vanishing(this.#shown)]}></object-banners>
      ${this.tab ?? this.#noTab(this.#shown)}
    `;
  }

  protected override updated() {
    if (!this.#shown) return;
    const label = this.#shown.tabs.find(({ id }) => id === this.#tabId(this.#shown!))?.label;
    document.title = [nameOf(this.#shown), label, 'Trellis'].filter(Boolean).join(' - ');
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
    if (this.#findElement(object)) return nothing;
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
    if (failure instanceof ApiProblem && failure.status === 404) {
      return html`<t-face
        whole-page
        kind="error"
        icon="circle-x"
        heading="There is no object '${path}'."
        detail="It may have been renamed or deleted."
      >
        <a class="button" href=${addressOf('/')}>Go to Root</a>
      </t-face>`;
    }
    if (failure instanceof ApiProblem && failure.status === 403) return notForYou(path);
    return html`<t-face
      whole-page
      kind="error"
      icon="circle-x"
      heading="Could not show '${path}': ${detailOf(failure)}"
    >
      ${tryAgain(() => this.#load.run())}
    </t-face>`;
  }

  /** The server is there again, or somebody signed in again: what failed may work now. */
  #retry() {
    if (this.#load.status === TaskStatus.ERROR && connection.get().up) void this.#load.run();
  }

  #onChanged(event: ObjectChanged) {
    event.stopPropagation();
    announceChange();
    this.#changed = event.object;
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
