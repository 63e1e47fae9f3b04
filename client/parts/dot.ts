import { LitElement, css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FieldResult } from '../../schema/endpoints/forms.ts';

/** `checking`: being asked right now. */
export type DotState = FieldResult['state'] | 'checking';

const shapes = {
  ok: svg`<circle cx="5" cy="5" r="4" fill="currentColor"/>`,
  warn: svg`<path d="M5 .8 9.6 9H.4Z" fill="currentColor"/>`,
  down: svg`<path d="m1.5 1.5 7 7m0-7-7 7" fill="none" stroke="currentColor" stroke-width="2"/>`,
  off: svg`<circle cx="5" cy="5" r="3.25" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
  checking: svg`<circle cx="5" cy="5" r="4" fill="none" class="track" stroke-width="1.5"/><path d="M5 1a4 4 0 0 1 4 4" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
};

/** The state of a thing as a shape, 10 px: circle, triangle, cross, open ring, or a ring being drawn. The word beside it is the slot. */
@customElement('t-dot')
export class Dot extends LitElement {
  @property({ reflect: true }) state: DotState = 'ok';

  protected override render() {
    return html`<svg viewBox="0 0 10 10" aria-hidden="true">${shapes[this.state]}</svg><slot></slot>`;
  }

  static override styles = css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: 8px;
    }
    svg {
      flex: none;
      width: 10px;
      height: 10px;
      color: var(--t-dot-ok);
    }
    :host([state='warn']) svg {
      color: var(--t-dot-warn);
    }
    :host([state='down']) svg {
      color: var(--t-dot-down);
    }
    :host([state='checking']) svg {
      color: var(--t-accent);
    }
    .track {
      stroke: var(--t-line-strong);
    }
    :host([state='off']) svg {
      color: var(--t-quiet);
    }
  `;
}
