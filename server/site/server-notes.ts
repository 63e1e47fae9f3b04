import type { Background } from '../base/background.ts';
import type { Storage } from '../storage/storage.ts';
import type { Draft, SmallTable } from '../storage/tables.ts';

/** A note that could not be written (a full disk, a lock that lasts) is tried again with the next write after that. */
const AGAIN_MS = 5_000;
/** Lifetimes are noted as up to a sixteenth longer than they are, so that many that grow slowly are few notes. */
const FINENESS = 16;
/** No value lives longer: memcached's times end there. */
const LONGEST_S = 2 ** 32;
const SINCE = 'since';

/**
 * What all processes note of the memcached servers of this tree, outside revisions, undo and export: at which of them
 * anything was ever stored, which former one is not to be asked any more, and how long values live whose lifetimes no
 * setting tells. `scope` is one proxy's keys: its oid and their prefix.
 */
export class ServerNotes {
  readonly #storage: Storage;
  readonly #notes: SmallTable<number>;
  readonly #background: Background;
  readonly #triedAt = new Map<string, number>();

  /** Notes from when on notes are kept: what was done before, an older version may have done. */
  constructor(table: SmallTable<number>, storage: Storage, background: Background) {
    this.#notes = table;
    this.#storage = storage;
    this.#background = background;
    if (this.#since === undefined) background.do('note since when memcached servers are noted', () => this.#begin());
  }

  /** Whether something may ever have been stored at an address that was first named in a transaction. */
  mayHold(scope: string, address: string, namedIn: number): boolean {
    if (this.#notes.get(`${scope} stored ${address}`) !== undefined) return true;
    return this.#since === undefined || namedIn <= this.#since;
  }

  /** Something was stored there. Says whether that is noted by now. */
  stored(scope: string, address: string): boolean {
    const key = `${scope} stored ${address}`;
    if (this.#notes.get(key) === undefined) this.#note(key, (notes) => notes.add(key, 1));
    return this.#notes.get(key) !== undefined;
  }

  /** Whether an address that a transaction took out was forgotten since. */
  isForgotten(scope: string, address: string, takenOutIn: number): boolean {
    return (this.#notes.get(`${scope} forgotten ${address}`) ?? -1) >= takenOutIn;
  }

  /** In one step, which every process sees at its next request. */
  async forget(scope: string, ...addresses: readonly string[]): Promise<void> {
    const { tid } = await this.#storage.refresh();
    await this.#notes.update((notes) => {
      for (const address of addresses) notes.set(`${scope} forgotten ${address}`, tid);
    });
  }

  /** How long, at most, an object ever kept something that its settings do not bound, in seconds. */
  keptFor(oid: number): number | undefined {
    return this.#notes.get(`kept ${oid}`);
  }

  keeps(oid: number, lifetimeS: number): void {
    const seconds = Math.min(lifetimeS, LONGEST_S);
    if (!(seconds > (this.keptFor(oid) ?? 0))) return;
    const key = `kept ${oid}`;
    const step = 2 ** Math.floor(Math.log2(seconds)) / FINENESS;
    const rounded = Math.ceil(Math.ceil(seconds / step) * step);
    this.#note(`${key} ${rounded}`, (notes) => notes.set(key, Math.max(notes.get(key) ?? 0, rounded)));
  }

  async #begin(): Promise<void> {
    const { tid } = await this.#storage.refresh();
    await this.#notes.update((notes) => notes.add(SINCE, tid));
  }

  get #since(): number | undefined {
    return this.#notes.get(SINCE);
  }

  /** At once, where nobody holds the data file; in no case does the request at hand wait for it. */
  #note(key: string, write: (notes: Draft<number>) => unknown): void {
    const now = performance.now();
    if (now - (this.#triedAt.get(key) ?? -Infinity) < AGAIN_MS) return;
    this.#triedAt.set(key, now);
    this.#background.do(`note in the data file what is at memcached servers (${key})`, async () => {
      await this.#notes.update(write);
      this.#triedAt.delete(key);
    });
  }
}
