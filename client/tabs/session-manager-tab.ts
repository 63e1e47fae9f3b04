import { Task, TaskStatus } from '@lit/task';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { sessionChain, type ChainMessage } from '../../schema/endpoints/session-chain.ts';
import { detailOf } from '../api/request.ts';
import { call } from '../api/call.ts';
import '../forms/property-form.ts';
import { railStyles, thisObject } from '../forms/rail.ts';
import { HeadAside, Tab } from '../model/tab.ts';
import '../parts/chain/chain.ts';
import '../parts/dot.ts';
import { failed } from '../parts/face.ts';
import { clockTime } from '../parts/time.ts';
import { Live } from '../state/live.ts';
import { Repeating } from '../state/repeating.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import './servers/checked-note.ts';
import { endsOf, stepsOf } from './session-manager/chain-steps.ts';
import type { IdChecked } from './session-manager/id-check.ts';
import './session-manager/id-check.ts';

interface Checked {
  readonly chain: ChainMessage;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const EVERY_MS = 3_000;

/** How a request finds its session, drawn step by step, and the settings that decide it. */
@customElement('session-manager-tab')
export class SessionManagerTab extends Tab {
  @state() private checked: Checked | undefined;
  /** The chain as of the last look that somebody wanted, or that found other browser ids: then it is tried, too, whether the browser sends its id back. */
  @state() private wanted: ChainMessage | undefined;
  #isWanted = true;
  #isDropped = false;
  readonly #repeating = new Repeating(this, EVERY_MS, () => this.#look(false));

  readonly #chain = new Task(this, {
    args: () => [this.object] as const,
    task: async ([{ path }], { signal }): Promise<Checked> => {
      const chain = await call(sessionChain, path, { signal });
      return { chain, at: Date.now() };
    },
    onComplete: (checked) => this.#onChecked(checked),
    onError: () => this.#tell(),
  });

  constructor() {
    super();
    new Live(this, ['tree', 'warnings', 'proxy', 'server'], () => this.#look(false));
  }

  /** Its place at the head is taken from the start: on a phone the page would move down otherwise. */
  override connectedCallback() {
    super.connectedCallback();
    if (!this.checked) this.dispatchEvent(new HeadAside(LOOKING));
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('object') && changed.get('object')?.revision !== this.object.revision) this.#isWanted = true;
  }

  protected override render() {
    return html`
      <section class="way" aria-labelledby="way">
        <div class="head">
          <h2 id="way">How a request finds its session</h2>
          ${this.#noted()}
        </div>
        ${this.#picture()}
        <id-check path=${this.path} .chain=${this.wanted} @id-checked=${this.#onIdChecked}></id-check>
      </section>
      <property-form .object=${this.object} saveLabel="Change" savedText="Changes saved.">
        <aside slot="rail" class="rail" aria-label="About this object">
          ${this.#setUp()} ${this.#effect()} ${this.#tryIt()} ${thisObject(this.object)}
        </aside>
      </property-form>
    `;
  }

  #onChecked(checked: Checked) {
    this.checked = checked;
    if (this.#isWanted || browserIdsIn(checked.chain) !== browserIdsIn(this.wanted)) {
      this.#isWanted = this.#isDropped = false;
      this.wanted = checked.chain;
    }
    this.#tell();
  }

  #onIdChecked({ detail: isDropped }: IdChecked) {
    this.#isDropped = isDropped;
    this.#tell();
  }

  #tell() {
    if (this.#chain.error !== undefined) this.dispatchEvent(new HeadAside(UNKNOWN));
    else if (this.checked) this.dispatchEvent(new HeadAside(asideOf(this.checked.chain, this.#isDropped)));
  }

  #look(isWanted: boolean) {
    if (isWanted) this.#isWanted = true;
    if (this.#chain.status === TaskStatus.PENDING) return undefined;
    this.#repeating.restart();
    return this.#chain.run();
  }

  #noted() {
    const { error } = this.#chain;
    if (!this.checked) return nothing;
    const { at } = this.checked;
    return html`${
        error === undefined
          ? html`<checked-note .at=${at} .everyMs=${EVERY_MS}></checked-note>`
          : html`<p class="small danger">${detailOf(error)}</p>
              <p class="small quiet">As of ${clockTime(new Date(at).toISOString())}</p>`
      } <button class="link check" @click=${() => this.#look(true)}>Check now</button>`;
  }

  #picture() {
    const { error } = this.#chain;
    if (!this.checked && error !== undefined) {
      return failed(`Could not follow the way of a request: ${detailOf(error)}`, error, () => this.#look(true));
    }
    if (!this.checked) return html`<p class="visually-hidden" role="status">Following the way of a request…</p>`;
    const { chain } = this.checked;
    return html`<t-chain
      label="How a request finds its session"
      .steps=${stepsOf(chain, this.path, addressOf)}
      .ends=${endsOf(chain)}
      ?isStale=${error !== undefined}
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
    const chain = this.checked?.chain;
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
    const boxes = this.checked?.chain.boxes;
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
      /* As high as it becomes, so that nothing below it moves. */
      .way {
        min-height: 250px;
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
      checked-note {
        width: 176px;
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
      @media (width < 1256px) {
        .way {
          min-height: 640px;
        }
      }
      @media (width < 640px) {
        checked-note {
          width: auto;
        }
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

/** Which browser id manager is found, and how it stands. */
function browserIdsIn(chain: ChainMessage | undefined): string {
  return JSON.stringify(chain?.boxes[0]);
}

const LOOKING = html`<t-dot state="checking" class="quiet">Looking…</t-dot>`;
const UNKNOWN = html`<t-dot state="off" class="quiet">Not known just now</t-dot>`;

function asideOf(chain: ChainMessage, isDropped: boolean) {
  return chain.on && isDropped ? dropped() : chip(chain);
}

function chip({ on, state, text }: ChainMessage) {
  return html`<span class="chip ${state}" title=${text}>
    <t-dot state=${state}><span class="ellipsis">${on ? text : 'Sessions are off'}</span></t-dot>
  </span>`;
}

function dropped() {
  return html`<span class="chip"><t-dot state="warn">Sessions are on, but not in your browser</t-dot></span>`;
}
