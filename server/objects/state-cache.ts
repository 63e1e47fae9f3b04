import type { Snapshot, Storage, StoredObject } from '../storage/storage.ts';

const MOST_OBJECTS = 20_000;
const MOST_TOUCHED = 20_000;

/** What somebody saw of one storage, and as of which transaction. */
export interface Seen {
  readonly asOf: number;
  /** Objects of which something was seen, by oid, with their serials then. */
  readonly objects: ReadonlyMap<number, number>;
  /** Folders of which the contents were seen. */
  readonly listings: ReadonlySet<number>;
}

/**
 * The objects that this process has read lately from one storage. Entries are current as of `serial`; a request that
 * began earlier uses those that have not changed since, and asks the storage for the rest.
 */
export class StateCache {
  readonly storage: Storage;
  #serial = 0;
  readonly #byOid = new Map<number, StoredObject>();
  readonly #byName = new Map<string, number>();
  /** Up to which transaction an object, or something in it, was seen to change: whatever did after `#touchedFrom`. */
  readonly #touched = new Map<number, number>();
  #touchedFrom = 0;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** What a request that begins now reads as of. Forgets what has changed meanwhile. */
  async begin(): Promise<Snapshot> {
    const now = await this.storage.refresh();
    if (now.tid > this.#serial) await this.#catchUp(now.tid);
    return now;
  }

  async load(oid: number, at: Snapshot): Promise<StoredObject | undefined> {
    const cached = this.#byOid.get(oid);
    if (cached !== undefined && cached.serial <= at.tid) return cached;
    return this.#keep(await this.storage.load(oid, at), at.tid);
  }

  async findChild(parent: number, id: string, at: Snapshot): Promise<StoredObject | undefined> {
    const oid = this.#byName.get(nameKey(parent, id));
    const cached = oid === undefined ? undefined : this.#byOid.get(oid);
    if (cached !== undefined && cached.parent === parent && cached.id === id && cached.serial <= at.tid) return cached;
    return this.#keep(await this.storage.findChild(parent, id, at), at.tid);
  }

  /** Whether a request that reads as of a transaction sees what another saw. No: also where that is not known. */
  async isStill(seen: Seen, at: Snapshot): Promise<boolean> {
    if (seen.asOf > at.tid) return false;
    for (const folder of seen.listings) if (!this.#isUntouched(folder, seen.asOf)) return false;
    for (const [oid, serial] of seen.objects) {
      if (this.#isUntouched(oid, seen.asOf)) continue;
      if ((await this.load(oid, at))?.serial !== serial) return false;
    }
    return true;
  }

  /** Several requests may ask at once: what is known by now stays so, whoever is answered first. */
  async #catchUp(newest: number): Promise<void> {
    const changed = await this.storage.changedSince(this.#serial);
    if (newest <= this.#serial) return;
    if (changed === undefined) {
      this.#byOid.clear();
      this.#byName.clear();
    }
    for (const oid of changed ?? []) this.#forget(oid);
    this.#remember(changed, newest);
    this.#serial = newest;
  }

  /** Whether no later transaction changed this object or anything directly in it, as far as is known. */
  #isUntouched(oid: number, serial: number): boolean {
    return serial >= this.#touchedFrom && (this.#touched.get(oid) ?? 0) <= serial;
  }

  #remember(touched: readonly number[] | undefined, newest: number): void {
    if (touched === undefined || this.#touched.size > MOST_TOUCHED) {
      this.#touched.clear();
      this.#touchedFrom = newest;
    }
    for (const oid of touched ?? []) this.#touched.set(oid, newest);
  }

  /** Keeps what was read, unless a later transaction may already have changed it. */
  #keep(stored: StoredObject | undefined, asOf: number): StoredObject | undefined {
    if (stored === undefined || asOf !== this.#serial) return stored;
    const [oldest] = this.#byOid.keys();
    if (this.#byOid.size >= MOST_OBJECTS && oldest !== undefined) this.#forget(oldest);
    this.#byOid.set(stored.oid, stored);
    this.#byName.set(nameKey(stored.parent, stored.id), stored.oid);
    return stored;
  }

  #forget(oid: number): void {
    const stored = this.#byOid.get(oid);
    if (stored === undefined) return;
    this.#byOid.delete(oid);
    this.#byName.delete(nameKey(stored.parent, stored.id));
  }
}

function nameKey(parent: number | null, id: string): string {
  return `${parent}/${id}`;
}
