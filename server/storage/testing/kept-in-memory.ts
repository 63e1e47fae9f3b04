import { MemoryStorage } from '../memory/memory-storage.ts';

/** In place of the disk: what has a negative oid belongs to temporary folders, and the root has 1. */
export class KeptInMemory extends MemoryStorage {
  override newOid(): number {
    return 1 - super.newOid();
  }
}
