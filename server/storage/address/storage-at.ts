import { backUp, restore } from '../sqlite/backup.ts';
import { openInFolder } from '../sqlite/open.ts';
import type { StorageAddress } from './storage-address.ts';

/** The storage of a data folder. */
export function storageAt(dataFolder: string): StorageAddress {
  return {
    open: (options) => openInFolder(dataFolder, options),
    backUp: (into, options) => backUp(dataFolder, into, options),
    restore: async (from, options) => restore(from, dataFolder, options),
  };
}
