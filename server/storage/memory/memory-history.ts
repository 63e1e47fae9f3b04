import { ConflictError } from '../../base/errors.ts';
import type { Batch, PathLink, ObjectChange, ObjectState, Revision, StoredObject, Transaction } from '../storage.ts';

interface Remembered extends Transaction {
  readonly oids: readonly number[];
}

type Existing = Revision & { readonly state: ObjectState };

/** Objects in process memory as of every transaction that is remembered, without the rules that a commit has to keep. */
export class MemoryHistory {
  /** The newest transaction. */
  last = 0;
  readonly #keepTransactions: number;
  readonly #revisions = new Map<number, Revision[]>();
  readonly #children = new Map<number | null, Map<string, number>>();
  readonly #links = new Map<number, readonly PathLink[]>();
  readonly #transactions: Remembered[] = [];

  constructor(keepTransactions: number) {
    this.#keepTransactions = keepTransactions;
  }

  /** The oldest transaction as of which everything can be read. */
  get oldest(): number {
    const oldest = this.#transactions[0];
    return oldest ? oldest.tid - 1 : this.last;
  }

  checkKnown(asOf: number): void {
    if (asOf < this.oldest) throw new ConflictError('Too much has changed since this began. Try again.');
  }

  /** The newest revision, unless that is a deletion. */
  now(oid: number): Existing | undefined {
    return existing(this.#revisions.get(oid)?.at(-1));
  }

  stored(oid: number, asOf: number): StoredObject | undefined {
    const revision = this.#asOf(oid, asOf);
    if (!revision) return undefined;
    return { ...revision.state, serial: revision.serial, childCount: this.#childOidsAsOf(oid, asOf).length };
  }

  everything(): StoredObject[] {
    return [...this.#revisions.keys()].flatMap((oid) => this.stored(oid, this.last) ?? []);
  }

  /** By id, as of now. */
  childrenNow(parent: number | null): ReadonlyMap<string, number> {
    return this.#children.get(parent) ?? new Map();
  }

  childrenAsOf(parent: number, asOf: number): StoredObject[] {
    return this.#childOidsAsOf(parent, asOf).flatMap((oid) => this.stored(oid, asOf) ?? []);
  }

  links(): Iterable<readonly [oid: number, links: readonly PathLink[]]> {
    return this.#links;
  }

  /** Newest first. */
  revisions(oid: number): readonly Revision[] {
    return (this.#revisions.get(oid) ?? []).toReversed();
  }

  /** Newest first. */
  transactions(): readonly Transaction[] {
    return this.#transactions
      .map(({ tid, time, user, description }) => ({ tid, time, user, description }))
      .toReversed();
  }

  changesOf(tid: number): readonly ObjectChange[] {
    const { oids = [] } = this.#transactions.find((transaction) => transaction.tid === tid) ?? {};
    const stateAsOf = (oid: number, asOf: number) => this.#asOf(oid, asOf)?.state ?? null;
    const changes = oids.map((oid) => ({ oid, before: stateAsOf(oid, tid - 1), after: stateAsOf(oid, tid) }));
    return changes.sort((a, b) => a.oid - b.oid);
  }

  /** Whether a revision names these bytes. */
  names(hash: string): boolean {
    return [...this.#revisions.values()].some((all) => all.some(({ state }) => state?.content?.hash === hash));
  }

  /** The objects that later transactions changed, and the objects those were, became and are in. */
  touchedAfter(serial: number): Set<number> {
    const touched = new Set<number>();
    const later = this.#transactions.filter(({ tid }) => tid > serial);
    for (const oid of later.flatMap(({ oids }) => oids)) {
      touched.add(oid);
      for (const { state } of this.#readableFrom(oid, serial)) {
        if (state && state.parent !== null) touched.add(state.parent);
      }
    }
    return touched;
  }

  /** What has been checked. */
  write({ changes, time, user, description }: Batch): void {
    const serial = ++this.last;
    for (const { oid } of changes) this.#leave(oid);
    for (const { oid, after: state, links } of changes) {
      const revisions = this.#revisions.get(oid) ?? [];
      revisions.push({ serial, time, user, description, state });
      this.#revisions.set(oid, revisions);
      if (state) this.#enter(state, links);
    }
    this.#transactions.push({ tid: serial, time, user, description, oids: changes.map(({ oid }) => oid) });
    if (this.#transactions.length > this.#keepTransactions) this.#forget();
  }

  #asOf(oid: number, asOf: number): Existing | undefined {
    return existing(this.#revisions.get(oid)?.findLast(({ serial }) => serial <= asOf));
  }

  #childOidsAsOf(parent: number, asOf: number): number[] {
    const now = this.#children.get(parent)?.values() ?? [];
    if (asOf >= this.last) return [...now];
    const candidates = new Set([...now, ...this.touchedAfter(asOf)]);
    return [...candidates].filter((oid) => this.#asOf(oid, asOf)?.state.parent === parent);
  }

  #leave(oid: number): void {
    const now = this.now(oid)?.state;
    if (!now) return;
    this.#links.delete(oid);
    const siblings = this.#children.get(now.parent);
    siblings?.delete(now.id);
    if (siblings?.size === 0) this.#children.delete(now.parent);
  }

  #enter(state: ObjectState, links: readonly PathLink[]): void {
    const siblings = this.#children.get(state.parent) ?? new Map<string, number>();
    this.#children.set(state.parent, siblings.set(state.id, state.oid));
    const distinct = new Map(links.map((link) => [JSON.stringify([link.property, link.path]), { ...link }]));
    if (links.length > 0) this.#links.set(state.oid, [...distinct.values()]);
  }

  /** The revision that an object had as of a transaction, and all later ones. */
  #readableFrom(oid: number, asOf: number): Revision[] {
    const revisions = this.#revisions.get(oid) ?? [];
    const had = revisions.findLastIndex(({ serial }) => serial <= asOf);
    return revisions.slice(Math.max(0, had));
  }

  #forget(): void {
    const oldest = this.#transactions.shift();
    for (const oid of oldest?.oids ?? []) {
      const kept = this.#readableFrom(oid, this.oldest);
      if (kept.length === 1 && !kept[0]?.state) this.#revisions.delete(oid);
      else this.#revisions.set(oid, kept);
    }
  }
}

function existing(revision: Revision | undefined): Existing | undefined {
  return revision?.state ? { ...revision, state: revision.state } : undefined;
}
