import { html, nothing } from 'lit';
import '../../parts/ago.ts';
import { formatBytes, plural } from '../../parts/format.ts';
import '../../parts/icon.ts';
import type { Column, CompactRow } from '../../parts/list/table-columns.ts';
import '../../parts/until.ts';
import { lastPart, type KeyLine } from './lines.ts';

/** How groups and keys are listed. */
export const columns: readonly Column<KeyLine>[] = [
  { id: 'name', label: 'Key', width: 260, rank: 0, isSortable: true, cell: nameCell },
  { id: 'kind', label: 'Kind', width: 80, rank: 3, isQuiet: true, cell: kindOf },
  { id: 'bytes', label: 'Size', width: 90, rank: 0, isLargestFirst: true, align: 'end', cell: sizeOf },
  { id: 'expires', label: 'Expires in', width: 110, rank: 1, isLargestFirst: true, cell: expiresIn },
  { id: 'lastAccess', label: 'Last access', width: 100, rank: 2, isLargestFirst: true, cell: lastAccess },
  { id: 'server', label: 'Server', width: 140, rank: 4, isQuiet: true, cell: serverOf },
];

export function compactLine(line: KeyLine): CompactRow {
  const second =
    'group' in line ? aboutGroup(line) : html`<span class="under">${line.row.kind}, ${serverOf(line)}</span>`;
  return { first: nameCell(line), second, endFirst: sizeOf(line), endSecond: 'group' in line ? '' : expiresIn(line) };
}

function nameCell(line: KeyLine) {
  if (!('group' in line)) return html`<span class="mono under" title=${line.row.name}>${lastPart(line.row)}</span>`;
  const { prefix, about } = line.group;
  const begin = prefix === '' ? 'No prefix in common' : html`<span class="mono">${prefix}</span>`;
  return html`<button class="head" aria-expanded=${String(line.isOpen)} title=${prefix || nothing}>
    <t-icon name=${line.isOpen ? 'chevron-down' : 'chevron-right'}></t-icon>
    ${about === '' ? html`<span class="ellipsis">${begin}</span>` : html`<span class="ellipsis">${about} <span class="quiet">${begin}</span></span>`}
  </button>`;
}

function aboutGroup(line: Extract<KeyLine, { group: unknown }>) {
  return `${line.group.kind}, ${plural(line.group.keys, 'key')}`;
}

function kindOf(line: KeyLine) {
  return 'group' in line ? line.group.kind : line.row.kind;
}

function sizeOf(line: KeyLine) {
  return formatBytes('group' in line ? line.group.bytes : line.row.bytes);
}

function expiresIn(line: KeyLine) {
  if ('group' in line) return '';
  return html`<t-until .time=${line.row.expires}></t-until>`;
}

function lastAccess(line: KeyLine) {
  if ('group' in line) return html`<span class="quiet">${plural(line.group.keys, 'key')}</span>`;
  const time = line.row.lastAccess;
  return time === null ? '–' : html`<t-ago time=${time}></t-ago>`;
}

function serverOf(line: KeyLine) {
  if ('group' in line) return '';
  const { server, copies } = line.row;
  const first = server ?? 'This process';
  const text = copies.length === 0 ? first : `${first}, ${plural(copies.length, 'copy', 'copies')}`;
  return html`<span title=${[first, ...copies].join(', ')}>${text}</span>`;
}
