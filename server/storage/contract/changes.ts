import assert from 'node:assert/strict';
import type { Batch, Change, ObjectState, Snapshot, Storage } from '../storage.ts';
import type { Site } from './contract.ts';

/** A first state with nothing remarkable about it, unless the fields say otherwise. */
export function stateOf(
  fields: Partial<ObjectState> & { readonly oid: number; readonly id: string; readonly parent: number | null },
): ObjectState {
  const plain = { type: 'Folder', title: fields.id, owner: null, properties: {}, created: 1, modified: 1 };
  return { ...plain, modifiedBy: null, revision: 1, ...fields };
}

/** A new object in the site's top, unless the fields say otherwise. */
export function change({ storage, top }: Site, fields: Partial<ObjectState> & { readonly id: string }): Change {
  const oid = storage.newOid();
  return { oid, basis: null, after: stateOf({ oid, parent: top, ...fields }), links: [] };
}

/** Everything in one page. */
export const LIST = { offset: 0, limit: 100, sort: 'id', order: 'asc', filter: '' } as const;

export function batchOf(...changes: Change[]): Batch {
  return { changes, user: null, description: 'Test', time: 1 };
}

/** Gives the number of the transaction. */
export async function commit(storage: Storage, ...changes: Change[]): Promise<number> {
  return (await storage.commit(batchOf(...changes))).tid;
}

export function at(tid: number): Snapshot {
  return { tid };
}

export function changed(from: Change, basis: number, fields: Partial<ObjectState>): Change {
  assert.ok(from.after);
  return { ...from, basis, after: { ...from.after, ...fields, revision: from.after.revision + 1 } };
}

export function deleted({ oid }: Change, basis: number): Change {
  return { oid, basis, after: null, links: [] };
}

export function moved({ after }: Change, parent: number): ObjectState {
  assert.ok(after);
  return { ...after, parent };
}

/** Without what a comparison should not see: frozen or not, with or without a prototype. */
export function plain(value: unknown): unknown {
  return structuredClone(value);
}
