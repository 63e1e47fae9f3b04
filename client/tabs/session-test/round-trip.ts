import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { checkRoundTrip, type RoundTripMessage, type RoundTripStep } from '../../../schema/endpoints/round-trip.ts';
import { detailOf } from '../../api/request.ts';
import { call } from '../../api/call.ts';
import '../../parts/dot.ts';
import '../../parts/icon.ts';
import { clockTime } from '../../parts/time.ts';
import { addressOf } from '../../state/route.ts';
import { controls } from '../../styles/controls.ts';

/** Whether the configuration works, at the press of a button: a probe to where the sessions go, and back. */
@customElement('round-trip')
export class RoundTrip extends LitElement {
  /** Of the container. */
  @property() path = '/';
  /** Of what it keeps its sessions behind, where it names something. */
  @property() proxy = '';

  readonly #check = new Task(this, {
    autoRun: false,
    task: (_none: readonly [], { signal }) => call(checkRoundTrip, this.path, {}, { signal }),
  });

  protected override render() {
    const result = this.#check.status === TaskStatus.COMPLETE ? this.#check.value : undefined;
    return html`
      <div class="head">
        <h2>Round-trip check</h2>
        ${result ? clockTime(result.checked) : nothing}
      </div>
      ${
        result
          ? html`<ol>
              ${result.steps.map(stepOf)}
            </ol>`
          : html`<p class="small quiet">
              Writes a probe where the sessions go, reads it back over another connection, and deletes it.
            </p>`
      }
      <div class="small" role="status">${this.#verdict(result)}</div>
      <button class="small" aria-disabled=${String(this.#isRunning)} @click=${this.#run}>Round-trip check</button>
    `;
  }

  #verdict(result: RoundTripMessage | undefined) {
    if (this.#check.status === TaskStatus.ERROR) {
      return html`<p class="danger">Could not check: ${detailOf(this.#check.error)}</p>`;
    }
    if (!result) return nothing;
    return html`<p>
      <t-dot state=${result.state}></t-dot>
      <span>
        ${result.text}
        ${result.state !== 'ok' && this.proxy ? html`<a href=${addressOf(this.proxy, 'servers')}>Servers of ${this.proxy}</a>` : nothing}
      </span>
    </p>`;
  }

  get #isRunning(): boolean {
    return this.#check.status === TaskStatus.PENDING;
  }

  #run() {
    if (!this.#isRunning) void this.#check.run([]);
  }

  static override styles = [
    controls,
    css`
      :host {
        font-variant-numeric: tabular-nums;
      }
      .head {
        display: flex;
        justify-content: space-between;
        margin-bottom: 8px;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      h2 {
        font-size: inherit;
        line-height: inherit;
      }
      li {
        position: relative;
        display: flex;
        gap: 10px;
        padding-bottom: 10px;
      }
      li:not(:last-child)::before {
        content: '';
        position: absolute;
        top: 20px;
        bottom: 0;
        left: 7px;
        border-left: 1px solid var(--t-accent-line);
      }
      li t-icon {
        margin-top: 2px;
        color: var(--t-accent);
      }
      li.failed t-icon {
        color: var(--t-danger);
      }
      li p {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      li .quiet {
        display: block;
      }
      [role='status'] p {
        display: flex;
        gap: 8px;
      }
      t-dot {
        flex: none;
        height: 16px;
      }
      button {
        margin-top: 10px;
      }
    `,
  ];
}

function stepOf({ what, detail, tookMs, isDone }: RoundTripStep) {
  return html`<li class=${isDone ? '' : 'failed'}>
    <t-icon name=${isDone ? 'circle-check' : 'circle-x'}></t-icon>
    <p>${what}<span class="small quiet">${detail}</span></p>
    <span class="small quiet">${tookMs} ms</span>
  </li>`;
}
