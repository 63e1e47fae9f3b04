import { html, nothing } from 'lit';
import type { ChildItem } from '../../../schema/endpoints/objects.ts';
import '../../parts/ago.ts';
import '../../parts/dot.ts';
import '../../parts/icon.ts';
import '../../parts/title.ts';
import type { Column, CompactRow } from '../../parts/list/table-columns.ts';
import { addressOf } from '../../state/route.ts';

/** How a folder lists what is in it; without notices, titles have the room. */
export function columnsFor(items: readonly ChildItem[]): readonly Column<ChildItem>[] {
  return items.some(({ warnings }) => warnings.length > 0)
    ? columns
    : columns.filter(({ id }) => id !== 'notices').map(wideTitle);
}

const columns: readonly Column<ChildItem>[] = [
  { id: 'id', label: 'Id', width: 203, rank: 0, isSortable: true, cell: idCell },
  { id: 'title', label: 'Title', width: 141, rank: 3, isSortable: true, cell: titleCell },
  { id: 'type', label: 'Type', width: 246, rank: 1, isSortable: true, isQuiet: true, cell: ({ type }) => type },
  { id: 'notices', label: 'Notices', width: 186, rank: 0, cell: notice },
  {
    id: 'size',
    label: 'Size',
    width: 184,
    rank: 0,
    isSortable: true,
    align: 'end',
    cell: ({ sizeLabel }) => sizeLabel,
  },
  {
    id: 'modified',
    label: 'Last modified',
    width: 180,
    rank: 2,
    isSortable: true,
    isQuiet: true,
    cell: (item) => html`${age(item)}${item.modifiedBy ? ` by ${item.modifiedBy}` : ''}`,
    short: { width: 120, cell: age },
  },
];

export function compactRow(item: ChildItem): CompactRow {
  return {
    icon: item.icon,
    first: idLink(item),
    second: item.warnings[0] ? notice(item) : item.type,
    endFirst: item.sizeLabel,
    endSecond: age(item),
  };
}

function wideTitle(column: Column<ChildItem>): Column<ChildItem> {
  return column.id === 'title' ? { ...column, width: 327 } : column;
}

function idCell(item: ChildItem) {
  return html`<span class="with-icon"><t-icon name=${item.icon}></t-icon>${idLink(item)}</span>`;
}

function titleCell({ title }: ChildItem) {
  return html`<t-title text=${title} title=${title}></t-title>`;
}

function idLink(item: ChildItem) {
  return html`<a class="id ellipsis" href=${addressOf(item.path)} title=${item.id} tabindex="-1">${item.id}</a>`;
}

function notice({ warnings: [first] }: ChildItem) {
  if (!first) return html`${nothing}`;
  const isDown = first.severity === 'danger';
  return html`<t-dot class=${isDown ? 'danger' : 'warn'} state=${isDown ? 'down' : 'warn'} title=${first.text}>
    ${first.short}
  </t-dot>`;
}

function age(item: ChildItem) {
  return html`<t-ago time=${item.modified}></t-ago>`;
}
