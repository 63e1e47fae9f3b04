import { Conflict, ConflictError } from '../base/errors.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { sameBytes, encodedOf } from './record/record.ts';
import type { EncodedData, EncodedValue } from './record/record-format.ts';
import { applied, type Change, type Changes } from './session.ts';

/**
 * What happens when two requests changed one key of one session. `rerun`: the later request is run again. `newest`: the
 * later write replaces the earlier. `fail`: the later request is refused.
 */
export type ConflictRule = 'rerun' | 'newest' | 'fail';

/** Like ConflictError, for containers whose requests are not to be run again. */
export class SessionChanged extends Conflict {}

/** What became of a session since it was loaded makes the request's changes pointless: it has to look again. */
export function conflict(detail: string, rule: ConflictRule): Conflict {
  return rule === 'fail' ? new SessionChanged(detail) : new ConflictError(detail);
}

/**
 * Does what one request did to a session (`changes`, made from `base`) to what the session has become since (`current`):
 * key by key, so that changes of different keys both stay. One key changed by both: as `rule` says.
 */
export function merge(base: EncodedData, current: EncodedData, changes: Changes, rule: ConflictRule): EncodedData {
  const merged = new Map(current);
  for (const [key, change] of changes) {
    const theirs = current.get(key);
    const ours = isChanged(key, base, current) ? reconciled(key, change, theirs, rule) : encodedAfter(change);
    if (ours === undefined) merged.delete(key);
    else merged.set(key, ours);
  }
  return merged;
}

/** Whether one request set or deleted a key that another had changed meanwhile; the other kinds never conflict. */
export function changedByBoth(base: EncodedData, current: EncodedData, changes: Changes): boolean {
  return Array.from(changes).some(
    ([key, { kind }]) => (kind === 'set' || kind === 'delete') && isChanged(key, base, current),
  );
}

function isChanged(key: string, base: EncodedData, current: EncodedData): boolean {
  return current !== base && !sameBytes(current.get(key), base.get(key));
}

function reconciled(
  key: string,
  change: Change,
  theirs: EncodedValue | undefined,
  rule: ConflictRule,
): EncodedValue | undefined {
  if (change.kind === 'update') {
    const value = theirs === undefined ? undefined : decode(theirs.bytes, theirs.start, theirs.end);
    return encodedOf(
      encode(
        change.updaters.reduce((made, updater) => applied(key, updater, made), value),
        key,
      ),
    );
  }
  // Even where both wrote the same: two requests that each count one up have counted two.
  if (rule === 'newest' || change.kind === 'override') return encodedAfter(change);
  const name = JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
  throw conflict(`Another request changed the session's ${name} at the same moment. Try again.`, rule);
}

function encodedAfter(change: Change): EncodedValue | undefined {
  return change.kind === 'delete' ? undefined : change.encoded;
}

/** Takes back what turned `before` into `after` from what the session has become since, where nobody touched it again. */
export function takeBack(before: EncodedData, after: EncodedData, current: EncodedData): EncodedData {
  const restored = new Map(current);
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(key);
    if (sameBytes(was, after.get(key)) || !sameBytes(current.get(key), after.get(key))) continue;
    if (was === undefined) restored.delete(key);
    else restored.set(key, was);
  }
  return restored;
}
