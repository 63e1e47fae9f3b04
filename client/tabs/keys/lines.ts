import type { KeyGroup, KeyRow, KeysMessage } from '../../../schema/endpoints/keys.ts';

/** A line of the table: a group, open or not, or one of its keys. */
export type KeyLine =
  | { readonly id: string; readonly group: KeyGroup; readonly isOpen: boolean }
  | { readonly id: string; readonly row: KeyRow };

/**
 * Groups with the keys that belong under them. One group is open, or all of them where their keys are few enough to be
 * listed together.
 */
export function linesOf(message: KeysMessage, openGroup: string | undefined): readonly KeyLine[] {
  const areAllOpen = openGroup === undefined && message.keys.length === message.matching;
  return message.groups.flatMap((group): readonly KeyLine[] => {
    const isOpen = areAllOpen || group.prefix === openGroup;
    const line = { id: `group ${group.prefix}`, group, isOpen };
    if (!isOpen) return [line];
    const rows = message.keys.filter((row) => row.group === group.prefix);
    return [line, ...rows.map((row) => ({ id: lineOfKey(row.key), row }))];
  });
}

export function lineOfKey(key: string): string {
  return `key ${key}`;
}

/** What a key adds to what its group says already. */
export function lastPart({ name, group }: Pick<KeyRow, 'name' | 'group'>): string {
  return name.startsWith(group) ? name.slice(group.length) : name;
}
