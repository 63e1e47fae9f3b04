import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BrowserCheck } from '../../../schema/endpoints/browser-check.ts';
import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import { detailOf } from '../../api/request.ts';
import { call } from '../../api/call.ts';
import { endBrowserCheck } from '../../api/browser-check.ts';
import { beginCookieCheck } from '../../../schema/endpoints/browser-check.ts';
import '../../parts/dot.ts';
import { addressOf } from '../../state/route.ts';
import { controls } from '../../styles/controls.ts';

interface Checked {
  readonly check: BrowserCheck;
  /** `undefined`: nothing of this server answers below the cookie's path. */
  readonly came: readonly boolean[] | undefined;
}

/** What came of it: whether the browser at hand can have a session. */
export class IdChecked extends CustomEvent<boolean> {
  constructor(isDropped: boolean) {
    super('id-checked', { detail: isDropped });
  }
}

/** Whether the browser at hand sends its id back: tried with a cookie like it, each time the way is looked at. */
@customElement('id-check')
export class IdCheck extends LitElement {
  @property() path = '/';
  @property({ attribute: false }) chain: ChainMessage | undefined;

  readonly #check = new Task(this, {
    args: () => [this.path, this.chain] as const,
    task: async ([path, chain], { signal }): Promise<Checked | undefined> => {
      if (!chain || chain.boxes[0]?.path === null) return undefined;
      const check = await call(beginCookieCheck, path, {}, { signal });
      return { check, came: await endBrowserCheck(check, signal) };
    },
    onComplete: (checked) => void this.dispatchEvent(new IdChecked(checked !== undefined && isDropped(checked))),
  });

  protected override render() {
    const { status, value, error } = this.#check;
    if (!this.chain || this.chain.boxes[0]?.path === null) return nothing;
    return html`<p class="small" role="status">
      ${
        status === TaskStatus.COMPLETE && value
          ? outcome(value)
          : status === TaskStatus.ERROR
            ? html`<t-dot state="warn">Could not try whether your browser sends the id back: ${detailOf(error)}</t-dot>`
            : html`<t-dot state="checking" class="quiet">Trying whether your browser sends the id back…</t-dot>`
      }
    </p>`;
  }

  static override styles = [
    controls,
    css`
      p {
        margin: 12px 0 0;
      }
      t-dot {
        align-items: baseline;
      }
      a {
        text-decoration: underline;
      }
    `,
  ];
}

function isDropped({ check, came }: Checked): boolean {
  return came?.some(Boolean) === false && !check.isElsewhere;
}

function outcome({ check, came }: Checked) {
  if (came?.some(Boolean) && check.misses) {
    return html`<t-dot state="warn">Your browser sends the id back below ${check.path} alone.</t-dot>
      <span>${check.misses} ${settingsOf(check)}</span>`;
  }
  if (came?.[0]) return html`<t-dot state="ok">Your browser sends the id back</t-dot>`;
  if (came?.some(Boolean)) {
    return html`<t-dot state="ok">Your browser sends the id back.</t-dot>
      <span class="quiet">Without Secure, which it does not keep by http on its own machine.</span>`;
  }
  if (came === undefined) return notTried(`Something else than this server answers below ${check.path}.`);
  if (check.isElsewhere) return notTried(check.reason);
  return html`<t-dot state="down" class="danger">Your browser does not send the id back.</t-dot>
    <span>${check.reason || UNKNOWN} ${settingsOf(check)}</span>`;
}

function settingsOf({ manager }: BrowserCheck) {
  return html`<a href=${addressOf(manager)}>Settings of ${manager}</a>`;
}

function notTried(why: string) {
  return html`<t-dot state="off" class="quiet">Not tried whether your browser sends the id back.</t-dot>
    <span class="quiet">${why}</span>`;
}

const UNKNOWN =
  'Nothing in its settings explains that. Does it block cookies here, or does a proxy in between drop them?';
