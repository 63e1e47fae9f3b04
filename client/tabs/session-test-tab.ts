import { Task } from '@lit/task';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import {
  addTestItems,
  changeOwnSession,
  lookAtTest,
  type OwnSessionRequest,
  type TestMessage,
} from '../../schema/endpoints/session-test.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import { call } from '../api/call.ts';
import { railStyles } from '../forms/rail.ts';
import '../model/object-banners.ts';
import { Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import { ask } from '../parts/dialog.ts';
import '../parts/dot.ts';
import { tryAgainLink } from '../parts/face.ts';
import { plural } from '../parts/format.ts';
import { clockTime } from '../parts/time.ts';
import { hasEnded } from '../state/ended.ts';
import { flash, flashFailure } from '../state/flash.ts';
import { Live } from '../state/live.ts';
import { Repeating } from '../state/repeating.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import './session-test/add-items.ts';
import type { AddItems, ItemsEntered } from './session-test/add-items.ts';
import './session-test/round-trip.ts';
import './session-test/session-facts.ts';
import './session-test/session-items.ts';
import type { ItemRemoved, SessionItems } from './session-test/session-items.ts';
import { sessionTestStyles } from './session-test/styles.ts';
import './session-test/two-writers.ts';
import { keptBy, whereSiteSessionsAre } from './session-test/words.ts';

const AGAIN_MS = 3_000;
const NOTHING_YET = 'What was there before and after stands here, once you add something.';

/** One's own session in this container: put something in, see that it is kept, take it out again. */
@customElement('session-test-tab')
export class SessionTestTab extends Tab {
  @state() private answer: TestMessage | undefined;
  /** The last change and what it led to. Looking does not replace it. */
  @state() private result: TestMessage | undefined;
  /** What the last change failed to do, said until the next one or until other items are typed. */
  @state() private failure: TemplateResult | undefined;
  @state() private problems: readonly string[] = [];
  @state() private isBusy = false;
  /** Why the session is out of reach, and what was to be done. */
  @state() private stop: { readonly error: unknown; readonly again: () => unknown } | undefined;
  /** How many changes began and ended. What was read before one of them is older than its answer. */
  #turns = 0;
  #turnOfLook = 0;
  @query('add-items') private form!: AddItems;
  @query('session-items') private items!: SessionItems | null;

  readonly #look = new Task(this, {
    args: () => [this.object] as const,
    task: ([{ path }], { signal }) => {
      this.#turnOfLook = this.#turns;
      return call(lookAtTest, path, { signal });
    },
    onComplete: (answer) => {
      if (this.#turnOfLook !== this.#turns) return;
      this.answer = answer;
      this.stop = undefined;
      if (answer.lost) this.result = undefined;
    },
    onError: (error) => this.#turnOfLook === this.#turns && this.#onLost(error),
  });

  constructor() {
    super();
    new Live(this, ['tree', 'warnings', 'proxy', 'server'], () => !this.isBusy && this.#look.run());
    // Nobody has to try again whether the trouble is over.
    new Repeating(this, AGAIN_MS, () => this.stop && !this.isBusy && this.#look.run());
  }

  protected override render() {
    return html`
      ${this.answer ? html`<object-banners .warnings=${this.answer.warnings}></object-banners>` : nothing}
      ${this.#stopped()}
      <div class="page">
        <div class="content">
          <div class="test">
            <h2>Test Adding Items to Session</h2>
            ${this.#resultLine()}
            <add-items
              .problems=${this.problems}
              ?isBusy=${this.isBusy}
              @input=${() => (this.failure = undefined)}
              @items-entered=${this.#add}
            ></add-items>
          </div>
          ${this.answer ? this.#session(this.answer) : nothing}
        </div>
        <aside class="rail ${this.answer || this.stop ? '' : 'later'}" aria-label="About this container">
          <section aria-label="Round-trip check">
            <round-trip path=${this.path} proxy=${this.#proxy}></round-trip>
          </section>
          <section aria-label="Two writers at once">
            <two-writers path=${this.path} proxy=${this.#proxy}></two-writers>
          </section>
          ${this.answer ? this.#rail(this.answer) : nothing}
        </aside>
      </div>
    `;
  }

  /** What had the focus may be gone, with the session or the notice that it belonged to. */
  protected override get home() {
    return this.form;
  }

  /** Behind which the sessions are kept, where that is said. */
  get #proxy(): string {
    const { proxy_path: path } = this.object.properties;
    return typeof path === 'string' ? path : '';
  }

  #resultLine() {
    if (this.isBusy) return html`<div class="result"></div>`;
    if (this.failure) {
      return html`<div class="result bad">
        <t-icon name="circle-x"></t-icon>
        <p role="status">${this.failure}</p>
      </div>`;
    }
    const shown = this.result ?? this.answer;
    if (!shown) return this.stop ? nothing : html`<div class="result"></div>`;
    if (!this.result && !shown.about) return html`<div class="result"><p class="quiet">${NOTHING_YET}</p></div>`;
    const isAdded = shown === this.result && shown.count > 0;
    return html`<div class="result ${isAdded ? 'good' : ''}">
      ${isAdded ? html`<t-icon name="circle-check"></t-icon>` : nothing}
      <p class="line" role="status">${shown.line}</p>
      <p class="small quiet">${shown === this.result ? 'stored' : 'read'} in ${shown.tookMs} ms</p>
    </div>`;
  }

  #onLost(error: unknown): void {
    this.stop = { error, again: () => this.#look.run() };
  }

  #stopped() {
    // Where the object itself says so, its own notice stands above already.
    const detail = detailOf(this.stop?.error);
    if (!this.stop || this.object.warnings.some(({ text }) => text === detail)) return nothing;
    return html`<t-banner kind="danger" role="alert">
      ${detail} ${tryAgainLink(this.stop.error, this.stop.again)}
    </t-banner>`;
  }

  #session(answer: TestMessage) {
    const { session, about } = answer;
    return html`
      <section aria-labelledby="session">
        <div class="head">
          <h2 id="session">Your session</h2>
          <p class="quiet">${about ? plural(session.length, 'item') : ''}</p>
          ${about ? this.#actions() : nothing}
        </div>
        ${
          session.length > 0
            ? html`<session-items .items=${session} @item-removed=${this.#remove}></session-items>`
            : this.#empty(answer)
        }
        ${about ? html`<session-facts .about=${about} keptBy=${keptBy(answer)}></session-facts>` : nothing}
      </section>
    `;
  }

  #actions() {
    return html`<div class="actions">
      <button class="small" @click=${() => this.#change({ action: 'rotate' }, 'Your session has a new id.')}>
        New id
      </button>
      <button class="small" @click=${() => this.#change({ action: 'clear' }, 'Cleared your session.')}>
        Clear session
      </button>
      <button class="small danger-text" @click=${this.#invalidate}>Invalidate session</button>
    </div>`;
  }

  #empty({ about, unseen, lost }: TestMessage) {
    if (lost) {
      const detail = `${lost} Adding an item starts another one.`;
      return html`<t-face icon="database" heading="Your session is gone." detail=${detail}></t-face>`;
    }
    if (about) return html`<t-face icon="database" heading="Your session has no items."></t-face>`;
    const [heading, detail] = unseen
      ? ['Your session cannot be seen here.', unseen]
      : ['You have no session yet. Adding an item starts one.', ''];
    return html`<t-face icon="database" heading=${heading} detail=${detail}></t-face>`;
  }

  #rail({ warnings }: TestMessage) {
    const { isHere, text, manager } = whereSiteSessionsAre(this.object, warnings);
    const link = manager ? html`<a href=${addressOf(manager)}>${manager}</a>` : nothing;
    return html`<section aria-labelledby="site">
      <h2 id="site">The site’s sessions</h2>
      <p class="small where">
        <t-dot state=${isHere ? 'ok' : 'off'}></t-dot>
        <span>
          ${text} ${isHere ? html`${link} points to ${this.path}.` : manager ? html`${link} says so.` : nothing}
        </span>
      </p>
    </section>`;
  }

  async #add({ detail: items }: ItemsEntered) {
    const answer = await this.#send({
      change: () => call(addTestItems, this.path, { items }),
      failed: (when) => html`Not added (${when}). What you typed is still there.`,
      refused: (sentences) => (this.problems = sentences),
      again: () => this.form.submit(),
    });
    this.form.focus();
    if (answer) this.form.clear();
  }

  async #remove({ detail: key }: ItemRemoved) {
    const index = this.answer?.session.findIndex((item) => item.key === key) ?? 0;
    await this.#change({ action: 'remove', key }, `Removed '${key}' from your session.`);
    await this.updateComplete;
    if (!this.items) return this.form.focus();
    await this.items.updateComplete;
    this.items.focusRemove(index);
  }

  async #invalidate() {
    const count = this.answer?.session.length ?? 0;
    const isWanted = await ask({
      heading: 'Invalidate your session?',
      body: html`<p class="quiet">
        ${count === 1 ? 'Its item is' : `Its ${plural(count, 'item')} are`} deleted, and this browser gets a new id.
        There is no undo.
      </p>`,
      safe: 'Keep',
      action: 'Invalidate',
      isDangerous: true,
    });
    if (isWanted) await this.#change({ action: 'invalidate' }, 'Invalidated your session.');
  }

  async #change(request: OwnSessionRequest, done: string): Promise<void> {
    const answer = await this.#send({
      change: () => call(changeOwnSession, this.path, request),
      failed: (when) => html`Your session was not changed (${when}).`,
      refused: (sentences) => flashFailure(sentences.join(' ')),
      again: () => this.#change(request, done),
    });
    if (answer) flash(done);
    if (answer && !answer.about) this.form.focus();
  }

  /** What refuses a change stands at the field, what stops it in a banner; nothing typed is lost by either. */
  async #send({ change, failed, refused, again }: Sending): Promise<TestMessage | undefined> {
    if (this.isBusy) return undefined;
    this.isBusy = true;
    this.#turns += 1;
    this.problems = [];
    this.result = this.failure = undefined;
    const before = this.stop;
    this.stop = undefined;
    try {
      this.result = this.answer = await change();
      return this.answer;
    } catch (caught) {
      this.failure = failed(clockTime(new Date().toISOString()));
      if (hasEnded.get()) this.stop = before;
      else if (isRefusal(caught)) {
        // While the session could not be read at all, a refused line does not mean that it can be.
        if (!this.answer) this.stop = before;
        refused(sentencesOf(caught));
      } else this.stop = { error: caught, again };
      return undefined;
    } finally {
      this.isBusy = false;
      this.#turns += 1;
    }
  }

  static override styles = [controls, railStyles, sessionTestStyles];
}

interface Sending {
  readonly change: () => Promise<TestMessage>;
  /** What is said of it once it failed. */
  readonly failed: (when: TemplateResult) => TemplateResult;
  /** The server said what is wrong with the request. */
  readonly refused: (sentences: readonly string[]) => void;
  /** To be done where no fault of the request stopped it. */
  readonly again: () => unknown;
}

function isRefusal(caught: unknown): caught is ApiProblem {
  return caught instanceof ApiProblem && caught.status >= 400 && caught.status < 500;
}

function sentencesOf({ errors, detail }: ApiProblem): readonly string[] {
  return errors.length > 0 ? errors.map((error) => error.detail) : [detail];
}
