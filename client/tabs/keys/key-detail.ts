import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { KeyMessage, KeySession, KeyValue } from '../../../schema/messages/keys.ts';
import { getKey, revealKey } from '../../api/keys.ts';
import { ApiProblem, detailOf } from '../../api/request.ts';
import '../../parts/ago.ts';
import '../../parts/face.ts';
import { formatBytes, formatExact, formatTime } from '../../parts/format.ts';
import '../../parts/icon.ts';
import '../../parts/until.ts';
import { flashFailure } from '../../state/flash.ts';
import { addressOf } from '../../state/location.ts';
import { controls } from '../../styles/controls.ts';
import { facts } from '../../styles/facts.ts';
import '../reveals/reveal-list.ts';
import './key-value.ts';

/** One key: how large it is, how long it has, and what is under it. Looking does not count as using it. Sends `closed`. */
@customElement('key-detail')
export class KeyDetail extends LitElement {
  @property() path = '/';
  @property() key = '';
  @state() private revealed: KeyValue | undefined;

  readonly #look = new Task(this, {
    args: () => [this.path, this.key] as const,
    task: ([path, key], { signal }) => getKey(path, key, signal),
    onComplete: () => (this.revealed = undefined),
  });

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
        ${this.#fact('Kind', kind)} ${this.#fact('Size', formatBytes(bytes))}
        ${this.#fact('Expires in', expires === null ? 'never' : html`<t-until time=${expires}></t-until>`)}
        ${this.#fact('Accessed', lastAccess === null ? null : html`<t-ago time=${lastAccess}></t-ago>`)}
        ${this.#fact('Kept by', server ?? 'This process')}
        ${copies.length > 0 ? this.#fact(copies.length === 1 ? 'Copy' : 'Copies', copies.join(', ')) : nothing}
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
              ${this.#fact('User', user ?? 'anonymous')} ${this.#fact('IP', address)}
              ${this.#fact('Started', this.#time(started))} ${this.#fact('Browser', browser)}
              ${this.#fact('Last seen', html`<t-ago time=${lastSeen}></t-ago>`)}
            </dl>`
      }
    `;
  }

  #time(time: string) {
    const date = new Date(time);
    return html`<time datetime=${time} title=${formatExact(date)}>${formatTime(date)}</time>`;
  }

  #fact(label: string, value: unknown) {
    return html`<div>
      <dt>${label}</dt>
      <dd>${value || '–'}</dd>
    </div>`;
  }

  #failed() {
    const { error } = this.#look;
    const isGone = error instanceof ApiProblem && error.status === 404;
    return html`<t-face
      kind=${isGone ? 'empty' : 'error'}
      icon=${isGone ? 'timer' : 'circle-x'}
      heading=${isGone ? 'This key is gone.' : 'Cannot look at the key.'}
      detail=${detailOf(error)}
    >
      <button @click=${() => this.#look.run()}><t-icon name="rotate-cw"></t-icon>Try again</button>
    </t-face>`;
  }

  async #reveal() {
    try {
      this.revealed = await revealKey(this.path, { key: this.key });
    } catch (caught) {
      flashFailure(`Could not reveal the value: ${detailOf(caught)}`);
    }
  }

  static override styles = [
    controls,
    facts,
    css`
      :host {
        display: block;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 58px;
        padding: 6px 20px;
        border-bottom: 1px solid var(--t-line);
      }
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
