import { ConflictError } from '../../base/errors.ts';
import { at, stateOf } from '../contract/changes.ts';
import type { Batch, Change, Storage, StoredObject } from '../storage.ts';

/** Objects that are only ever changed together: where one is ahead of another, a commit was torn. */
export const GROUP = [1, 2, 3, 4, 5];

export function firstBatch(): Batch {
  const change = (oid: number): Change => {
    const after = stateOf({ oid, parent: oid === 1 ? null : 1, id: `member-${oid}`, properties: { count: 0 } });
    return { oid, basis: null, after, links: [] };
  };
  return batchOf(GROUP.map(change));
}

/** The whole group as of one transaction; `undefined` where it does not exist yet. */
export async function readGroup(storage: Storage): Promise<readonly StoredObject[] | undefined> {
  const asOf = (await storage.refresh()).tid;
  const found = await Promise.all(GROUP.map((oid) => storage.load(oid, at(asOf))));
  const there = found.filter((object) => object !== undefined);
  if (there.length === 0) return undefined;
  if (there.length < GROUP.length) throw new Error(`Torn: only ${there.length} of the group are there.`);
  return there;
}

/** What every member's count is; throws where they differ. */
export function countOf(group: readonly StoredObject[]): number {
  const counts = new Set(group.map(({ properties }) => Number(properties['count'])));
  const [count] = counts;
  if (counts.size !== 1 || count === undefined) throw new Error(`Torn: counts are ${[...counts].join(', ')}.`);
  return count;
}

/** Adds one to the count in all members, from what is there now, as often as it takes. Gives the count it wrote. */
export async function increment(storage: Storage): Promise<{ readonly count: number; readonly conflicts: number }> {
  for (let conflicts = 0; ; conflicts++) {
    const group = await readGroup(storage);
    if (!group) throw new Error('There is no group.');
    const count = countOf(group) + 1;
    try {
      await storage.commit(batchOf(group.map((object) => withCount(object, count))));
      return { count, conflicts };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

function withCount(object: StoredObject, count: number): Change {
  const { serial, childCount: _, ...state } = object;
  const after = { ...state, properties: { count, padding: 'x'.repeat(count % 700) }, revision: state.revision + 1 };
  return { oid: state.oid, basis: serial, after, links: [] };
}

function batchOf(changes: readonly Change[]): Batch {
  return { changes, user: null, description: 'Counted', time: Date.now() };
}
