import { Task, TaskStatus } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { FieldAnswer, FieldSchema } from '../../schema/messages/forms.ts';
import type { ObjectMessage } from '../../schema/messages/objects.ts';
import { checkProperties, getChildren, getTypes } from '../api/objects.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import { setUpSessions } from '../api/sessions.ts';
import '../forms/field-element.ts';
import type { ValueChanged } from '../forms/field.ts';
import { problemsByField } from '../forms/problems.ts';
import '../parts/banner.ts';
import { failed } from '../parts/face.ts';
import '../parts/loading.ts';
import { announceChange } from '../state/changes.ts';
import { flash } from '../state/flash.ts';
import { GuardedLeaving, addressOf, go } from '../state/location.ts';
import { controls } from '../styles/controls.ts';
import { railStyles } from './properties/rail.ts';
import { doneWords, firstPlan, planProblems, requestFor, stepsOf, type Plan } from './setup/plan.ts';
import type { TabElement } from './tab.ts';

const PAUSE_MS = 250;
const PROXY = 'MemCache Proxy';
const CONTAINER = 'MemCache Session Data Container';
const MANAGER = 'Session Data Manager';
const MOST_CHILDREN = 1000;

const proxyIdField = idField('Id of the proxy', 'It knows the servers.');
const containerIdField = idField('Id of the container', 'It keeps the sessions behind the proxy.');

/** What the page has to know before it can ask anything. */
interface Folder {
  readonly fields: Readonly<Record<keyof Plan, FieldSchema>>;
  readonly taken: ReadonlySet<string>;
  /** The session data manager that will be changed; `undefined` where it is further up. */
  readonly manager: string | undefined;
}

