import { Task, TaskStatus } from '@lit/task';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { lookAtExample, type ExampleMessage } from '../../schema/endpoints/example.ts';
import { lookAtSetup, lookForMemcached, type LocalMemcached, type SetupMessage } from '../../schema/endpoints/setup.ts';
import { call } from '../api/call.ts';
import { detailOf } from '../api/request.ts';
import { ObjectChanged } from '../model/changes.ts';
import { Tab } from '../model/tab.ts';
import '../parts/copy-text.ts';
import '../parts/dot.ts';
import { failed } from '../parts/face.ts';
import '../parts/icon.ts';
import '../parts/loading.ts';
import { Live } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { explainCommand } from './servers/server-words.ts';
import { isSetUp, keptWords, waysToChange } from './setup/kept-words.ts';
import { maySetUp } from './setup/may-set-up.ts';
import { namesOf, plantShop, removeShop } from './start/example-shop.ts';

interface Found {
  readonly setup: SetupMessage;
  readonly example: ExampleMessage;
  readonly local: LocalMemcached | undefined;
}

/** Where one begins: where sessions are kept, what stands where a memcached would be, and three ways on. */
@customElement('start-page')
export class StartPage extends Tab {
  @state() private isBusy = false;
  /** What was found last. It stays where it cannot be looked for. */
  @state() private found: Found | undefined;

