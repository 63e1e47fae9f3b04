import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../../styles/controls.ts';
import '../dot.ts';
import type { DotState } from '../dot.ts';
import '../icon.ts';
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

/** What flows on a way just now, in words. */
export interface ChainFlow {
  readonly rate: string;
  /** How well it does, in a few words each. */
  readonly quality: readonly string[];
  /** `warn`: there are errors; `down`: there is nothing else. */
  readonly state: 'ok' | 'warn' | 'down';
}

/** One of the places where the way ends. */
export interface ChainEnd {
  readonly label: string;
  readonly state: DotState;
  readonly text: string;
  readonly flow: ChainFlow | undefined;
}

const tones: Record<DotState, string> = { ok: '', warn: 'warn', down: 'danger', off: 'quiet', checking: 'quiet' };

/**
 * Steps in the order in which they are passed, joined by lines that fan out to the ends. What flows stands on its line.
 * Narrow: top to bottom.
 */
@customElement('t-chain')
export class Chain extends LitElement {
  /** What the way is, for screen readers. */
  @property() label = '';
  @property({ attribute: false }) steps: readonly ChainStep[] = [];
  @property({ attribute: false }) ends: readonly ChainEnd[] = [];
  /** It was so, and nobody knows how it is now. */
  @property({ type: Boolean, reflect: true }) isStale = false;

  protected override render() {
    return html`<ol aria-label=${this.label}>
      ${this.steps.map((step, index) => {
        const isLast = index === this.steps.length - 1;
        return html`<li class="step">${this.#box(step)} ${isLast ? nothing : join(step)}</li>`;
      })}
      ${this.ends.length > 0 ? this.#fan() : nothing}
    </ol>`;
  }

  #box({ heading, href, icon, kind, state, text, leadsOn, isCurrent, losses }: ChainStep) {
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
    </div>`;
  }

  #fan() {
    const holds = this.ends.some(isHolding);
    return html`<li class="fan ${holds ? '' : 'broken'}">
      <ul>
        ${this.ends.map((end) => this.#end(end))}
      </ul>
    </li>`;
  }

  #end(end: ChainEnd) {
    const { label, state, text, flow } = end;
    const tone = state === 'ok' ? 'quiet' : tones[state];
    return html`<li class="end">
      ${way(isHolding(end), flow)}
      <div class="place">
        <t-dot state=${state}><span class="address">${label}</span></t-dot>
        <span class="small figures reason ${tone}">${text}</span>
      </div>
    </li>`;
  }

  static override styles = [controls, chainStyles];
}

function isHolding({ state }: ChainEnd): boolean {
  return state !== 'down';
}

/** An id may go on in the next line after what parts its words. */
function breakable(id: string) {
  return id.split(/(?<=[_.\-/])/).map((part, index) => (index > 0 ? html`<wbr />${part}` : part));
}

function join({ holds, flow }: ChainStep) {
  const words = html`<span class="visually-hidden">${holds ? 'leads to' : 'does not lead to'}</span>`;
  return way(holds, flow, words);
}

/** A line, with what flows on it. */
function way(holds: boolean, flow: ChainFlow | undefined, words: unknown = nothing) {
  return html`<div class="way ${holds ? (flow?.state ?? '') : 'broken'} ${flow ? '' : 'bare'}">
    ${flow ? flowOf(flow) : nothing} ${words}
  </div>`;
}

function flowOf({ rate, quality, state }: ChainFlow) {
  return html`<p class="flow small figures quiet" title="In the last 10 seconds">
    <span class="rate">${rate}</span>
    <span class="quality ${tones[state]}">${quality.map((words) => html`<span>${words}</span> `)}</span>
  </p>`;
}
