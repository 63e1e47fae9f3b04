import { statSync, type BigIntStats } from 'node:fs';
import { basename } from 'node:path';
import { StorageGone } from '../../base/errors.ts';
import { moveAside } from './aside.ts';
import { outOfReach } from './problems.ts';

interface Opened {
  readonly path: string;
  readonly inode: string;
  bytes: bigint;
}

const AFTER_A_KILL =
  ' Where it was killed, remove the files that end in -wal and -shm before: they are of the former data file.';

/**
 * The data file and its side files, as SQLite has them open. What is written into one that is no longer at its place is
 * lost when this process ends, and SQLite does not look.
 */
export class OwnFiles {
  readonly #data: Opened;
  readonly #side: readonly Opened[];
  #loss: (() => StorageGone) | undefined;
  #isSideLost = false;

  /** After something was read, so that all three are there. */
  constructor(file: string) {
    this.#data = opened(file);
    this.#side = [opened(`${file}-wal`), opened(`${file}-shm`)];
  }

  /** Throws StorageGone from when one of them was found gone: no more is known then of what others wrote meanwhile. */
  check(): void {
    if (this.#loss === undefined) this.#look();
    if (this.#loss !== undefined) throw this.#loss();
  }

  /** Whoever else opens the data file makes side files anew: what we read through ours may be of no one state any more. */
  checkReadable(): void {
    if (this.#isSideLost) this.check();
  }

  /** Whether nobody else can have written into the data file since a side file was lost: so we may, for the last time. */
  get areSideFilesAbsent(): boolean {
    return this.#isSideLost && this.#side.every((file) => ['same', 'deleted or moved away'].includes(fate(file)));
  }

  /**
   * Once SQLite has closed them: where another data file is in the place of ours, moves our side files aside, the log first,
   * since whoever opens that file would play the log into it. Where none is there, ours may come back, and needs its log.
   * Gives the folder that they were moved to.
   */
  moveAside(): string | undefined {
    try {
      if (fate(this.#data) !== 'replaced') return undefined;
    } catch {
      return undefined; // Nobody can look, so nobody can say that it was replaced.
    }
    const [first, ...others] = this.#side.filter((file) => isThere(fate(file))).map(({ path }) => path);
    return first === undefined ? undefined : moveAside([first, ...others], 'of-replaced-file');
  }

  #look(): void {
    for (const file of [this.#data, ...this.#side]) {
      const found = fate(file);
      if (found === 'same') continue;
      const what = `"${basename(file.path)}" was ${found}`;
      this.#isSideLost = file !== this.#data;
      this.#loss = () => new StorageGone(what, found === 'replaced' && !this.#isSideLost ? AFTER_A_KILL : '');
      return;
    }
  }
}

function opened(path: string): Opened {
  const { dev, ino, size } = statSync(path, { bigint: true });
  return { path, inode: `${dev}:${ino}`, bytes: size };
}

type Fate = 'same' | 'deleted or moved away' | 'replaced' | 'overwritten';

function isThere(found: Fate): boolean {
  return found === 'same' || found === 'overwritten';
}

function fate(file: Opened): Fate {
  const found = look(file.path);
  if (found === undefined) return 'deleted or moved away';
  if (`${found.dev}:${found.ino}` !== file.inode) return 'replaced';
  // A data file never becomes shorter by itself; one that somebody copied into it may be. A log begins anew.
  if (found.size < file.bytes && !file.path.endsWith('-wal')) return 'overwritten';
  file.bytes = found.size;
  return 'same';
}

/** Throws StorageUnreachable where the path leads nowhere for now: rights that were taken, a disk that fails. */
function look(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    throw outOfReach(error);
  }
}