  /** All of it is asked before any of it is shown, so that nothing moves under the pointer. */
  readonly #look = new Task(this, {
    args: () => [this.#maySetUp] as const,
    task: async ([isSetter], { signal }) => {
      const [setup, example, local] = await Promise.all([
        call(lookAtSetup, '/', { signal }),
        call(lookAtExample, '/', { signal }),
        isSetter ? call(lookForMemcached, '/', { signal }) : undefined,
      ]);
      return { setup, example, local };
    },
    onComplete: (found) => (this.found = found),
  });

  constructor() {
    super();
    new Live(this, ['tree', 'proxy'], () => !this.isBusy && this.#look.run());
  }

  get #maySetUp(): boolean {
    return maySetUp(this.object.addable);
  }

  protected override render() {
    const { found } = this;
    if (!found) {
      return this.#look.error !== undefined
        ? failed(`Could not look where sessions are kept: ${detailOf(this.#look.error)}`, this.#look.error, () =>
            this.#look.run(),
          )
        : html`<t-loading>Looking where sessions are kept…</t-loading>`;
    }
    const { setup, local } = found;
    return html`
      <section class="now" aria-labelledby="start">
        <h2 id="start">Start here</h2>
        <dl>
          <div>
            <dt>Sessions now</dt>
            <dd>
              <t-dot state=${stateOf(setup)}></t-dot>
              <p>${keptWords(setup)}</p>
            </dd>
          </div>
          ${local && !isSetUp(setup) ? this.#local(local) : nothing}
        </dl>
      </section>
      <ul class="ways">
        ${isSetUp(setup) ? this.#changeSetUp(setup) : this.#setUp()} ${this.#shop()} ${this.#lookAround()}
      </ul>
    `;
  }

  #local({ address, state: how, text, version, startCommand }: LocalMemcached) {
    const isChecking = this.#look.status === TaskStatus.PENDING;
    return html`<div>
      <dt>${address}</dt>
      <dd>
        <t-dot state=${how}></t-dot>
        <div>
          <p role="status">
            ${version ? `memcached ${version}, which ${text}. Sessions can be kept there.` : `It ${text}.`}
          </p>
          ${
            startCommand
              ? html`<p class="quiet">
                    Typed on the machine that this server runs on, this starts a memcached fit for sessions.
                    ${explainCommand(startCommand)}
                  </p>
                  <t-copy-text what="the command" text=${startCommand}></t-copy-text>`
              : nothing
          }
          ${
            how === 'ok'
              ? nothing
              : html`<button class="small" aria-disabled=${String(isChecking)} @click=${() => this.#look.run()}>
                  <t-icon name="rotate-cw"></t-icon>Look again
                </button>`
          }
        </div>
      </dd>
    </div>`;
  }

  #setUp() {
    if (!this.#maySetUp) return nothing;
    return way(
      'wand-sparkles',
      'Set up sessions in memcached',
      'They outlive a restart, and every process has the same. Servers, names and idle timeout on one screen, then a test.',
      html`<a class="button primary" href=${addressOf('/', 'setup-sessions')}>Set up sessions in memcached</a>`,
    );
  }

  #changeSetUp(setup: SetupMessage) {
    return way(
      'waypoints',
      'Sessions are set up',
      'Change the servers, how long sessions live or which container is used; or put something into your own session.',
      waysToChange(setup),
    );
  }

  #shop() {
    const { path, state: how, missing, mayPlant, mayRemove } = this.found!.example;
    if (how === 'there') {
      const isWhole = missing.length === 0;
      return way(
        'folder',
        isWhole ? 'The example shop is loaded' : 'Something of the example shop is missing',
        isWhole
          ? `It is a shop of pages at ${path}, with a cart in each visitor’s session.`
          : `Gone from ${path}: ${namesOf(missing, path)}.${mayRemove ? ' Remove it, then load it again.' : ''}`,
        html`
          ${isWhole ? html`<a class="button" href=${path} target="_blank">Visit it</a>` : nothing}
          <a class="button" href=${addressOf(path)}>Edit it</a>
          ${mayRemove ? html`<button class="danger-text" @click=${() => this.#change(() => removeShop(this.found!.example))}>Remove it…</button>` : nothing}
        `,
      );
    }
    if (how === 'taken') {
      return way(
        'folder',
        'Load the example shop',
        `Something of yours is at ${path}, where it would be. Rename or delete that first.`,
        html`<a class="button" href=${addressOf(path)}>Go to ${path}</a>`,
      );
    }
    return way(
      'folder',
      'Load the example shop',
      `A shop of pages at ${path}, with a cart in each visitor’s session: to look at, to change, and to remove in one step.`,
      mayPlant
        ? html`<button aria-disabled=${String(this.isBusy)} @click=${() => this.#change(plantShop)}>
            Load the example shop
          </button>`
        : html`<p class="small quiet">It takes the permissions to add folders and page templates to Root.</p>`,
    );
  }

  #lookAround() {
    return way(
      'folder-tree',
      'Look around',
      'Everything is an object in the tree at the left. Ctrl-K finds objects and actions, ? shows all keys.',
      html`<a class="button" href=${addressOf('/')}>Look around</a>`,
    );
  }

  async #change(step: () => Promise<boolean>) {
    if (this.isBusy) return;
    this.isBusy = true;
    const isChanged = await step();
    this.isBusy = false;
    await this.#look.run();
    if (isChanged) this.dispatchEvent(new ObjectChanged());
  }

  static override styles = [
    controls,
    css`
      :host {
        padding-bottom: 32px;
      }
      .now {
        padding: 20px var(--t-edge) 8px;
      }
      dl {
        max-width: 884px;
        margin-top: 8px;
      }
      dl > div {
        display: grid;
        grid-template-columns: 184px minmax(0, 1fr);
        gap: 4px 24px;
        padding-block: 12px;
        border-top: 1px solid var(--t-line);
      }
      dl > div:first-child {
        border-top: 0;
      }
      dt {
        color: var(--t-quiet);
        overflow-wrap: anywhere;
      }
      dd {
        display: flex;
        align-items: baseline;
        gap: 8px;
      }
      dd > div {
        flex: 1;
        min-width: 0;
      }
      dd p {
        max-width: 620px;
        overflow-wrap: anywhere;
      }
      dd .quiet {
        margin-top: 6px;
      }
      t-copy-text {
        margin-top: 8px;
      }
      dd button {
        margin-top: 10px;
      }
      .ways {
        border-top: 1px solid var(--t-line);
      }
      .ways li {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr) auto;
        align-items: center;
        gap: 4px 12px;
        padding: 16px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
      }
      .ways p {
        grid-column: 2;
        max-width: 620px;
        color: var(--t-quiet);
      }
      .ways t-icon {
        color: var(--t-accent);
      }
      .ways .do {
        grid-area: 1 / 3 / 3 / 4;
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        max-width: 680px;
      }
      @media (width < 1000px) {
        .ways .do {
          grid-area: 3 / 2 / 4 / 4;
          justify-content: flex-start;
          margin-top: 8px;
        }
      }
      @media (width < 640px) {
        dl > div {
          grid-template-columns: minmax(0, 1fr);
        }
        .do > * {
          flex: 1 1 auto;
        }
      }
    `,
  ];
}

function way(icon: string, heading: string, what: string, ways: unknown) {
  return html`<li>
    <t-icon name=${icon}></t-icon>
    <h2>${heading}</h2>
    <p>${what}</p>
    <div class="do">${ways}</div>
  </li>`;
}

function stateOf(setup: SetupMessage) {
  if (!setup.on) return 'down';
  return isSetUp(setup) && setup.text === 'Sessions are on' ? 'ok' : 'warn';
}
