import { Task } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { lookAtUse, type ContainerUse } from '../../../schema/endpoints/container-use.ts';
import { call } from '../../api/call.ts';
import { ObjectChanged, announceChange, followChanges } from '../../model/changes.ts';
import { applyRemedy } from '../../model/remedy.ts';
import '../../parts/dot.ts';
import { Live } from '../../state/live.ts';
import { addressOf } from '../../state/route.ts';
import { controls } from '../../styles/controls.ts';

/** Whether the site keeps its sessions in this container; if not, one press brings them here. */
@customElement('site-sessions')
export class SiteSessions extends LitElement {
  /** The container's path. */
  @property() path = '';
  /** The last answer. It stays where the next one cannot be had. */
  @state() private use: ContainerUse | undefined;
  #stop: (() => void) | undefined;

  readonly #look = new Task(this, {
    args: () => [this.path] as const,
    task: ([path], { signal }) => call(lookAtUse, path, { signal }),
    onComplete: (use) => (this.use = use),
  });

  constructor() {
    super();
    new Live(this, ['tree', 'proxy'], () => this.#look.run());
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#stop = followChanges(() => void this.#look.run());
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop?.();
  }

  protected override render() {
    const { use } = this;
    if (!use) return nothing;
    return html`
      <p class="small where">
        <t-dot state=${use.isHere ? 'ok' : 'off'}></t-dot>
        <span>${use.isHere ? 'They are kept here: ' : ''}${whereabouts(use, this.path)}</span>
      </p>
      ${use.isHere || !use.mayUse ? nothing : html`<button class="small" @click=${() => this.#bring(use)}>Use this container</button>`}
    `;
  }

  async #bring(use: ContainerUse) {
    if (await bringHere(use, this.path)) this.dispatchEvent(new ObjectChanged());
  }

  static override styles = [
    controls,
    css`
      .where {
        display: flex;
        align-items: baseline;
        gap: 8px;
        overflow-wrap: anywhere;
      }
      .where a {
        text-decoration: underline;
      }
      button {
        margin-top: 10px;
      }
    `,
  ];
}

/** The way to have the site use a container that was just added; none where it does, or where one may not change that. */
export async function offerUse(path: string): Promise<{ label: string; run: () => unknown } | undefined> {
  const use = await call(lookAtUse, path).catch(() => undefined);
  if (!use || use.isHere || !use.mayUse) return undefined;
  return { label: 'Use this container', run: async () => (await bringHere(use, path)) && announceChange() };
}

async function bringHere({ manager }: ContainerUse, path: string): Promise<boolean> {
  return manager !== null && (await applyRemedy({ path: manager, properties: { container_path: path } }));
}

function whereabouts({ manager, keptIn, isHere, behind }: ContainerUse, path: string) {
  if (manager === null) return 'They are off: no session data manager is above this container.';
  const link = html`<a href=${addressOf(manager)}>${manager}</a>`;
  if (isHere) return html`${link} points to ${path}.`;
  if (keptIn === '') return html`They are off: the container path of ${link} is empty.`;
  return html`They are kept in ${keptIn}, not here: ${link} says so. ${behind}`;
}
