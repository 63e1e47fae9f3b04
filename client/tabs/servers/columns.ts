import { html } from 'lit';
import type { ServerMessage } from '../../../schema/endpoints/servers.ts';
import '../../parts/dot.ts';
import { formatDuration } from '../../parts/format.ts';
import type { Column, CompactRow } from '../../parts/list/table-columns.ts';
import { countText, hitRate, isTight, latencyText, memoryOf, memoryText, shareOf } from './server-words.ts';

/** Servers as rows, where there are more of them than fit side by side. */
export const serverColumns: readonly Column<ServerMessage>[] = [
  { id: 'address', label: 'Server', width: 170, rank: 0, cell: addressCell },
  { id: 'state', label: 'State', width: 164, rank: 0, cell: stateCell },
  figure('latency', 'Latency', 92, 1, (server) => withUnit(latencyText(server), 'ms')),
  figure('memory', 'Memory', 178, 2, memoryCell),
  figure('evictions', 'Evictions', 84, 3, ({ evictions }) => troubleCell(evictions)),
  figure('refusals', 'Refusals', 84, 4, ({ refusals }) => troubleCell(refusals)),
  figure('rate', 'Hit rate', 80, 5, (server) => withUnit(hitRate(server), '%')),
  figure('items', 'Items', 80, 6, ({ items }) => countText(items)),
  figure('connections', 'Connections', 100, 7, ({ connections }) => countText(connections)),
  { id: 'version', label: 'Version', width: 70, rank: 8, isQuiet: true, cell: ({ version }) => version ?? '–' },
  figure('uptime', 'Up for', 110, 9, ({ uptimeS }) => (uptimeS === null ? '–' : formatDuration(uptimeS))),
];

export function compactServer(server: ServerMessage): CompactRow {
  return {
    first: addressCell(server),
    second: html`${stateCell(server)}${server.up ? html`, ${withUnit(latencyText(server), 'ms')}` : ''}`,
    endFirst: memoryCell(server),
    endSecond: trouble(server),
  };
}

function figure(
  id: string,
  label: string,
  width: number,
  rank: number,
  cell: Column<ServerMessage>['cell'],
): Column<ServerMessage> {
  return { id, label, width, rank, align: 'end', cell };
}

function addressCell(server: ServerMessage) {
  const { address, up } = server;
  const state = up ? (faultOf(server) ? 'warn' : 'ok') : 'down';
  return html`<t-dot state=${state}><span class="strong" title=${address}>${address}</span></t-dot>`;
}

function stateCell(server: ServerMessage) {
  const { up, error } = server;
  const reason = ['Down', error].filter(Boolean).join(', ');
  if (!up) return html`<span class="danger two-lines" title=${reason}>${reason}</span>`;
  const fault = faultOf(server);
  return amber(fault ?? 'Up', fault !== undefined);
}

/** What makes it unfit for sessions although it answers. */
function faultOf({ isSeveral, sameAs, isClockOff, restarted }: ServerMessage): string | undefined {
  if (isSeveral) return 'Several servers';
  if (sameAs) return 'Named twice';
  if (restarted) return 'Restarted';
  return isClockOff ? 'Its clock is off' : undefined;
}

function memoryCell(server: ServerMessage) {
  const memory = memoryOf(server);
  if (!memory) return '–';
  return amber(`${memoryText(memory)}, ${Math.floor(shareOf(memory) * 100)} %`, isTight(server));
}

function troubleCell(count: number | null) {
  return amber(countText(count), (count ?? 0) > 0);
}

function trouble({ evictions, refusals }: ServerMessage) {
  const told = Object.entries({ evicted: evictions, refused: refusals }).filter(([, count]) => (count ?? 0) > 0);
  return amber(told.map(([word, count]) => `${countText(count)} ${word}`).join(', '), true);
}

function withUnit(value: string | undefined, unit: string): string {
  return value === undefined ? '–' : `${value} ${unit}`;
}

function amber(text: string, isAmber: boolean) {
  return isAmber ? html`<span class="warn">${text}</span>` : text;
}