/** Sessions in memcached, set up in one screen: servers, names, idle timeout; then it is tested. */
@customElement('setup-sessions-page')
export class SetupSessionsPage extends LitElement implements TabElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() path = '/';
  @state() private plan: Plan | undefined;
  @state() private refusals: ReadonlyMap<string, string> = new Map();
  @state() private failure = '';
  @state() private isBusy = false;
  #isDirty = false;
  #answeredServers: readonly string[] | undefined;

  readonly #folder = new Task(this, {
    args: () => [this.path, this.object.isFolder] as const,
    task: async ([path, isFolder], { signal }) => (isFolder ? readFolder(path, signal) : undefined),
    onComplete: (folder) => (this.plan ??= folder && firstPlan(folder.taken)),
  });

  readonly #check = new Task(this, {
    args: () => [this.plan] as const,
    task: ([plan], { signal }) => this.#look(plan, signal),
    onComplete: () => (this.#answeredServers = this.plan?.servers),
  });

  constructor() {
    super();
    new GuardedLeaving(this, () => this.#isDirty);
  }

  protected override render() {
    if (!this.object.isFolder) return this.#notHere();
    const folder = this.#folder.value;
    if (!folder || !this.plan) return this.#beforehand();
    return html`
      ${this.failure ? html`<t-banner kind="danger" role="alert">${this.failure}</t-banner>` : nothing}
      <form @submit=${this.#submit} @value-changed=${this.#onValue} @keydown=${this.#onKey} novalidate>
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
              ${stepsOf(this.plan, this.path, folder.manager).map((step) => html`<li>${step}</li>`)}
            </ol>
          </section>
        </aside>
        <div class="do">
          <button class="primary" aria-disabled=${String(this.isBusy)}>Set up sessions</button>
          <a class="button plain" href=${addressOf(this.path)}>Cancel</a>
        </div>
      </form>
    `;
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
      return failed(`Could not look into '${this.path}': ${detailOf(this.#folder.error)}`, () => this.#folder.run());
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
  }

  /** Fields live in shadow roots, where Enter submits no form by itself. */
  #onKey(event: KeyboardEvent) {
    if (event.key === 'Enter' && event.composedPath()[0] instanceof HTMLInputElement) void this.#submit(event);
  }

  async #submit(event: Event) {
    event.preventDefault();
    if (this.isBusy || !this.plan) return;
    this.refusals = this.#ownProblems;
    if (this.refusals.size > 0) return this.#focusProblem();
    this.isBusy = true;
    this.failure = '';
    try {
      const { container, results } = await setUpSessions(this.path, requestFor(this.plan));
      const { text, trouble } = doneWords(container, results);
      flash(text, trouble);
      this.#isDirty = false;
      announceChange(this.path);
      go(addressOf(container, 'test'));
    } catch (caught) {
      await this.#refused(caught);
    } finally {
      this.isBusy = false;
    }
  }

  async #refused(caught: unknown) {
    this.refusals = caught instanceof ApiProblem ? problemsByField(caught.errors) : new Map<string, string>();
    if (this.refusals.size > 0) await this.#focusProblem();
    else this.failure = `Could not set up sessions: ${detailOf(caught)} Nothing was added, and what you typed is here.`;
  }

  async #focusProblem() {
    await this.updateComplete;
    const [first] = this.refusals.keys();
    this.renderRoot.querySelector<HTMLElement>(`field-element[name="${first}"]`)?.focus();
  }

  static override styles = [
    controls,
    railStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }
      form {
        flex: 1;
        display: grid;
        grid-template: auto 1fr / minmax(0, 1fr) 304px;
      }
      .fields {
        display: grid;
        gap: 20px;
        padding: 20px var(--t-edge);
      }
      .fields p {
        max-width: 620px;
      }
      .rail {
        grid-area: 1 / 2 / 3 / 3;
      }
      .rail ol {
        padding-left: 16px;
        list-style: decimal;
      }
      .do {
        display: flex;
        align-items: start;
        gap: 8px;
        padding: 4px var(--t-edge) 32px calc(var(--t-edge) + 208px);
      }
      @media (width < 1200px) {
        form {
          display: block;
        }
        .rail {
          margin-bottom: 20px;
          border-bottom: 1px solid var(--t-line);
        }
      }
      @media (width < 640px) {
        .do {
          padding-left: var(--t-edge);
        }
        .do .primary {
          flex: 1;
        }
      }
    `,
  ];
}

/** `undefined`: not everything that is needed may be added here. */
async function readFolder(path: string, signal: AbortSignal): Promise<Folder | undefined> {
  const [types, { items }] = await Promise.all([
    getTypes(path, signal),
    getChildren(path, { limit: MOST_CHILDREN }, signal),
  ]);
  const fieldsOf = (type: string) => types.find((each) => each.type === type)?.schema.properties;
  const servers = fieldsOf(PROXY)?.['servers'];
  const timeoutMinutes = fieldsOf(CONTAINER)?.['timeout_minutes'];
  if (!servers || !timeoutMinutes) return undefined;
  return {
    fields: { servers, proxyId: proxyIdField, containerId: containerIdField, timeoutMinutes },
    taken: new Set(items.map(({ id }) => id)),
    manager: items.find(({ type }) => type === MANAGER)?.path,
  };
}

interface Checked {
  readonly answer: FieldAnswer | undefined;
  readonly problems: ReadonlyMap<string, string>;
}

/** Asks for the two objects as if each were added alone, and gives what is said under the names of the plan. */
async function checkPlan(path: string, plan: Plan, signal: AbortSignal): Promise<Checked> {
  const { servers, proxyId, containerId, timeoutMinutes } = requestFor(plan);
  const [proxy, container] = await Promise.all([
    checkProperties(path, { type: PROXY, id: proxyId, properties: { servers } }, signal),
    checkProperties(
      path,
      { type: CONTAINER, id: containerId, properties: { timeout_minutes: timeoutMinutes } },
      signal,
    ),
  ]);
  const ofProxy = problemsByField(proxy.errors);
  const ofContainer = problemsByField(container.errors);
  const problems = {
    servers: ofProxy.get('servers'),
    proxyId: ofProxy.get('id'),
    containerId: ofContainer.get('id'),
    timeoutMinutes: ofContainer.get('timeout_minutes'),
  };
  const named = Object.entries(problems).flatMap(([name, problem]) => (problem ? [[name, problem] as const] : []));
  return { answer: proxy.fields['servers'], problems: new Map(named) };
}

function idField(title: string, description: string): FieldSchema {
  return { type: 'string', title, widget: 'id', mode: 'rw', default: '', description, maxLength: 64 };
}
