import type { Json, ObjectState, StoredObject } from './storage.ts';

/** One row of `revisions`, with what `objects` adds to it. The columns of a deletion are null. */
export interface StateRow {
  readonly oid: number;
  readonly serial: number;
  readonly parent: number | null;
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly owner: string | null;
  readonly properties: string;
  readonly created: number;
  readonly modified: number;
  readonly modified_by: string | null;
  readonly revision: number;
}

export interface ObjectRow extends StateRow {
  readonly child_count: number;
}

export const STATE_COLUMNS = `
  r.oid, r.serial, r.parent, r.id, r.type, r.title, r.owner, r.properties, r.created, r.modified, r.modified_by,
  r.revision`;

export function stateOf(row: StateRow): ObjectState {
  return {
    oid: row.oid,
    parent: row.parent,
    id: row.id,
    type: row.type,
    title: row.title,
    owner: row.owner,
    properties: JSON.parse(row.properties) as Record<string, Json>,
    created: row.created,
    modified: row.modified,
    modifiedBy: row.modified_by,
    revision: row.revision,
  };
}

export function storedObjectOf(row: ObjectRow, childCountDelta = 0): StoredObject {
  return {
    oid: row.oid,
    parent: row.parent,
    id: row.id,
    type: row.type,
    title: row.title,
    owner: row.owner,
    properties: JSON.parse(row.properties) as Record<string, Json>,
    created: row.created,
    modified: row.modified,
    modifiedBy: row.modified_by,
    revision: row.revision,
    serial: row.serial,
    childCount: row.child_count + childCountDelta,
  };
}
