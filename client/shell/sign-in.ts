import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { initialState, Task, TaskStatus } from '@lit/task';
import { askWhetherReady, detailOf } from '../api/request.ts';
import { hasLeft } from '../model/identity.ts';
import '../parts/dot.ts';
import { connection } from '../state/connection.ts';
import { Watch } from '../state/observable.ts';
import { isDark, setTheme } from '../state/theme.ts';
import { controls } from '../styles/controls.ts';
import './credentials-form.ts';
import './logo.ts';
import './no-administrator.ts';

/** The form at the left, what one needs to know at the right. */
@customElement('sign-in')
export class SignIn extends LitElement {
  /** There is no administrator yet, so nobody can sign in. */
  @property({ type: Boolean, attribute: 'is-new' }) isNew = false;
  /** The token of the one-time link that makes the administrator. */
  @property() token = '';

  readonly #ready = new Task(this, {
    args: () => [connection.get().up] as const,
    task: ([isUp], { signal }) => (isUp ? askWhetherReady(signal) : initialState),
  });

  constructor() {
    super();
    new Watch(this, isDark, connection, hasLeft);
  }

  protected override render() {
    const makes = this.#makesAdministrator;
    return html`
      <main>
        <p class="brand"><t-logo></t-logo>Trellis</p>
        ${this.isNew && !makes ? html`<no-administrator></no-administrator>` : this.#form(makes)}
        <p class="foot">
          <button class="link quiet" @click=${() => setTheme(isDark.get() ? 'light' : 'dark')}>
            ${isDark.get() ? 'Light theme' : 'Dark theme'}
          </button>
        </p>
      </main>
      <aside aria-label="About this server">${this.#facts()}</aside>
    `;
  }

  /** The link is good for one administrator, and not after that. */
  get #makesAdministrator(): boolean {
    return this.token !== '' && this.isNew;
  }

  #form(makes: boolean) {
    return html`
      ${makes ? this.#newAdministrator() : this.#greeting()}
      <credentials-form token=${makes ? this.token : ''} name=${makes ? 'admin' : ''}></credentials-form>
      ${
        makes
          ? nothing
          : html`<p class="small quiet">
              Forgotten it? Whoever runs this server sets a new one in its folder:
              <code class="mono">npm run trellis -- user admin --password</code>
            </p>`
      }
    `;
  }

  #greeting() {
    if (this.token) {
      return html`<h1>There is an administrator already</h1>
        <p class="quiet" role="status">
          The link that makes one works once. Sign in with the name and password chosen then.
        </p>`;
    }
    return html`<h1>Sign in to Trellis</h1>
      <p class="quiet">To manage the objects of ${location.host}.</p>
      ${
        hasLeft.get() ? html`<p role="status">You are signed out. Your session in this browser has ended.</p>` : nothing
      }`;
  }

  #newAdministrator() {
    return html`<h1>Create the administrator</h1>
      <p class="quiet">Whoever has this account manages every object of ${location.host}.</p>`;
  }

  #facts() {
    return html`<dl>
      <div>
        <dt>This server</dt>
        <dd>${this.#state()}</dd>
      </div>
      <div>
        <dt>Staying signed in</dt>
        <dd>
          <p>Until you sign out, or 20 minutes pass without a request.</p>
          <p class="quiet">
            One cookie, for this server only. After five wrong passwords each further try waits longer.
          </p>
        </dd>
      </div>
    </dl>`;
  }

  #state() {
    if (!connection.get().up) return html`<t-dot state="down">Not connected. Trying again…</t-dot>`;
    if (this.#ready.status === TaskStatus.ERROR)
      return html`<t-dot state="down">${detailOf(this.#ready.error)}</t-dot>`;
    const isReady = this.#ready.status === TaskStatus.COMPLETE;
    return html`<t-dot state=${isReady ? 'ok' : 'checking'}>${isReady ? 'Ready' : 'Asking…'}</t-dot>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 520fr) minmax(0, 920fr);
        min-height: 100dvh;
      }
      main {
        display: flex;
        flex-direction: column;
        padding: 120px 80px 28px 96px;
      }
      main > * {
        max-width: 344px;
      }
      /* A command stays in one line. */
      main > no-administrator {
        max-width: none;
        margin-right: -48px;
      }
      code {
        display: block;
        margin-top: 4px;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 10px;
        margin-bottom: 36px;
        font-size: var(--t-size-h1);
        font-weight: 600;
        line-height: 32px;
        letter-spacing: -0.014em;
      }
      .brand t-logo {
        --logo-size: 26px;
      }
      h1 + p {
        margin: 2px 0 8px;
      }
      .small {
        margin-top: 20px;
      }
      .foot {
        margin-top: auto;
        padding-top: 24px;
      }
      .foot button {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        font-weight: 400;
      }
      aside {
        padding: 188px 80px 28px;
        border-left: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      dl {
        max-width: 620px;
        border-bottom: 1px solid var(--t-line-strong);
      }
      dl div {
        display: grid;
        grid-template-columns: 150px minmax(0, 1fr);
        padding: 13px 0;
        border-top: 1px solid var(--t-line-strong);
      }
      dt {
        color: var(--t-quiet);
      }
      @media (width < 900px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto 1fr;
        }
        main {
          padding: 40px var(--t-edge) 24px;
        }
        main > * {
          max-width: 480px;
        }
        main > no-administrator {
          max-width: 480px;
          margin-right: 0;
        }
        .brand {
          margin-bottom: 24px;
        }
        .foot {
          padding-top: 16px;
        }
        aside {
          padding: 24px var(--t-edge);
          border-left: 0;
          border-top: 1px solid var(--t-line);
        }
      }
      @media (width < 640px) {
        dl div {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
}
