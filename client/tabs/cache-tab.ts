import { Task } from '@lit/task';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  cacheSettings,
  chooseCache,
  invalidateObject,
  type CacheManagerItem,
  type CacheMessage,
} from '../../schema/endpoints/caches.ts';
import { attempt } from '../api/attempt.ts';
import { call } from '../api/call.ts';
import { detailOf } from '../api/request.ts';
import { railStyles, thisObject } from '../forms/rail.ts';
import '../forms/save-bar.ts';
import { ObjectChanged } from '../model/changes.ts';
import { Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import { failed } from '../parts/face.ts';
import '../parts/icon.ts';
import { flash } from '../state/flash.ts';
import { GuardedLeaving } from '../state/location.ts';
import { Live } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';

/** Which cache manager keeps an object's page; and forgetting what is kept of it. */
@customElement('cache-tab')
export class CacheTab extends Tab {
  /** What is ticked and not saved yet. */
  @state() private chosen: string | undefined;
  @state() private isBusy = false;
  /** The last answer. It stays where the next one cannot be had. */
  @state() private answer: CacheMessage | undefined;

  readonly #cache = new Task(this, {
    args: () => [this.object] as const,
    task: ([{ path }], { signal }) => call(cacheSettings, path, { signal }),
    onComplete: (answer) => (this.answer = answer),
  });

  constructor() {
    super();
    new Live(this, ['tree'], () => this.#cache.run());
    new GuardedLeaving(this, () => this.#isDirty);
    new Shortcuts(this, [{ key: 'Ctrl+S', label: 'Save changes', run: () => void this.#save() }]);
  }

  protected override render() {
    const { answer: value } = this;
    const { error } = this.#cache;
    if (!value && error !== undefined) {
      return failed(`Could not ask how this page is kept: ${detailOf(error)}`, error, () => this.#cache.run());
    }
    if (!value) return html`<p class="visually-hidden" role="status">Asking how this page is kept…</p>`;
    return html`
      ${this.#banner(value)}
      <div class="columns">
        <div class="main">${this.#choices(value)} ${this.#forgetting(value)}</div>
        <aside class="rail" aria-label="About this object">
          <section aria-labelledby="what">
            <h2 id="what">What keeping does</h2>
            <p class="small quiet">
              The page is made once and then given again to everybody who may see the same. It is made anew as soon as
              anything changes that it was made from: the page itself, what it includes, a folder that it lists. What
              depends on a session is never kept.
            </p>
          </section>
          ${thisObject(this.object)}
        </aside>
      </div>
      ${
        this.#isDirty
          ? html`<save-bar
              .names=${['Cache manager']}
              .was=${value.manager === '' ? 'None' : value.manager}
              ?busy=${this.isBusy}
              @save=${this.#save}
              @discard=${() => (this.chosen = undefined)}
            ></save-bar>`
          : nothing
      }
    `;
  }

  get #isDirty(): boolean {
    return this.chosen !== undefined && this.chosen !== this.answer?.manager;
  }

  #banner({ managers, manager, mayChange }: CacheMessage) {
    if (!mayChange) {
      return html`<t-banner kind="plain" icon="lock">
        You may look but not change (needs 'Change cache settings').
      </t-banner>`;
    }
    if (manager === '' || managers.some(({ id }) => id === manager)) return nothing;
    return html`<t-banner kind="warning">
      The cache manager '${manager}' is not found here or further up, so that the page is made anew each time. Choose
      another, or none.
    </t-banner>`;
  }

  #choices(message: CacheMessage) {
    const { managers, mayChange } = message;
    return html`
      ${
        managers.length === 0
          ? html`<t-face
              icon="layers"
              heading="There is no cache manager here or further up."
              detail="Add a RAM Cache Manager or a MemCache Cache Manager to a folder that this object is in."
            ></t-face>`
          : nothing
      }
      <fieldset ?disabled=${!mayChange}>
        <legend>Cache manager</legend>
        ${this.#choice(message, '', html`None`, html`The page is made anew for every visitor.`)}
        ${managers.map((each) => this.#manager(message, each))}
      </fieldset>
    `;
  }

  #manager(message: CacheMessage, { id, path, type, title }: CacheManagerItem) {
    const detail = html`${type} at <span class="mono">${path}</span>${title ? `, ${title}` : ''}.
      <a href=${addressOf(path, 'properties')}>Cache settings…</a>`;
    return this.#choice(message, id, html`${id}`, detail);
  }

  #choice({ manager }: CacheMessage, id: string, label: unknown, detail: unknown) {
    const name = `choice-${id}`;
    return html`<div class="choice">
      <input
        type="radio"
        name="manager"
        id=${name}
        aria-describedby="${name}-detail"
        .checked=${(this.chosen ?? manager) === id}
        @change=${() => (this.chosen = id)}
      />
      <label for=${name}>${label}</label>
      <p id="${name}-detail" class="small quiet">${detail}</p>
    </div>`;
  }

  #forgetting({ manager, mayChange }: CacheMessage) {
    return html`<section class="forget" aria-labelledby="forget">
      <h2 id="forget">What is kept now</h2>
      <p class="quiet">
        ${
          manager === ''
            ? 'This object is not associated with a cache manager.'
            : 'To forget it and have the page made anew at the next visit:'
        }
      </p>
      <button ?disabled=${!mayChange || manager === ''} @click=${this.#invalidate}>
        <t-icon name="refresh-cw"></t-icon>Invalidate
      </button>
    </section>`;
  }

  async #save() {
    if (!this.#isDirty || this.isBusy) return;
    this.isBusy = true;
    await attempt('Could not save the cache settings', async () => {
      flash((await call(chooseCache, this.path, { manager: this.chosen ?? '' })).line);
      this.chosen = undefined;
      this.dispatchEvent(new ObjectChanged());
    });
    this.isBusy = false;
  }

  async #invalidate() {
    await attempt(`Could not invalidate '${this.path}'`, async () => {
      flash((await call(invalidateObject, this.path, {})).line);
    });
  }

  static override styles = [
    controls,
    railStyles,
    css`
      .columns {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(0, 1fr) 304px;
      }
      .main {
        display: grid;
        gap: 24px;
        align-content: start;
        max-width: 760px;
        padding: 20px var(--t-edge) 32px;
      }
      .main t-face {
        padding-inline: 0;
      }
      fieldset {
        display: grid;
        gap: 14px;
      }
      legend {
        margin-bottom: 12px;
        font-size: var(--t-size-h2);
        font-weight: 600;
        line-height: 20px;
      }
      .choice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 10px;
        align-items: center;
      }
      .choice label {
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .choice p {
        grid-column: 2;
        overflow-wrap: anywhere;
      }
      .forget {
        display: grid;
        gap: 8px;
        justify-items: start;
      }
      @media (width < 1200px) {
        .columns {
          grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
        }
      }
    `,
  ];
}
