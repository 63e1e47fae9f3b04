import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  lookIntoSession,
  revealItem,
  type SessionMessage,
  type SessionRow,
  type SessionValue,
} from '../../../schema/endpoints/sessions.ts';
import { attempt } from '../../api/attempt.ts';
import { call } from '../../api/call.ts';
import { ApiProblem, detailOf } from '../../api/request.ts';
import '../../parts/ago.ts';
import '../../parts/banner.ts';
import { fact } from '../../parts/fact.ts';
import { formatBytes } from '../../parts/format.ts';
import '../../parts/icon.ts';
import { KeptFocus } from '../../parts/kept-focus.ts';
import { keepers, notShown, rowDetail } from '../../parts/list/row-detail.ts';
import { clockTime } from '../../parts/time.ts';
import '../../parts/until.ts';
import { flashFailure } from '../../state/flash.ts';
import { Repeating } from '../../state/repeating.ts';
import { controls } from '../../styles/controls.ts';
import './reveal-list.ts';
import './session-values.ts';
import type { RevealWanted } from './session-values.ts';
import { nameOfUser } from './words.ts';

const EVERY_MS = 3_000;

/** What is to be done to the session that is shown: end it, end all of its user, or look no longer. */
export class DetailAction extends Event {
  static readonly type = 'detail-action';
  readonly action: 'end' | 'end-user' | 'close';
  readonly session: SessionRow | undefined;

  constructor(action: DetailAction['action'], session: SessionRow | undefined) {
    super(DetailAction.type);
    this.action = action;
    this.session = session;
  }
}

/**
 * One session: where it came from, how long it has, and what is in it, followed while it is looked at. Once it has ended,
 * what one sees stays. Looking does not count as using it.
 */
@customElement('session-detail')
export class SessionDetail extends LitElement {
  @property() path = '/';
  @property() key = '';
  @state() private revealed: ReadonlyMap<string, SessionValue> = new Map();
  /** As it was seen last, and why it could not be seen since. */
  @state() private seen: SessionMessage | undefined;
  @state() private failure: unknown;

  readonly #session = new Task(this, {
    args: () => [this.path, this.key] as const,
    task: ([path, key], { signal }) => call(lookIntoSession, path, { tail: key, signal }),
    onComplete: (session) => {
      this.seen = session;
      this.failure = undefined;
    },
    onError: (error) => (this.failure = error),
  });

  constructor() {
    super();
    new KeptFocus(this, () => this.renderRoot.querySelector('session-values'));
    new Repeating(this, EVERY_MS, () => this.#follow());
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('key')) return;
    this.revealed = new Map();
    this.seen = this.failure = undefined;
  }

  protected override render() {
    const session = this.seen;
    return html`
      <header>
        <div class="name">
          <h2 class="ellipsis">${session ? nameOfUser(session) : 'Session'}</h2>
          <p class="small quiet">
            Session <span class="mono" title=${this.key}>${this.key.slice(0, 6)}…${this.key.slice(-4)}</span>
            <button class="plain icon-only" aria-label="Copy the key of the session" title="Copy" @click=${this.#copy}>
              <t-icon name="copy"></t-icon>
            </button>
          </p>
        </div>
        ${
          session && !this.#isOver
            ? html`<button class="small danger-text" @click=${() => this.#send('end', session)}>End session</button>`
            : nothing
        }
        <button class="small plain" @click=${() => this.#send('close')}><t-icon name="x"></t-icon>Close</button>
      </header>
      ${this.failure === undefined ? nothing : session ? this.#lost() : this.#failed()}
      ${session ? this.#full(session) : nothing}
    `;
  }

  get #isOver(): boolean {
    return this.failure instanceof ApiProblem && this.failure.status === 404;
  }

  #follow() {
    return this.#isOver || this.#session.status === TaskStatus.PENDING ? undefined : this.#session.run();
  }

  #lost() {
    const why = this.#isOver ? 'This session has ended.' : `Cannot look into the session: ${detailOf(this.failure)}`;
    return html`<t-banner role="status">${why} Below is what was seen last.</t-banner>`;
  }

  #full(session: SessionMessage) {
    const items = session.items.map((item) => this.revealed.get(item.key) ?? item);
    return html`
      ${this.#facts(session)}
      <session-values .items=${items} @reveal-wanted=${this.#reveal}></session-values>
      <p class="lock small quiet">
        <t-icon name="lock"></t-icon>
        <span>
          Values whose key speaks of passwords, tokens or cookies are obscured. Who reveals one is recorded, with name,
          time and address.
        </span>
      </p>
      <reveal-list path=${this.path} .key=${this.key} .version=${this.revealed}></reveal-list>
      ${
        session.user === null
          ? nothing
          : html`<p class="others">
              <button class="small danger-text" @click=${() => this.#send('end-user', session)}>
                End all sessions of ${session.user}…
              </button>
            </p>`
      }
    `;
  }

  #facts({ started, lastSeen, expires, address, browser, bytes, server, copies }: SessionMessage) {
    return html`<dl>
      ${fact('Started', clockTime(started))} ${fact('IP', address)}
      ${fact('Last seen', html`<t-ago time=${lastSeen}></t-ago>`)} ${fact('Browser', browser)}
      ${fact('Expires in', html`<t-until .time=${expires}></t-until>`)} ${fact('Size', formatBytes(bytes))}
      ${keepers(server, copies)}
    </dl>`;
  }

  #failed() {
    const again = () => this.#session.run();
    return notShown(this.failure, 'Cannot open the session.', 'This session has ended.', again);
  }

  async #reveal({ detail: item }: RevealWanted) {
    await attempt(`Could not reveal '${item}'`, async () => {
      const value = await call(revealItem, this.path, { key: this.key, item });
      this.revealed = new Map([...this.revealed, [item, value]]);
    });
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.key);
    } catch {
      flashFailure(`The browser does not let go of its clipboard here. The key is ${this.key}`);
    }
  }

  #send(action: DetailAction['action'], session?: SessionRow) {
    this.dispatchEvent(new DetailAction(action, session));
  }

  static override styles = [
    controls,
    rowDetail,
    css`
      .name {
        flex: 1;
        min-width: 0;
      }
      .name p {
        display: flex;
        align-items: center;
        gap: 4px;
        height: 18px;
        white-space: nowrap;
      }
      button.icon-only {
        --icon-size: 13px;
        width: 24px;
        min-height: 24px;
      }
      t-banner {
        --t-edge: 20px;
      }
      session-values:focus-visible {
        outline-offset: -2px;
      }
      .lock {
        display: flex;
        gap: 8px;
        padding: 14px 20px 12px;
      }
      reveal-list {
        padding: 0 20px 12px;
      }
      .lock t-icon {
        --icon-size: 14px;
      }
      .others {
        padding: 0 20px 16px;
      }
      @media (width < 640px) {
        button.icon-only {
          width: 32px;
          min-height: 32px;
        }
      }
    `,
  ];
}
