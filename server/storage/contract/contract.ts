import { describe } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import type { Storage } from '../storage.ts';
import { describeAsOf } from './as-of.ts';
import { commit, stateOf } from './changes.ts';
import { describeCommits } from './commits.ts';
import { describeConflicts } from './conflicts.ts';
import { describeBlobs } from './blobs.ts';
import { describeLog } from './log.ts';
import { describeLookups } from './lookups.ts';
import { describeTables } from './tables.ts';
import { describeTexts } from './texts.ts';

/** A storage under test. `top` is an object to put things into: the root, or a mount point that is kept elsewhere. */
export interface Site extends AsyncDisposable {
  readonly storage: Storage;
  readonly top: number;
  /** What the storage's clock says. */
  now: number;
}

export type MakeSite = () => Promise<Site>;

interface SiteParts {
  readonly open: (clock: Clock) => Storage | Promise<Storage>;
  /** Where there is no root of its own: the object that everything is put into. */
  readonly mountPoint?: number;
  readonly dispose?: () => Promise<void>;
}

/** A site with a clock of its own and, unless it is mounted, a root. */
export async function makeSite({ open, mountPoint, dispose }: SiteParts): Promise<Site> {
  let now = Date.UTC(2026, 10, 22);
  const storage = await open(() => now);
  return {
    storage,
    top: mountPoint ?? (await addRoot(storage)),
    get now() {
      return now;
    },
    set now(time) {
      now = time;
    },
    async [Symbol.asyncDispose]() {
      storage.close();
      await dispose?.();
    },
  };
}

async function addRoot(storage: Storage): Promise<number> {
  const oid = storage.newOid();
  const after = stateOf({ oid, parent: null, id: '' });
  await commit(storage, { oid, basis: null, after, links: [] });
  return oid;
}

/** Every promise of storage.ts. Each storage passes all of it. */
export function storageContract(name: string, make: MakeSite): void {
  describe(name, () => {
    describeCommits(make);
    describeConflicts(make);
    describeLookups(make);
    describeLog(make);
    describeTexts(make);
    describeAsOf(make);
    describeTables(make);
    describeBlobs(make);
  });
}
