import { checkRooted, couldCloseRing, notEmpty, parentGone, takenId } from '../batch.ts';
import type { Batch, ObjectState } from '../storage.ts';

/** Where objects are before a batch. */
interface Places {
  holds(oid: number): boolean;
  /** `undefined`: the object is not there. */
  parentOf(oid: number): number | null | undefined;
  /** Oids by id; of `null`: the root. */
  childrenOf(parent: number | null): ReadonlyMap<string, number>;
}

type After = ReadonlyMap<number, ObjectState | null>;

/** Throws ConflictError unless what a batch leaves is a tree again: SQLite has constraints for that, a Map has not. */
export function checkPlaces(batch: Batch, places: Places): void {
  const after: After = new Map(batch.changes.map((change) => [change.oid, change.after]));
  const taken = new Set<string>();
  for (const [oid, state] of after) {
    if (state) checkPlace(state, after, places, taken);
    else checkEmpty(oid, after, places);
  }
  checkRooted(couldCloseRing(batch, places.parentOf), (oid) => after.get(oid)?.parent ?? places.parentOf(oid));
}

function checkPlace(state: ObjectState, after: After, places: Places, taken: Set<string>): void {
  const { parent, id } = state;
  if (parent !== null && !(after.has(parent) ? after.get(parent) : places.holds(parent))) throw parentGone(id);
  const siblings = places.childrenOf(parent);
  // There is one root, whatever its id.
  const holder = parent === null ? siblings.values().next().value : siblings.get(id);
  const place = parent === null ? 'root' : `${parent}/${id}`;
  if ((holder !== undefined && !after.has(holder)) || taken.has(place)) throw takenId(id);
  taken.add(place);
}

function checkEmpty(oid: number, after: After, places: Places): void {
  for (const child of places.childrenOf(oid).values()) {
    if (!after.has(child) || after.get(child)?.parent === oid) throw notEmpty(oid);
  }
}
