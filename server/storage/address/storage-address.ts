import type { BackupFacts, CheckOptions, OpenOptions, RestoreFacts } from '../opening.ts';
import type { Storage } from '../storage.ts';

/** Where a storage is, as whoever runs a server or a command names it. What is refused is a CannotOpen. */
export interface StorageAddress {
  /** A server makes what is missing and brings an older storage up to date. */
  open(options?: OpenOptions): Promise<Storage>;
  /** Copies everything, in use or not, into a new folder, and reads the copy to its end. */
  backUp(into: string, options?: CheckOptions): Promise<BackupFacts>;
  /** Checks a backup and puts it in the place of what is there, which is kept. */
  restore(from: string, options?: CheckOptions): Promise<RestoreFacts>;
}
