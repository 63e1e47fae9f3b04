import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionsMessage } from '../../../schema/messages/sessions.ts';
import { formatBytes, formatNumber } from '../../parts/format.ts';
import { controls } from '../../styles/controls.ts';

/** How many sessions there are, how many are in use, and how large they are. What is slotted stands at the right. */
@customElement('figures-strip')
export class FiguresStrip extends LitElement {
  @property({ attribute: false }) message: SessionsMessage | undefined;

  protected override render() {
    const { total, active, meanBytes, largestBytes } = this.message ?? {};
    return html`<dl>
        ${this.#figure('Sessions', total, formatNumber)} ${this.#figure('Active in 5 min', active, formatNumber)}
        ${this.#figure('Mean size', meanBytes, formatBytes)} ${this.#figure('Largest', largestBytes, formatBytes)}
      </dl>
      <slot></slot>`;
  }

  #figure(label: string, value: number | null | undefined, format: (value: number) => string) {
    return html`<div>
      <dt>${label}</dt>
      <dd>${value === undefined || value === null ? '–' : format(value)}</dd>
    </div>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding-right: var(--t-edge);
        border-bottom: 1px solid var(--t-line);
      }
      dl {
        display: flex;
        font-variant-numeric: tabular-nums;
      }
      div {
        padding: 9px 20px 6px;
        border-right: 1px solid var(--t-line);
      }
      div:first-child {
        padding-left: var(--t-edge);
      }
      dt {
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      dd {
        font-size: var(--t-size-figure);
        font-weight: 500;
        line-height: 26px;
        white-space: nowrap;
      }
      @media (width < 640px) {
        :host {
          display: block;
          padding: 0;
        }
        dl {
          display: grid;
          grid-template-columns: 1fr 1fr;
        }
        div,
        div:first-child {
          padding-inline: var(--t-edge);
        }
        div:nth-child(even) {
          border-right: 0;
        }
        div:nth-child(n + 3) {
          border-top: 1px solid var(--t-line);
        }
      }
    `,
  ];
}
