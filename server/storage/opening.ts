import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

export interface OpenOptions {
  readonly clock?: Clock;
  /** Told once when what was opened is found to be gone. */
  readonly log?: Log;
  /** A guest, an application or a command, makes nothing that is missing and leaves the storage at its version. */
  readonly isGuest?: boolean;
}

/** What a backup holds, or what a restore brought back and put aside. */
export interface BackupFacts {
  readonly folder: string;
  readonly objects: number;
  readonly bytes: number;
  /** Whether a key ring is in the backup: otherwise the keys are elsewhere, or lost. */
  readonly hasKeyRing: boolean;
  /** A sentence that names the files whose bytes are damaged and were taken as they are; `undefined`: there are none. */
  readonly damaged: string | undefined;
}

export interface CheckOptions {
  /** Take files whose bytes are damaged as they are. */
  readonly withDamaged?: boolean;
}

export interface RestoreFacts extends BackupFacts {
  /** Where what was in the data folder is now; `undefined` where it was empty. */
  readonly former: string | undefined;
  /** Whether the data folder has the key ring that it had, because the backup has none. */
  readonly keptKeyRing: boolean;
}
