import type { Clock } from './base/clock.ts';
import type { KeyRing } from './base/key-ring.ts';
import type { SmallTable } from './storage/tables.ts';

/**
 * Notes in the data which keys the ring has, by their ids and with the time when each was first seen. Every process notes
 * its own, so that a record sealed with any key that this installation ever had is told from a damaged one, and a tree that
 * was used with keys from one whose first start has not ended.
 */
export async function noteKeyIds(keyRing: KeyRing, table: SmallTable<number>, clock: Clock): Promise<void> {
  const now = clock();
  const unknown = keyRing.ids.filter((id) => table.get(id) === undefined);
  if (unknown.length > 0) await table.update((ids) => unknown.forEach((id) => ids.add(id, now)));
  keyRing.isOurs = (id) => table.get(id) !== undefined;
}

/** Whether the data were used with keys, and with none of these. */
export function areStrange({ ids }: KeyRing, table: SmallTable<number>): boolean {
  return table.entries().length > 0 && !ids.some((id) => table.get(id) !== undefined);
}
