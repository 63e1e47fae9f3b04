import { Task, TaskStatus } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { FieldResult } from '../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../schema/form-schema.ts';
import { setUpSessions, type SetupMessage, type SilentServers } from '../../schema/endpoints/setup.ts';
import { ApiProblem, detailOf, thereAgain } from '../api/request.ts';
import { call } from '../api/call.ts';
import { loadFields } from '../forms/fields/field-element.ts';
import type { ValueChanged } from '../forms/fields/field.ts';
import { problemsByField } from '../forms/problems.ts';
import { railStyles } from '../forms/rail.ts';
import { announceChange } from '../model/changes.ts';
import { Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import { failed } from '../parts/face.ts';
import '../parts/loading.ts';
import { Reconnected } from '../state/connection.ts';
import { hasEnded } from '../state/ended.ts';
import { flash, flashFailure } from '../state/flash.ts';
import { endInvitation } from '../state/invitation.ts';
import { GuardedLeaving, go } from '../state/location.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { checkPlan, readFolder } from './setup/look.ts';
import { CONTAINER, PROXY } from './setup/may-set-up.ts';
import { isSetUp, keptWords, waysToChange } from './setup/kept-words.ts';
import { doneWords, firstPlan, planProblems, requestFor, stepsOf, type Plan } from './setup/plan.ts';
import './setup/silent-servers.ts';
import type { SilentServersNotice } from './setup/silent-servers.ts';
import { setupStyles } from './setup/styles.ts';

const PAUSE_MS = 250;

/** Sessions in memcached, set up in one screen: servers, names, idle timeout; then it is tested. */
@customElement('setup-sessions-page')
export class SetupSessionsPage extends Tab {
  @state() private plan: Plan | undefined;
  @state() private refusals: ReadonlyMap<string, string> = new Map();
  @state() private failure = '';
  /** Why it was refused, where no server answers. */
  @state() private silent: SilentServers | undefined;
  @query('silent-servers') private notice!: SilentServersNotice | null;
  @state() private isBusy = false;
  /** A second proxy and container are wanted where sessions are set up already. */
  @state() private isAnother = false;
  #isDirty = false;
  #answeredServers: readonly string[] | undefined;

  readonly #folder = new Task(this, {
    args: () => [this.path, this.object.isFolder] as const,
    task: async ([path, isFolder], { signal }) => {
      const folder = isFolder ? await readFolder(path, signal) : undefined;
      if (folder) await loadFields(Object.values(folder.fields));
      return folder;
    },
    onComplete: (folder) => (this.plan ??= folder && firstPlan(folder.taken)),
  });

  readonly #check = new Task(this, {
    args: () => [this.plan] as const,
    task: ([plan], { signal }) => this.#look(plan, signal),
    onComplete: () => (this.#answeredServers = this.plan?.servers),
  });

  constructor() {
    super();
    new Reconnected(this, () => this.#onReconnected());
    new GuardedLeaving(this, () => this.#isDirty);
  }

  protected override render() {
    if (!this.object.isFolder) return this.#notHere();
    const folder = this.#folder.value;
    if (!folder || !this.plan) return this.#beforehand();
    if (isSetUp(folder.found) && !this.isAnother) return this.#already(folder.found);
    return html`
      ${this.failure ? html`<t-banner kind="danger" role="alert">${this.failure}</t-banner>` : nothing}
      ${this.silent ? this.#noServer(this.silent) : nothing}
      <form @submit=${this.#onSubmit} @value-changed=${this.#onValue} novalidate>
        <div class="fields">
          <div>
            <h2>Set up sessions in memcached</h2>
            <p class="quiet">
              A proxy, a container and the session data manager, together. Each of them can be changed later.
            </p>
          </div>
          ${(Object.keys(folder.fields) as (keyof Plan)[]).map((name) => this.#field(name, folder.fields[name]))}
        </div>
        <aside class="rail" aria-label="What the button does">
          <section aria-labelledby="steps">
            <h2 id="steps">What will happen</h2>
            <ol class="small">
              ${stepsOf(this.plan, this.path, folder.found, this.#answers).map((step) => html`<li>${step}</li>`)}
            </ol>
          </section>
        </aside>
        <div class="do">
          ${
            this.silent
              ? nothing
              : html`<button class="primary" aria-disabled=${String(this.isBusy)}>Set up sessions</button>`
          }
          <a class="button plain" href=${addressOf(this.path)}>Cancel</a>
        </div>
      </form>
    `;
  }

  /** How the servers answer that are typed now; nothing while they are being asked. */
  get #answers(): readonly FieldResult[] {
    return this.plan?.servers === this.#answeredServers ? (this.#check.value?.answer?.results ?? []) : [];
  }

  #noServer(refusal: SilentServers) {
    return html`<silent-servers
      .refusal=${refusal}
      ?isBusy=${this.isBusy}
      ?isOff=${this.#folder.value?.found.on === false}
      @again=${() => this.#setUp()}
      @anyway=${() => this.#setUp(true)}
    ></silent-servers>`;
  }

  #field(name: keyof Plan, schema: FieldSchema) {
    const isChecking = this.#check.status === TaskStatus.PENDING && this.plan?.servers !== this.#answeredServers;
    return html`<field-element
      name=${name}
      .field=${schema}
      .value=${this.plan?.[name]}
      .error=${this.#errorOf(name)}
      .answer=${name === 'servers' ? this.#check.value?.answer : undefined}
      .isChecking=${name === 'servers' && isChecking}
    ></field-element>`;
  }

  /** What is known here at once, then what the server says while one types, then what it refused at the last try. */
  #errorOf(name: keyof Plan): string | undefined {
    const own = name === 'servers' ? undefined : this.#ownProblems.get(name);
    return own ?? this.#check.value?.problems.get(name) ?? this.refusals.get(name);
  }

  get #ownProblems(): ReadonlyMap<string, string> {
    const folder = this.#folder.value;
    return folder && this.plan ? planProblems(this.plan, this.path, folder.taken) : new Map<string, string>();
  }

  #beforehand() {
    if (this.#folder.status === TaskStatus.ERROR) {
      return failed(`Could not look into '${this.path}': ${detailOf(this.#folder.error)}`, this.#folder.error, () =>
        this.#folder.run(),
      );
    }
    if (this.#folder.status !== TaskStatus.COMPLETE) {
      return html`<t-loading>Looking into '${this.path}'…</t-loading>`;
    }
    return html`<t-face
      icon="lock"
      heading="You may not set up sessions here."
      detail="It takes the permissions to add a ${PROXY} and a ${CONTAINER} to '${this.path}'."
    >
      <a class="button" href=${addressOf(this.path)}>Go back</a>
    </t-face>`;
  }

  #already(found: SetupMessage) {
    return html`<t-face icon="waypoints" heading="Sessions are set up already." detail=${keptWords(found)}>
      ${waysToChange(found)}
      <button class="plain" @click=${() => (this.isAnother = true)}>Set up another proxy and container</button>
    </t-face>`;
  }

  #notHere() {
    return html`<t-face icon="circle-alert" heading="Sessions are set up in a folder; '${this.path}' is none.">
      <a class="button" href=${addressOf('/', 'setup-sessions')}>Set them up in Root</a>
    </t-face>`;
  }

  async #look(plan: Plan | undefined, signal: AbortSignal) {
    if (!plan) return undefined;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    signal.throwIfAborted();
    return checkPlan(this.path, plan, signal);
  }

  #onValue(event: ValueChanged) {
    event.stopPropagation();
    if (!this.plan) return;
    this.#isDirty = true;
    this.plan = { ...this.plan, [event.name]: event.value };
    this.refusals = new Map([...this.refusals].filter(([name]) => name !== event.name));
    this.failure = '';
    if (event.name === 'servers') this.silent = undefined;
  }

  #onSubmit(event: Event) {
    event.preventDefault();
    void this.#setUp();
  }

  async #setUp(anyway = false) {
    if (this.isBusy || !this.plan) return;
    this.refusals = this.#ownProblems;
    if (this.refusals.size > 0) return this.#focusProblem();
    this.isBusy = true;
    this.failure = '';
    try {
      const { container, results } = await call(setUpSessions, this.path, {
        ...requestFor(this.plan),
        ...(anyway && { anyway }),
      });
      const { text, trouble, isOff } = doneWords(container, results);
      if (isOff) flashFailure(`${text} ${trouble}`);
      else flash(text, trouble);
      this.#isDirty = false;
      endInvitation();
      announceChange();
      go(addressOf(container, 'test'));
    } catch (caught) {
      await this.#refused(caught);
    } finally {
      this.isBusy = false;
    }
  }

  async #refused(caught: unknown) {
    if (hasEnded.get()) return undefined;
    this.silent = silentServers(caught);
    if (this.silent) return this.#focusNotice();
    this.refusals = caught instanceof ApiProblem ? problemsByField(caught.errors) : new Map<string, string>();
    if (this.refusals.size > 0) await this.#focusProblem();
    else this.failure = `Could not set up sessions: ${detailOf(caught)} Nothing was added, and what you typed is here.`;
  }

  #onReconnected() {
    this.failure = thereAgain(this.failure);
    if (this.#folder.status === TaskStatus.ERROR) void this.#folder.run();
  }

  async #focusNotice() {
    await this.updateComplete;
    await this.notice?.updateComplete;
    this.notice?.scrollIntoView({ block: 'nearest' });
    this.notice?.focus();
  }

  async #focusProblem() {
    await this.updateComplete;
    const [first] = this.refusals.keys();
    this.renderRoot.querySelector<HTMLElement>(`field-element[name="${first}"]`)?.focus();
  }

  static override styles = [controls, railStyles, setupStyles];
}

function silentServers(caught: unknown): SilentServers | undefined {
  const members = caught instanceof ApiProblem ? caught.members : {};
  return 'startCommand' in members ? (members as unknown as SilentServers) : undefined;
}
