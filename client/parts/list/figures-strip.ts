import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { fact } from '../fact.ts';
import { controls } from '../../styles/controls.ts';

export type Figure = readonly [label: string, value: string];

/** The figures that sum up the list below. What is slotted stands at the right. */
@customElement('figures-strip')
export class FiguresStrip extends LitElement {
  @property({ attribute: false }) figures: readonly Figure[] = [];

  protected override render() {
    return html`<dl>${this.figures.map(([label, value]) => fact(label, value))}</dl>
      <slot></slot>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
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
