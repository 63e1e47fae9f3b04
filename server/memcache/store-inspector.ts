import type { ServerUnreachable } from './errors.ts';
import type { KeyEntry, KeyListing } from './store.ts';

/** A key as it lies in a store, whoever put it there: its bytes, one for each character. */
export interface InspectedKey extends KeyEntry {
  /** When it was last read or written, by the server's clock: milliseconds since 1970; `null` where the store does not say. */
  readonly lastAccess: number | null;
}

export interface InspectedKeys extends KeyListing {
  readonly keys: readonly InspectedKey[];
}

/** What one place holds under a key. */
export interface InspectedValue {
  /** `null` for process memory. */
  readonly server: string | null;
  /** `null` where it is too large to be looked at. */
  readonly value: Buffer | null;
  readonly bytes: number;
  /** Seconds until it ends, as the place itself counts; `null`: it never does. */
  readonly remainingS: number | null;
  readonly lastAccess: number | null;
}

export interface InspectedValues {
  /** One for each place that has the key. */
  readonly found: readonly InspectedValue[];
  /** Those that could not be asked. */
  readonly unreachable: readonly ServerUnreachable[];
}

/** Everything that lies in a store, others' values included. Looking does not count as use, and changes nothing. */
export interface StoreInspector {
  /** What the keys of this installation begin with. */
  readonly prefix: string;
  /** At most so many keys from each place. A server that cannot be listed is named, and nothing is thrown. */
  keys(limit: number): Promise<InspectedKeys>;
  look(key: string): Promise<InspectedValues>;
}

/** Longer than any value that memcached takes as it comes. */
export const MAX_LOOKED_AT_BYTES = 1024 * 1024;
