import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { OwnLogin, OwnSession } from '../../schema/messages/own-sessions.ts';
import { endOwnLogin, endOwnSession, getOwnLogins, getOwnSessions } from '../api/own-sessions.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import { identity, leave } from '../model/identity.ts';
import '../parts/banner.ts';
import { failed } from '../parts/face.ts';
import '../parts/icon.ts';
import '../parts/list/table.ts';
import { flash, flashFailure } from '../state/flash.ts';
import { Watch } from '../state/observable.ts';
import { controls } from '../styles/controls.ts';
import { compactRow, deviceName, loginColumns, sessionColumns } from './columns.ts';
import { endOthers } from './end-others.ts';

/** One's own logins to the interface and sessions in the tree: which there are, from where, and an end to them. */
@customElement('my-sessions')
export class MySessions extends LitElement {
  readonly #logins = new Task(this, { args: () => [], task: (_, { signal }) => getOwnLogins(signal) });
  readonly #sessions = new Task(this, { args: () => [], task: (_, { signal }) => getOwnSessions(signal) });

  constructor() {
    super();
    new Watch(this, identity);
  }

  override connectedCallback() {
    super.connectedCallback();
    document.title = 'My sessions - Trellis';
  }

  protected override render() {
    const { unseen = [] } = this.#sessions.value ?? {};
    return html`
      <header>
        <t-icon name="monitor"></t-icon>
        <h1>My sessions</h1>
        <p class="quiet ellipsis">${identity.get()?.user}</p>
        <div class="buttons">
          <button @click=${this.#again}><t-icon name="refresh-cw"></t-icon>Look again</button>
          <button class="danger-text" @click=${this.#endOthers}>End all others…</button>
        </div>
      </header>
      <section aria-labelledby="logins">
        <h2 id="logins">Signed in to this interface</h2>
        <t-table
          label="Logins"
          .columns=${loginColumns((login) => this.#loginAction(login))}
          .compact=${compactRow<OwnLogin>((login) => this.#loginAction(login))}
          .rows=${this.#logins.status === TaskStatus.ERROR ? [] : (this.#logins.value?.logins ?? [])}
          .keyOf=${({ id }: OwnLogin) => id}
          .loading=${this.#logins.status === TaskStatus.PENDING}
        >
          ${this.#face(this.#logins, 'your logins', NO_LOGINS)}
        </t-table>
      </section>
      <section aria-labelledby="sessions">
        <h2 id="sessions">Sessions on the pages of this site</h2>
        ${unseen.map((sentence) => html`<t-banner kind="warning">${sentence}</t-banner>`)}
        <t-table
          label="Sessions"
          .columns=${sessionColumns((session) => this.#sessionAction(session))}
          .compact=${compactRow<OwnSession>((session) => this.#sessionAction(session))}
          .rows=${this.#sessions.status === TaskStatus.ERROR ? [] : (this.#sessions.value?.sessions ?? [])}
          .keyOf=${({ container, key }: OwnSession) => `${container} ${key}`}
          .loading=${this.#sessions.status === TaskStatus.PENDING}
        >
          ${this.#face(this.#sessions, 'your sessions', unseen.length > 0 ? NONE_SEEN : NO_SESSIONS)}
        </t-table>
      </section>
    `;
  }

  #loginAction(login: OwnLogin): TemplateResult {
    if (login.isThis) return html`<button class="plain small" @click=${leave}>Sign out</button>`;
    return this.#endButton(`the login on ${deviceName(login)}`, () => endOwnLogin(login.id), this.#logins);
  }

  #sessionAction(session: OwnSession): TemplateResult {
    const { container, key } = session;
    const what = `the session in ${container} on ${session.isThis ? 'this device' : deviceName(session)}`;
    return this.#endButton(what, () => endOwnSession({ container, key }), this.#sessions);
  }

  #endButton(what: string, end: () => Promise<void>, list: Pick<Task, 'run'>) {
    return html`<button
      class="plain small danger-text"
      aria-label="End ${what}"
      @click=${() => void this.#end(what, end, list)}
    >
      End
    </button>`;
  }

  #face(list: Pick<Task, 'status' | 'error' | 'run'>, what: string, none: string) {
    const { status, error } = list;
    if (status === TaskStatus.ERROR) {
      return failed(`Cannot list ${what}.`, () => list.run(), detailOf(error));
    }
    return status === TaskStatus.COMPLETE ? html`<t-face icon="monitor" heading=${none}></t-face>` : nothing;
  }

  async #end(what: string, end: () => Promise<void>, list: Pick<Task, 'run'>) {
    try {
      await end();
      flash(`Ended ${what}.`);
    } catch (caught) {
      // One that has ended by itself meanwhile is as it should be.
      if (!(caught instanceof ApiProblem && caught.status === 404))
        flashFailure(`Could not end ${what}: ${detailOf(caught)}`);
    }
    await list.run();
  }

  async #endOthers() {
    if (await endOthers()) this.#again();
  }

  #again() {
    void this.#logins.run();
    void this.#sessions.run();
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 10px;
        padding: 20px var(--t-edge) 14px;
        border-bottom: 1px solid var(--t-line);
      }
      header > t-icon {
        --icon-size: 20px;
        color: var(--t-accent);
      }
      h1 {
        font-size: var(--t-size-h1);
        font-weight: 600;
        line-height: 28px;
        letter-spacing: -0.014em;
      }
      header p {
        flex: 1;
        min-width: 0;
      }
      .buttons {
        display: flex;
        gap: 8px;
      }
      @media (width < 640px) {
        .buttons {
          flex-basis: 100%;
        }
      }
      h2 {
        padding: 20px var(--t-edge) 10px;
      }
    `,
  ];
}

const NO_LOGINS = 'You are signed in nowhere else.';
const NO_SESSIONS = 'You have no sessions here. One begins when a page stores something in it.';
const NONE_SEEN = 'Of the sessions that can be seen, none is yours.';
