import type { Site } from './contract.ts';
import type { Change, ObjectState } from './storage.ts';

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
