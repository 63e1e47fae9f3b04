import type { ObjectState, Sort, StoredObject } from './storage.ts';

/** Text for comparing without regard to case. Upper case, because lowering a Greek sigma depends on what follows it. */
export function fold(text: string): string {
  return text.normalize('NFC').toUpperCase();
}

/** Whether storage can keep the text exactly: SQLite has no room for half a surrogate pair, and stumbles over NUL. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** What one object is sorted and filtered by. */
export interface SortKeys {
  readonly id: string;
  readonly idKey: string;
  readonly titleKey: string;
  readonly type: string;
  readonly typeKey: string;
  readonly childCount: number;
  /** Bytes of the content; of the properties as JSON where there is none. */
  readonly size: number;
  readonly modified: number;
}

export function sortKeysOf(state: ObjectState, childCount: number): SortKeys {
  return {
    id: state.id,
    idKey: fold(state.id),
    titleKey: fold(state.title),
    type: state.type,
    typeKey: fold(state.type),
    childCount,
    size: sizeOf(state),
    modified: state.modified,
  };
}

function sizeOf(state: ObjectState): number {
  return state.content?.size ?? Buffer.byteLength(JSON.stringify(state.properties));
}

export function matches(keys: SortKeys, foldedFilter: string): boolean {
  return (
    keys.idKey.includes(foldedFilter) || keys.titleKey.includes(foldedFilter) || keys.typeKey.includes(foldedFilter)
  );
}

type Compare = (a: SortKeys, b: SortKeys) => number;

const compareIds: Compare = (a, b) => compareText(a.idKey, b.idKey) || compareText(a.id, b.id);

const ASCENDING: Record<Sort, Compare> = {
  id: compareIds,
  title: (a, b) => compareText(a.titleKey, b.titleKey) || compareIds(a, b),
  type: (a, b) => compareText(a.type, b.type) || compareIds(a, b),
  // What contains something is shown by its number of items, so it comes after what is shown in bytes.
  size: (a, b) => a.childCount - b.childCount || a.size - b.size || compareIds(a, b),
  modified: (a, b) => a.modified - b.modified || compareIds(a, b),
};

/** The order of ids in a listing. */
export function compareById(one: string, other: string): number {
  return compareText(fold(one), fold(other)) || compareText(one, other);
}

/** The order of a listing: the same in every storage, and total, because ids in one folder differ. */
export function comparing(sort: Sort, order: 'asc' | 'desc'): Compare {
  const ascending = ASCENDING[sort];
  return order === 'asc' ? ascending : (a, b) => ascending(b, a);
}

export function byId(objects: readonly StoredObject[]): readonly StoredObject[] {
  const keyed = objects.map((object) => ({ object, keys: sortKeysOf(object, 0) }));
  return keyed.sort((a, b) => compareIds(a.keys, b.keys)).map(({ object }) => object);
}

/** Compares by code points, as SQLite compares UTF-8. JavaScript's `<` puts U+10000 before U+E000. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Moves surrogates above the rest of the basic plane. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The smallest text that is greater than everything beginning with `prefix`; `undefined` where there is none. */
export function endOfPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
