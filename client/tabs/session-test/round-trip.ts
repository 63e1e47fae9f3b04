import { Task } from '@lit/task';
import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { checkRoundTrip, type RoundTripStep } from '../../../schema/endpoints/round-trip.ts';
import { call } from '../../api/call.ts';
import '../../parts/icon.ts';
import { controls } from '../../styles/controls.ts';
import { buttonFor, headOf, railCheckStyles, resultOf, verdictOf } from './rail-check.ts';

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
    const result = resultOf(this.#check);
    return html`
      ${headOf('Round-trip check', this.#check)}
      ${
        result
          ? html`<ol>
              ${result.steps.map(stepOf)}
            </ol>`
          : html`<p class="small quiet">
              Writes a probe where the sessions go, reads it back over another connection, and deletes it.
            </p>`
      }
      ${verdictOf(this.#check, 'Could not check', this.proxy)} ${buttonFor('Round-trip check', this.#check)}
    `;
  }

  static override styles = [
    controls,
    railCheckStyles,
    css`
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
