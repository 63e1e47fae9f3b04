import { Task } from '@lit/task';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { recent, type RecentMessage } from '../../schema/endpoints/recent.ts';
import {
  listServers,
  type FormerServerMessage,
  type ServerMessage,
  type ServersMessage,
} from '../../schema/endpoints/servers.ts';
import { detailOf } from '../api/request.ts';
import { call } from '../api/call.ts';
import { ObjectChanged } from '../model/changes.ts';
import { HeadAside, Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import { columnStyles } from '../parts/chart/column-styles.ts';
import '../parts/chart/recent-charts.ts';
import '../parts/copy-text.ts';
import { failed, tryAgainLink } from '../parts/face.ts';
import '../parts/list/table.ts';
import '../parts/loading.ts';
import { Live } from '../state/live.ts';
import { RepeatingTask } from '../state/repeating.ts';
import { addressOf } from '../state/route.ts';
import { controls } from '../styles/controls.ts';
import { checkedAside, EVERY_MS } from './servers/checked-note.ts';
import { compactServer, serverColumns } from './servers/columns.ts';
import './servers/former-servers.ts';
import type { ForgetServer } from './servers/former-servers.ts';
import { marksOf, recentOf, serverCharts } from './servers/server-charts.ts';
import './servers/server-column.ts';
import type { LastKnown } from './servers/server-column.ts';
import { explainCommand, memoryOf } from './servers/server-words.ts';
import { hasNoticesFor, isOtherTrouble } from './servers/troubles.ts';

const SIDE_BY_SIDE = 4;
const REFUSED = 'refused';

/** The memory of servers that answered once, kept for when they do not, however often this tab is opened. */
const lastKnown = new Map<string, LastKnown>();

/** How each server of a proxy stands, asked now, when one of them went down or came back, and every few seconds while somebody looks. */
@customElement('servers-tab')
export class ServersTab extends Tab {
  @state() private answer: ServersMessage | undefined;
  @state() private checkedAt: number | undefined;
  @state() private recently: RecentMessage | undefined;

  readonly #ask = new Task(this, {
    args: () => [this.path, this.object.revision] as const,
    task: ([path], { signal }) => call(listServers, path, { signal }),
    onComplete: (answer) => this.#onAnswer(answer),
  });
  readonly #repeating = new RepeatingTask(this, EVERY_MS, this.#ask);
  readonly #recall = new Task(this, {
    args: () => [this.path, this.checkedAt] as const,
    task: async ([path, checkedAt], { signal }) =>
      checkedAt === undefined ? undefined : call(recent, path, { signal }),
    onComplete: (recently) => (this.recently = recently),
  });

  constructor() {
    super();
    new Live(this, ['proxy'], this.#repeating.check);
  }

  override connectedCallback() {
    super.connectedCallback();
    if (this.checkedAt !== undefined) void this.#repeating.check();
  }

  protected override render() {
    if (this.#namesNoServers) return this.#none();
    if (!this.answer)
      return this.#ask.error !== undefined ? this.#failed() : html`<t-loading>Asking the servers…</t-loading>`;
    const { servers } = this.answer;
    return html`
      ${this.#ask.error !== undefined ? this.#outOfReach() : nothing}
      ${servers.length > SIDE_BY_SIDE ? this.#table(servers) : this.#columns(servers)} ${this.#former(this.answer)}
      ${this.#command(this.answer)} ${this.#charts(servers)}
    `;
  }

  protected override updated(_changed: PropertyValues) {
    const aside = checkedAside(this.checkedAt, this.#repeating.isChecking, this.#repeating.check);
    this.dispatchEvent(new HeadAside(this.#namesNoServers ? undefined : aside));
  }

  get #namesNoServers(): boolean {
    return this.answer?.servers.length === 0;
  }

  #columns(servers: readonly ServerMessage[]) {
    return html`<ul class="columns of-${servers.length}" aria-label="Servers">
      ${servers.map(
        (server) =>
          html`<li>
            <server-column
              .server=${server}
              .lastKnown=${lastKnown.get(server.address)}
              .nextCheck=${this.#repeating.isChecking ? undefined : this.#repeating.due}
              @check=${this.#repeating.check}
            ></server-column>
          </li>`,
      )}
    </ul>`;
  }

  #table(servers: readonly ServerMessage[]) {
    return html`<t-table
      label="Servers"
      .columns=${serverColumns}
      .compact=${compactServer}
      .rows=${servers}
      .keyOf=${addressOfServer}
    ></t-table>`;
  }

  #charts(servers: readonly ServerMessage[]) {
    if (!this.recently) return this.#recall.error !== undefined ? this.#noCharts() : nothing;
    return html`<recent-charts
      ?isNamed=${servers.length > SIDE_BY_SIDE}
      .recent=${this.recently}
      .columns=${serverCharts(recentOf(servers, this.recently), SIDE_BY_SIDE)}
      .marks=${marksOf(this.recently)}
    ></recent-charts>`;
  }

  #noCharts() {
    return failed(`The last minutes cannot be shown: ${detailOf(this.#recall.error)}`, this.#recall.error, () =>
      this.#recall.run(),
    );
  }

  #former({ former }: ServersMessage) {
    if (former.length === 0) return nothing;
    return html`<former-servers
      .servers=${former}
      .mayForget=${this.object.may.change}
      @forget=${(event: ForgetServer) => this.#forget(event.detail)}
    ></former-servers>`;
  }

  async #forget(server: FormerServerMessage) {
    const { forget } = await import('./servers/forget.ts');
    const replicas = Number(this.object.properties['replicas'] ?? 1);
    if (await forget(this.path, server, replicas)) void this.#repeating.check();
  }

  #command({ servers, startCommand }: ServersMessage) {
    const refused = servers.find(({ error }) => error === REFUSED);
    if (!refused) return nothing;
    return html`<section class="command" aria-labelledby="command">
      <h2 id="command">Nothing listens at ${refused.address}</h2>
      <p class="quiet">
        Typed on that machine, this starts a memcached fit for sessions. ${explainCommand(startCommand)}
      </p>
      <t-copy-text what="the command" text=${startCommand}></t-copy-text>
    </section>`;
  }

  #none() {
    return html`<t-face
      icon="server"
      heading="There is no server to look at yet."
      detail="Name the memcached servers of ${this.path}, one on each line, as host:port."
    >
      <a class="button" href=${addressOf(this.path, 'properties')}>Set servers</a>
    </t-face>`;
  }

  #failed() {
    return failed(`Could not ask the servers of '${this.path}': ${detailOf(this.#ask.error)}`, this.#ask.error, () =>
      this.#repeating.check(),
    );
  }

  #outOfReach() {
    return html`<t-banner kind="danger" role="alert">
      Could not ask the servers: ${detailOf(this.#ask.error)} Below is what they said last.
      ${tryAgainLink(this.#ask.error, this.#repeating.check)}
    </t-banner>`;
  }

  #onAnswer(answer: ServersMessage) {
    const isNews = this.answer ? isOtherTrouble(this.answer, answer) : !hasNoticesFor(answer, this.object.warnings);
    this.answer = answer;
    this.checkedAt = Date.now();
    for (const server of answer.servers) {
      const memory = memoryOf(server);
      if (memory) lastKnown.set(server.address, { memory, at: Date.now() });
    }
    // The page's notices and the tree's marks speak of these servers too.
    if (isNews) this.dispatchEvent(new ObjectChanged());
  }

  static override styles = [
    controls,
    columnStyles,
    css`
      li {
        display: grid;
        grid-row: span 2;
        grid-template-rows: subgrid;
      }
      .command {
        padding: 16px var(--t-edge);
        border-bottom: 1px solid var(--t-line);
      }
      .command p {
        max-width: 620px;
        margin: 2px 0 10px;
      }
      t-copy-text {
        max-width: 620px;
      }
      @media (width < 1200px) {
        .of-3 li:last-child {
          grid-column: 1 / -1;
        }
      }
    `,
  ];
}

function addressOfServer({ address }: ServerMessage): string {
  return address;
}
