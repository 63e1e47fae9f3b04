import type { Clock } from './base/clock.ts';
import type { KeyRing } from './base/secrets.ts';
import type { KeyedTable } from './storage/storage.ts';

/**
 * Notes in the data which keys the ring has, by their ids and with the time when each was first seen. Every process notes
 * its own, so that a tree that was used with keys is told from one whose first start has not ended.
 */
export function noteKeyIds(keyRing: KeyRing, table: KeyedTable<number>, clock: Clock): void {
  for (const id of keyRing.ids) if (table.get(id) === undefined) table.add(id, clock());
}
