import type { MemoryStorage } from '../memory/memory-storage.ts';
import type { StorageAddress } from '../address/storage-address.ts';
import { DistantStorage } from './distant-storage.ts';
import { KeptInMemory } from './kept-in-memory.ts';

/** What was opened in this process, by data folder: it outlives its closing, as what is on a disk does. */
const inMemory = new Map<string, MemoryStorage>();

/**
 * Where the tests have their trees. STORAGE_UNDER_TEST may say: `distant`, the storage of the data folder behind a slow and
 * unsure line; `memory`, one in the memory of the process behind such a line, which no other process and no later one sees.
 */
export function addressUnderTest(address: StorageAddress, dataFolder: string): StorageAddress {
  const wanted = process.env['STORAGE_UNDER_TEST'];
  if (wanted === undefined) return address;
  return {
    ...address,
    async open(options) {
      const server = wanted === 'memory' ? memoryOf(dataFolder) : await address.open(options);
      return new DistantStorage(server, { hasConflicts: true });
    },
  };
}

function memoryOf(dataFolder: string): MemoryStorage {
  const known = inMemory.get(dataFolder) ?? new KeptInMemory();
  inMemory.set(dataFolder, known);
  return known;
}
