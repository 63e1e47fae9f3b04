import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../styles/controls.ts';
import './icon.ts';

export type BannerKind = 'warning' | 'danger' | 'info' | 'plain';

const icons = { warning: 'triangle-alert', danger: 'circle-x', info: 'info', plain: 'info' } as const;

/** A standing condition, full width. The sentence is the slot; one link or button goes into the slot "action". */
@customElement('t-banner')
export class Banner extends LitElement {
  @property({ reflect: true }) kind: BannerKind = 'warning';
  @property() icon = '';

  protected override render() {
    return html`
      <t-icon name=${this.icon || icons[this.kind]}></t-icon>
      <div class="text"><slot></slot></div>
      <slot name="action"></slot>
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        gap: 10px;
        align-items: flex-start;
        padding: 9px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
        background: var(--t-lowered);
      }
      :host([kind='warning']) {
        border-color: var(--t-warn-line);
        background: var(--t-warn-fill);
      }
      :host([kind='danger']) {
        border-color: var(--t-danger-line);
        background: var(--t-danger-fill);
      }
      t-icon {
        margin-top: 2px;
      }
      :host([kind='warning']) t-icon {
        color: var(--t-dot-warn);
      }
      :host([kind='danger']) t-icon {
        color: var(--t-danger);
      }
      .text {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      @media (width < 640px) {
        :host {
          flex-wrap: wrap;
        }
        slot[name='action']::slotted(*) {
          flex-basis: 100%;
          margin-left: 26px;
          text-align: start;
          justify-content: start;
        }
      }
    `,
  ];
}
