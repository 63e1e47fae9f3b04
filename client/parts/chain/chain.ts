import { LitElement, html, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../../styles/controls.ts';
import '../dot.ts';
import type { DotState } from '../dot.ts';
import '../icon.ts';
import { FAN_WIDTH, endMiddle, fanHeight, fanPath } from './chain-fan.ts';
import { chainStyles } from './chain-styles.ts';

/** One step of the way. */
export interface ChainStep {
  readonly heading: string;
  /** `undefined`: nothing is there to go to. */
  readonly href: string | undefined;
  readonly icon: string;
  readonly kind: string;
  readonly state: DotState;
  readonly text: string;
  /** What leads on, and where to. */
  readonly leadsOn: { readonly label: string; readonly value: string } | undefined;
  readonly isCurrent: boolean;
  /** Whether the way to the next step, or to the ends, holds. */
  readonly holds: boolean;
  /** What flows on that way. */
  readonly flow: ChainFlow | undefined;
  /** What was lost there. */
  readonly losses: { readonly text: string; readonly isTrouble: boolean } | undefined;
}

/** What flows on a way just now, in words: how much, and how well. */
export interface ChainFlow {
  readonly rate: string;
  readonly quality: string;
  readonly hasErrors: boolean;
  /** Both parts are one phrase. */
  readonly isOne: boolean;
}

/** One of the places where the way ends. */
export interface ChainEnd {
  readonly label: string;
  readonly state: DotState;
  readonly text: string;
  readonly flow: ChainFlow | undefined;
}

const tones: Record<DotState, string> = { ok: '', warn: 'warn', down: 'danger', off: 'quiet', checking: 'quiet' };

/** Steps in the order in which they are passed, joined by lines, fanning out to the ends. Narrow: top to bottom. */
@customElement('t-chain')
export class Chain extends LitElement {
  /** What the way is, for screen readers. */
  @property() label = '';
  @property({ attribute: false }) steps: readonly ChainStep[] = [];
  @property({ attribute: false }) ends: readonly ChainEnd[] = [];

  protected override render() {
    return html`<ol aria-label=${this.label}>
      ${this.steps.map((step, index) => {
        const isLast = index === this.steps.length - 1;
        return html`<li class="step">${this.#box(step)} ${isLast ? nothing : join(step.holds)}</li>`;
      })}
      ${this.ends.length > 0 ? this.#fan() : nothing}
    </ol>`;
  }

  #box({ heading, href, icon, kind, state, text, leadsOn, isCurrent, flow, losses }: ChainStep) {
    return html`<div class="box ${isCurrent ? 'current' : ''} ${href ? '' : 'missing'}">
      <div>
        <p class="heading">
          ${icon ? html`<t-icon name=${icon}></t-icon>` : nothing}
          ${
            href
              ? html`<a class="name" href=${href} title=${heading} aria-current=${isCurrent ? 'step' : nothing}
                  >${breakable(heading)}</a
                >`
              : html`<span class="name" title=${heading}>${breakable(heading)}</span>`
          }
        </p>
        <p class="small quiet kind">${kind}</p>
      </div>
      <div class="state">
        <t-dot state=${state} class=${tones[state]}>${text}</t-dot>
        ${
          leadsOn
            ? html`<p class="small quiet">
                ${leadsOn.label} ${leadsOn.value ? html`<span class="mono value">${leadsOn.value}</span>` : 'is empty'}
              </p>`
            : nothing
        }
        ${losses ? html`<p class="losses small figures ${losses.isTrouble ? 'warn' : 'quiet'}">${losses.text}</p>` : nothing}
      </div>
      ${flow ? flowOf(flow) : nothing}
    </div>`;
  }

  #fan() {
    const places = this.ends.map(({ state }, index) => ({ index, isBroken: state === 'down' }));
    const holding = places.filter(({ isBroken }) => !isBroken);
    const broken = places.filter(({ isBroken }) => isBroken);
    const heights = this.ends.map(heightOf);
    const path = (index: number) => fanPath(index, heights);
    return html`<li class="fan">
      <svg class="wide" width=${FAN_WIDTH} height=${fanHeight(heights)} aria-hidden="true">
        ${broken.map(({ index }) => svg`<path class="broken" d=${path(index)} />`)}
        ${holding.map(({ index }) => svg`<path d=${path(index)} /><circle cx="38" cy=${endMiddle(index, heights)} r="2.5" />`)}
      </svg>
      ${downwards(holding.length > 0)}
      <ul>
        ${this.ends.map((end) => this.#end(end))}
      </ul>
    </li>`;
  }

  #end(end: ChainEnd) {
    const { label, state, text, flow } = end;
    const tone = state === 'ok' ? 'quiet' : tones[state];
    return html`<li class="end lines-${linesBelow(end)}">
      <t-dot state=${state}><span class="ellipsis" title=${label}>${label}</span></t-dot>
      <span class="small figures ${reasonLines(end) > 0 ? 'reason' : 'ellipsis'} ${tone}" title=${text}>${text}</span>
      ${flow ? flowOf(flow) : nothing}
    </li>`;
  }

  static override styles = [controls, chainStyles];
}

/** What flows, of the last seconds. */
function flowOf({ rate, quality, hasErrors, isOne }: ChainFlow) {
  return html`<p class="flow small figures quiet" title="In the last 10 seconds">
    <span>${rate}</span> ${isOne ? nothing : html`<span class="and">·</span>`}
    <span class=${hasErrors ? 'danger' : ''}>${quality}</span>
  </p>`;
}

function heightOf(end: ChainEnd): number {
  const lines = linesBelow(end);
  return lines === 0 ? 34 : 36 + 16 * lines;
}

function linesBelow(end: ChainEnd): number {
  return reasonLines(end) + (end.flow ? 1 : 0);
}

/** An end in trouble says why: beside its name where there is room, otherwise below it in as many lines as that takes. */
function reasonLines({ label, state, text }: ChainEnd): number {
  if (state === 'ok' || label.length + text.length < 24) return 0;
  return text.length > 32 ? 2 : 1;
}

/** An id may go on in the next line after what parts its words. */
function breakable(id: string) {
  return id.split(/(?<=[_.\-/])/).map((part, index) => (index > 0 ? html`<wbr />${part}` : part));
}

/** The line to the next box: which of the two is seen depends on the width. */
function join(holds: boolean) {
  return html`<div class="join">
    <svg class="wide" height="10" aria-hidden="true">
      <line class=${holds ? '' : 'broken'} x2="100%" y1="5" y2="5" />
      ${holds ? svg`<circle cx="100%" cy="5" r="2.5" />` : nothing}
    </svg>
    ${downwards(holds)} <span class="visually-hidden">${holds ? 'leads to' : 'does not lead to'}</span>
  </div>`;
}

function downwards(holds: boolean) {
  return html`<svg class="narrow" width="10" height="20" aria-hidden="true">
    <path class=${holds ? '' : 'broken'} d="M5 0V20" />
    ${holds ? svg`<circle cx="5" cy="18" r="2.5" />` : nothing}
  </svg>`;
}
