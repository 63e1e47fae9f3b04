import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import {
  endOwnLogin,
  endOwnSession,
  listOwnLogins,
  listOwnSessions,
  type OwnLogin,
  type OwnLoginsMessage,
  type OwnSession,
  type OwnSessionsMessage,
} from '../../schema/endpoints/own-sessions.ts';
import { call } from '../api/call.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import { identity, leave } from '../model/identity.ts';
import '../parts/banner.ts';
import '../parts/face.ts';
import '../parts/icon.ts';
import { KeptFocus } from '../parts/kept-focus.ts';
import { ListController } from '../parts/list/list-controller.ts';
import { flash, flashFailure } from '../state/flash.ts';
import { Watch } from '../state/observable.ts';
import { Repeating } from '../state/repeating.ts';
import { controls } from '../styles/controls.ts';
import { compactRow, deviceName, loginColumns, sessionColumns } from './columns.ts';
import { endOthers } from './end-others.ts';

/** No event tells of sessions. */
const EVERY_MS = 3_000;

/** One's own logins to the interface and sessions in the tree: which there are, from where, and an end to them. */
@customElement('my-sessions')
export class MySessions extends LitElement {
  readonly #logins = new ListController<OwnLoginsMessage, OwnLogin>(this, {
    args: () => [],
    load: (_, signal) => call(listOwnLogins, '/', { signal }),
    rowsOf: ({ logins }) => logins,
    keyOf: ({ id }) => id,
    isWhole: true,
  });
  readonly #sessions = new ListController<OwnSessionsMessage, OwnSession>(this, {
    args: () => [],
    load: (_, signal) => call(listOwnSessions, '/', { signal }),
    rowsOf: ({ sessions }) => sessions,
    keyOf: ({ container, key }) => `${container} ${key}`,
    isWhole: true,
  });

  constructor() {
    super();
    new Watch(this, identity);
    new KeptFocus(this, () => this.renderRoot.querySelector('t-table'));
    new Repeating(this, EVERY_MS, () => Promise.all([this.#logins.refresh(), this.#sessions.refresh()]));
  }

  override connectedCallback() {
    super.connectedCallback();
    document.title = 'My sessions - Trellis';
  }

  protected override render() {
    const { unseen = [] } = this.#sessions.answer ?? {};
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
        ${this.#logins.table({
          label: 'Logins',
          columns: loginColumns((login) => this.#loginAction(login)),
          compact: compactRow<OwnLogin>((login) => this.#loginAction(login)),
          faces: facesOf('your logins', NO_LOGINS),
        })}
      </section>
      <section aria-labelledby="sessions" class=${this.#logins.isAnswered ? '' : 'later'}>
        <h2 id="sessions">Sessions on the pages of this site</h2>
        ${unseen.map((sentence) => html`<t-banner kind="warning">${sentence}</t-banner>`)}
        ${this.#sessions.table({
          label: 'Sessions',
          columns: sessionColumns((session) => this.#sessionAction(session)),
          compact: compactRow<OwnSession>((session) => this.#sessionAction(session)),
          faces: facesOf('your sessions', unseen.length > 0 ? NONE_SEEN : NO_SESSIONS),
        })}
      </section>
    `;
  }

  #loginAction(login: OwnLogin): TemplateResult {
    if (login.isThis) return html`<button class="plain small" @click=${leave}>Sign out</button>`;
    return this.#endButton(
      `the login on ${deviceName(login)}`,
      () => call(endOwnLogin, '/', { tail: login.id }),
      this.#logins.again,
    );
  }

  #sessionAction(session: OwnSession): TemplateResult {
    const { container, key } = session;
    const what = `the session in ${container} on ${session.isThis ? 'this device' : deviceName(session)}`;
    return this.#endButton(what, () => call(endOwnSession, '/', { container, key }), this.#sessions.again);
  }

  #endButton(what: string, end: () => Promise<void>, again: () => Promise<void>) {
    return html`<button
      class="plain small danger-text"
      aria-label="End ${what}"
      @click=${() => void this.#end(what, end, again)}
    >
      End
    </button>`;
  }

  async #end(what: string, end: () => Promise<void>, again: () => Promise<void>) {
    try {
      await end();
      flash(`Ended ${what}.`);
    } catch (caught) {
      // One that has ended by itself meanwhile is as it should be.
      if (!(caught instanceof ApiProblem && caught.status === 404))
        flashFailure(`Could not end ${what}: ${detailOf(caught)}`);
    }
    await again();
  }

  async #endOthers() {
    if (await endOthers()) this.#again();
  }

  #again() {
    void this.#logins.again();
    void this.#sessions.again();
  }

  static override styles = [
    controls,
    css`
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
      /* It stands below what is not known yet. */
      .later {
        visibility: hidden;
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

function facesOf(what: string, none: string) {
  return {
    failed: (why: string) => ({ heading: `Cannot list ${what}.`, detail: why }),
    none: () => html`<t-face icon="monitor" heading=${none}></t-face>`,
  };
}
