import { html, nothing } from 'lit';
import type { SessionRow } from '../../../schema/endpoints/sessions.ts';
import '../../parts/ago.ts';
import { formatBytes } from '../../parts/format.ts';
import type { Column, CompactRow } from '../../parts/list/table-columns.ts';
import '../../parts/until.ts';
import { nameOfUser } from './words.ts';

/** How sessions are listed. */
export const columns: readonly Column<SessionRow>[] = [
  { id: 'user', label: 'User', width: 120, rank: 0, isSortable: true, cell: userOf },
  { id: 'lastSeen', label: 'Last seen', width: 92, rank: 0, isLargestFirst: true, cell: lastSeen },
  { id: 'expires', label: 'Expires in', width: 104, rank: 1, isLargestFirst: true, cell: expiresIn },
  { id: 'bytes', label: 'Size', width: 84, rank: 0, isLargestFirst: true, align: 'end', cell: sizeOf },
  { id: 'address', label: 'IP', width: 138, rank: 2, isSortable: true, cell: ({ address }) => address },
  { id: 'browser', label: 'Browser', width: 150, rank: 3, isSortable: true, isQuiet: true, cell: browserOf },
];

export function compactRow(row: SessionRow): CompactRow {
  const from = [row.address, row.browser].filter((each) => each !== '').join(', ');
  return { first: userOf(row), second: from, endFirst: sizeOf(row), endSecond: lastSeen(row) };
}

function userOf(row: SessionRow) {
  const name = nameOfUser(row);
  return html`<span class=${row.user === null ? 'quiet' : 'strong'} title=${name}>${name}</span>`;
}

function lastSeen({ lastSeen: time }: SessionRow) {
  return html`<t-ago time=${time}></t-ago>`;
}

function expiresIn({ expires }: SessionRow) {
  return html`<t-until .time=${expires}></t-until>`;
}

function sizeOf({ bytes }: SessionRow) {
  return formatBytes(bytes);
}

function browserOf({ browser }: SessionRow) {
  return html`<span title=${browser || nothing}>${browser}</span>`;
}
