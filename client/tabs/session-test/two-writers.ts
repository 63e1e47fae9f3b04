import { Task } from '@lit/task';
import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { runTwoWriters } from '../../../schema/endpoints/two-writers.ts';
import { call } from '../../api/call.ts';
import { fact } from '../../parts/fact.ts';
import { controls } from '../../styles/controls.ts';
import { buttonFor, headOf, railCheckStyles, resultOf, verdictOf } from './rail-check.ts';

/** Whether two changes of one session at once are both kept, at the press of a button. */
@customElement('two-writers')
export class TwoWriters extends LitElement {
  /** Of the container. */
  @property() path = '/';
  /** Of what it keeps its sessions behind, where it names something. */
  @property() proxy = '';

  readonly #run = new Task(this, {
    autoRun: false,
    task: (_none: readonly [], { signal }) => call(runTwoWriters, this.path, {}, { signal }),
  });

  protected override render() {
    const { survived = null, retries = null } = resultOf(this.#run) ?? {};
    return html`
      ${headOf('Two writers at once', this.#run)}
      <p class="small quiet">Two requests change your session in the same moment, each another key.</p>
      <dl class="small">
        ${fact('Keys that survived', survived === null ? '–' : `${survived} of 2`, survived !== null && survived < 2)}
        ${fact('Retries', retries === null ? '–' : `${retries}`)}
      </dl>
      ${verdictOf(this.#run, 'Could not run them', this.proxy)} ${buttonFor('Run two writers at once', this.#run)}
    `;
  }

  static override styles = [
    controls,
    railCheckStyles,
    css`
      dl {
        margin-block: 8px;
      }
      dl div {
        display: flex;
        min-height: 24px;
        align-items: center;
      }
      dt {
        width: 120px;
        color: var(--t-quiet);
      }
      dd {
        font-size: var(--t-size);
      }
    `,
  ];
}
