import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  lookAtKey,
  revealKey,
  type KeyMessage,
  type KeySession,
  type KeyValue,
} from '../../../schema/endpoints/keys.ts';
import { attempt } from '../../api/attempt.ts';
import { call } from '../../api/call.ts';
import '../../parts/ago.ts';
import { fact } from '../../parts/fact.ts';
import { formatBytes } from '../../parts/format.ts';
import '../../parts/icon.ts';
import { KeptFocus } from '../../parts/kept-focus.ts';
import { keepers, notShown, rowDetail } from '../../parts/list/row-detail.ts';
import { clockTime } from '../../parts/time.ts';
import '../../parts/until.ts';
import { addressOf } from '../../state/route.ts';
import { controls } from '../../styles/controls.ts';
import '../sessions/reveal-list.ts';
import './key-value.ts';

/** One key: how large it is, how long it has, and what is under it. Looking does not count as using it. Sends `closed`. */
@customElement('key-detail')
export class KeyDetail extends LitElement {
  @property() path = '/';
  @property() key = '';
  @state() private revealed: KeyValue | undefined;

  readonly #look = new Task(this, {
    args: () => [this.path, this.key] as const,
    task: ([path, key], { signal }) => call(lookAtKey, path, { query: { key }, signal }),
    onComplete: () => (this.revealed = undefined),
  });

  constructor() {
    super();
    new KeptFocus(this, () => this.renderRoot.querySelector('key-value'));
  }

  protected override render() {
    const { status, value } = this.#look;
    const found = value?.key === this.key && status !== TaskStatus.ERROR ? value : undefined;
    return html`
      <header>
        <h2 class="mono" title=${found?.name ?? nothing}>${found?.name ?? 'Key'}</h2>
        <button class="small plain" @click=${() => this.dispatchEvent(new Event('closed'))}>
          <t-icon name="x"></t-icon>Close
        </button>
      </header>
      ${found ? this.#full(found) : nothing} ${status === TaskStatus.ERROR ? this.#failed() : nothing}
    `;
  }

  #full(found: KeyMessage) {
    const { kind, bytes, expires, lastAccess, server, copies } = found;
    return html`
      <dl>
        ${fact('Kind', kind)} ${fact('Size', formatBytes(bytes))}
        ${fact('Expires in', html`<t-until .time=${expires}></t-until>`)}
        ${fact('Accessed', lastAccess === null ? null : html`<t-ago time=${lastAccess}></t-ago>`)}
        ${keepers(server, copies)}
      </dl>
      ${found.session ? this.#session(found.session) : this.#value(found)}
    `;
  }

  #value({ value, obscured, bytes, name }: KeyMessage) {
    const shown = value ?? this.revealed;
    return html`
      ${shown ? html`<key-value .value=${shown} bytes=${bytes}></key-value>` : nothing}
      ${obscured && !shown ? this.#obscured() : nothing}
      ${!shown && !obscured ? html`<p class="note quiet">The value is too large to be shown.</p>` : nothing}
      ${obscured ? html`<reveal-list path=${this.path} .key=${name} .version=${this.revealed}></reveal-list>` : nothing}
    `;
  }

  #obscured() {
    return html`<div class="note lock">
      <t-icon name="lock"></t-icon>
      <div>
        <p>This key or its value speaks of passwords, tokens or cookies.</p>
        <p class="small quiet">Who reveals it is recorded, with name, time and address.</p>
        <button class="small" @click=${this.#reveal}>Reveal</button>
      </div>
    </div>`;
  }

  #session({ state: kind, container, key, user, started, lastSeen, address, browser }: KeySession) {
    return html`
      <h3 class="part">Session</h3>
      <p class="note">
        ${STATES[kind]}${
          kind === 'unknown'
            ? nothing
            : html` What is in it is shown by
              ${container}${
                key === null || container === null
                  ? ' to those who may.'
                  : html`: <a href=${addressOf(container, 'sessions', { session: key })}>Look into the session</a>.`
              }`
        }
      </p>
      ${
        started === null || lastSeen === null
          ? nothing
          : html`<dl>
              ${fact('User', user ?? 'anonymous')} ${fact('IP', address)} ${fact('Started', clockTime(started))}
              ${fact('Browser', browser)} ${fact('Last seen', html`<t-ago time=${lastSeen}></t-ago>`)}
            </dl>`
      }
    `;
  }

  #failed() {
    const again = () => this.#look.run();
    return notShown(this.#look.error, 'Cannot look at the key.', 'This key is gone.', again);
  }

  async #reveal() {
    await attempt('Could not reveal the value', async () => {
      this.revealed = await call(revealKey, this.path, { key: this.key });
    });
  }

  static override styles = [
    controls,
    rowDetail,
    css`
      h2 {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
        line-height: 18px;
      }
      .part {
        padding: 12px 20px;
        border-block: 1px solid var(--t-line);
        background: var(--t-lowered);
        color: var(--t-text);
        font-size: var(--t-size);
      }
      .note {
        padding: 12px 20px 0;
      }
      .note a {
        text-decoration: underline;
      }
      .lock {
        display: flex;
        gap: 8px;
        padding-bottom: 12px;
        border-top: 1px solid var(--t-line);
      }
      .lock t-icon {
        --icon-size: 14px;
        margin-top: 3px;
      }
      .lock button {
        margin-top: 10px;
      }
      reveal-list {
        padding: 12px 20px;
      }
    `,
  ];
}

const STATES: Readonly<Record<KeySession['state'], string>> = {
  session: 'A sealed record; this is its header.',
  ended: 'The session has ended; this record keeps a late write from bringing it back.',
  moved: 'The session moved to a new browser id; this record leads there for ten seconds.',
  unknown:
    'A sealed record that no container behind this proxy can open: of another installation, of sessions that were all ended at once, or of a container that is gone.',
};
