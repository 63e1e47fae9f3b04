import { ConflictError, Invalid } from '../base/errors.ts';
import { isStorable } from './order.ts';
import type { Batch, Change, Content, ObjectState } from './storage.ts';

const TEXTS = ['id', 'type', 'title', 'owner', 'modifiedBy'] as const;
const NUMBERS = ['oid', 'created', 'modified', 'revision'] as const;

/** Refuses what no storage could keep exactly, before anything is written. */
export function checkBatch(batch: Batch): void {
  const seen = new Set<number>();
  checkText('user', batch.user);
  checkText('description', batch.description);
  for (const change of batch.changes) {
    if (seen.has(change.oid)) throw new TypeError(`Object ${change.oid} is in one batch twice.`);
    seen.add(change.oid);
    checkChange(change);
  }
}

function checkChange({ oid, after, links }: Change): void {
  if (!after) return;
  if (after.oid !== oid) throw new TypeError(`The change of object ${oid} brings the state of object ${after.oid}.`);
  for (const name of TEXTS) checkText(name, after[name]);
  for (const name of NUMBERS) {
    if (!Number.isSafeInteger(after[name])) throw new TypeError(`${name} of object ${oid} must be a whole number.`);
  }
  if (after.content) checkContent(oid, after.content);
  for (const link of links) {
    checkText('property', link.property);
    checkText('path', link.path);
  }
}

function checkContent(oid: number, { hash, size }: Content): void {
  checkText('content', hash);
  if (!Number.isSafeInteger(size)) throw new TypeError(`The size of object ${oid} must be a whole number.`);
}

export function checkText(name: string, text: string | null): void {
  if (text === null || isStorable(text)) return;
  const shown = JSON.stringify(text.slice(0, 100));
  throw new Invalid(
    `The ${name} ${shown} contains a NUL character or half of a surrogate pair. Use whole Unicode characters.`,
  );
}

/**
 * Throws ConflictError where one of the placed objects would be inside itself. Two moves that are each fine alone can
 * make a ring together, and neither changes what the other was made from: so the storage looks, in the commit itself.
 */
export function checkRooted(
  placed: readonly ObjectState[],
  parentOf: (oid: number) => number | null | undefined,
): void {
  const rooted = new Set<number>();
  for (const { oid, id } of placed) {
    const way = new Set<number>();
    let here: number | null | undefined = oid;
    while (typeof here === 'number' && !rooted.has(here)) {
      if (way.has(here)) throw new ConflictError(`"${id}" would be inside itself. Move it to another place.`);
      way.add(here);
      here = parentOf(here);
    }
    for (const step of way) rooted.add(step);
  }
}

/** Of the objects a batch adds or moves, those that could close a ring; `parentBefore` is `undefined` for a new one. */
export function couldCloseRing(
  batch: Batch,
  parentBefore: (oid: number) => number | null | undefined,
): readonly ObjectState[] {
  const inBatch = new Set(batch.changes.map(({ oid }) => oid));
  return batch.changes.flatMap(({ oid, after }) => {
    if (!after) return [];
    const before = parentBefore(oid);
    const isPlaced =
      before === undefined ? after.parent !== null && inBatch.has(after.parent) : before !== after.parent;
    return isPlaced ? [after] : [];
  });
}

export function changedMeanwhile(oid: number): ConflictError {
  return new ConflictError(undefined, { members: { oid } });
}

export function takenId(id: string): ConflictError {
  return new ConflictError(`The id "${id}" was taken at the same moment. Choose another, or try again.`);
}

export function parentGone(id: string): ConflictError {
  return new ConflictError(`The folder of "${id}" was deleted at the same moment.`);
}

export function contentGone(): ConflictError {
  return new ConflictError('The bytes of this file are no longer there: it took too long. Upload it again.');
}

export function notEmpty(oid: number): ConflictError {
  return new ConflictError('Something was added to this object while it was being deleted. Try again.', {
    members: { oid },
  });
}
