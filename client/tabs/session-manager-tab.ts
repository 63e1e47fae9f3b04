import { Task, TaskStatus } from '@lit/task';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { sessionChain, type ChainMessage } from '../../schema/endpoints/session-chain.ts';
import { detailOf } from '../api/request.ts';
import { call } from '../api/call.ts';
import '../forms/property-form.ts';
import { railStyles, thisObject } from '../forms/rail.ts';
import { HeadAside, Tab } from '../model/tab.ts';
import '../parts/ago.ts';
import '../parts/chain/chain.ts';
import '../parts/dot.ts';
import { failed } from '../parts/face.ts';
import { Live } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { endsOf, stepsOf } from './session-manager/chain-steps.ts';
import type { IdChecked } from './session-manager/id-check.ts';
import './session-manager/id-check.ts';

interface Checked {
  readonly chain: ChainMessage;
  readonly time: string;
}

/** How a request finds its session, drawn step by step, and the settings that decide it. */
@customElement('session-manager-tab')
export class SessionManagerTab extends Tab {
  readonly #chain = new Task(this, {
    args: () => [this.object] as const,
    task: async ([{ path }], { signal }): Promise<Checked> => {
      const chain = await call(sessionChain, path, { signal });
      return { chain, time: new Date().toISOString() };
    },
    onComplete: ({ chain }) => this.#tell(chain, false),
  });

  constructor() {
    super();
    new Live(this, ['tree', 'warnings', 'proxy', 'server'], () => this.#chain.run());
  }

  protected override render() {
    return html`
      <section class="way" aria-labelledby="way">
        <div class="head">
          <h2 id="way">How a request finds its session</h2>
          ${this.#checked()}
        </div>
        ${this.#picture()}
        <id-check path=${this.path} .chain=${this.#chain.value?.chain} @id-checked=${this.#onIdChecked}></id-check>
      </section>
      <property-form .object=${this.object} saveLabel="Change" savedText="Changes saved.">
        <aside slot="rail" class="rail" aria-label="About this object">
          ${this.#setUp()} ${this.#effect()} ${this.#tryIt()} ${thisObject(this.object)}
        </aside>
      </property-form>
    `;
  }

  #onIdChecked({ detail: isDropped }: IdChecked) {
    if (this.#chain.value) this.#tell(this.#chain.value.chain, isDropped);
  }

  #tell(chain: ChainMessage, isDropped: boolean) {
    this.dispatchEvent(new HeadAside(chain.on && isDropped ? dropped() : chip(chain)));
  }

  #checked() {
    const { value, status } = this.#chain;
    if (!value) return nothing;
    return html`<p class="small quiet" role="status">Checked <t-ago time=${value.time}></t-ago></p>
      <button class="link check" ?disabled=${status === TaskStatus.PENDING} @click=${() => this.#chain.run()}>
        Check now
      </button>`;
  }

  #picture() {
    const { value, status, error } = this.#chain;
    if (status === TaskStatus.ERROR) {
      return failed(`Could not follow the way of a request: ${detailOf(error)}`, () => this.#chain.run());
    }
    if (!value) return html`<p class="visually-hidden" role="status">Following the way of a request…</p>`;
    return html`<t-chain
      label="How a request finds its session"
      .steps=${stepsOf(value.chain, this.path, addressOf)}
      .ends=${endsOf(value.chain)}
    ></t-chain>`;
  }

  #effect() {
    return html`<section aria-labelledby="effect">
      <h2 id="effect">What a change does</h2>
      <p class="small quiet">
        Takes effect at the next request, in ${this.#folder} and every folder below it. Sessions already kept in another
        container stay there until they expire.
      </p>
    </section>`;
  }

  /** Where no servers keep them, sessions are off or as short-lived as the process. */
  #setUp() {
    const chain = this.#chain.value?.chain;
    if (!chain || chain.servers.length > 0 || !this.object.may.change) return nothing;
    return html`<section aria-labelledby="set-up">
      <h2 id="set-up">Sessions in memcached</h2>
      <p class="small quiet">
        ${chain.on ? 'Sessions are in this process now, and vanish when it restarts.' : 'Sessions are off now.'} A proxy
        and a container keep them in memcached.
      </p>
      <a class="button small" href=${addressOf(this.#folder, 'setup-sessions')}>Set up sessions in memcached</a>
    </section>`;
  }

  get #folder(): string {
    return this.path.slice(0, this.path.lastIndexOf('/')) || '/';
  }

  #tryIt() {
    const container = this.object.properties['container_path'];
    const boxes = this.#chain.value?.chain.boxes;
    const isGone = boxes?.some(({ path }) => path === container) === false;
    if (typeof container !== 'string' || container === '' || isGone) return nothing;
    return html`<section aria-labelledby="try">
      <h2 id="try">Try it</h2>
      <p class="small quiet">The Test tab adds items to your own session in the container.</p>
      <a class="button small" href=${addressOf(container, 'test')}>Test ${container}</a>
    </section>`;
  }

  static override styles = [
    controls,
    railStyles,
    css`
      .way {
        min-height: 170px;
        padding: 12px var(--t-edge) 18px;
        border-bottom: 1px solid var(--t-line);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 24px;
        margin-bottom: 10px;
      }
      h2:not(.rail h2) {
        flex: 1;
      }
      .check {
        font-size: var(--t-size-small);
      }
      .rail a.button {
        margin-top: 10px;
      }
      t-face {
        padding-inline: 0;
      }
      @media (width < 640px) {
        .head {
          flex-wrap: wrap;
          gap: 0 12px;
        }
        h2:not(.rail h2) {
          flex-basis: 100%;
        }
      }
    `,
  ];
}

function chip({ on, state, text }: ChainMessage) {
  return html`<span class="chip ${state}" title=${text}>
    <t-dot state=${state}>${on ? text : 'Sessions are off'}</t-dot>
  </span>`;
}

function dropped() {
  return html`<span class="chip"><t-dot state="warn">Sessions are on, but not in your browser</t-dot></span>`;
}
