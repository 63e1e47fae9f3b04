import type { Clock } from '../../base/clock.ts';
import { ageMs, endOf, isOver, type LifetimeSettings } from './lifetime.ts';
import { NO_ENTRIES, type EncodedData, type Header, type SessionRecord } from './record-format.ts';
import { KnownSessions, type Losses } from './known-sessions.ts';
import type { SessionSlot, SessionRecords } from './records.ts';

/** What of a session was in the store when it was loaded. */
export interface Basis {
  readonly browserId: string;
  /** The store's key. */
  readonly key: string;
  /** `null` where nothing was there that is still good. */
  readonly header: Header | null;
  readonly entries: EncodedData;
}

/** A session as it was loaded, with its slot in the store. */
export interface LoadedSession extends Basis {
  readonly slot: SessionSlot;
}

export interface FindingOptions {
  /** Asked at each use, so that a change applies at once. */
  readonly settings: () => LifetimeSettings;
  /** How often all sessions of a user were ended in this container. */
  readonly userGeneration: (user: string) => number;
  /** When the session with this key was ended by name: what began before is over, whatever the store says. */
  readonly endedAt?: ((key: string) => number | undefined) | undefined;
  /** The sessions that this process read or wrote. */
  readonly known?: KnownSessions;
  /** Told of each of them that is found nowhere, and was neither ended nor over. */
  readonly onLost?: () => void;
  readonly clock: Clock;
}

/** A browser's requests that were under way when its id changed still find the session for so long. */
const POINTER_MS = 10_000;
/** A store drops what is over by its own clock, which may be a little ahead. */
const EARLY_MS = 5_000;
/** Sessions that are moved while they are being moved make chains; a longer one is no accident. */
const MAX_POINTERS = 8;

/** Tells from a browser id's record whether there is a session that may still be used. */
export class SessionFinder {
  readonly #records: SessionRecords;
  readonly #options: FindingOptions;
  readonly #known: KnownSessions;

  constructor(records: SessionRecords, options: FindingOptions) {
    this.#records = records;
    this.#options = options;
    this.#known = options.known ?? new KnownSessions();
  }

  /** `undefined`: the browser id was ended or moved away. A `header` of `null`: there is no session, and may be one. */
  async find(browserId: string): Promise<LoadedSession | undefined> {
    let slot = await this.#read(browserId);
    for (let pointers = 0; slot.record?.kind === 'moved'; pointers++) {
      const isFresh = ageMs(slot.record.header.written, this.#options.clock()) <= POINTER_MS;
      if (!isFresh || pointers === MAX_POINTERS) return undefined;
      slot = await this.#read(slot.record.to);
      if (slot.record === undefined) return undefined;
    }
    return this.#judge(slot);
  }

  /** A session was stored here just now. */
  noteStored({ seal }: SessionSlot, header: Header): void {
    this.#known.see(seal.key, header);
  }

  /** A session was ended here, moved away, or taken back. */
  noteEnded({ seal }: SessionSlot): void {
    this.#known.forget(seal.key);
  }

  /** The keys of the sessions that this process knows and that could still live. */
  knownKeys(): readonly string[] {
    return this.#known.keysOf((key, header) => this.#couldLive(key, header));
  }

  /** Of them and those that were lost, those that were. */
  losses(): Losses {
    const lost = this.#known.lostKeys(this.#options.clock()).filter((key) => this.#isOfNow(key)).length;
    return { lost, known: this.knownKeys().length + lost };
  }

  wasLost(key: string): boolean {
    return this.#isOfNow(key) && this.#known.isMissed(key, this.#options.clock());
  }

  /** Looks whether a session that this process knows is still there. */
  async recheck(key: string): Promise<void> {
    const before = this.#known.find(key);
    if (before !== undefined) this.#note(await this.#records.readKey(key), before);
  }

  async #read(browserId: string): Promise<SessionSlot> {
    const before = this.#known.find(this.#records.keyOf(browserId));
    const slot = await this.#records.read(browserId);
    this.#note(slot, before);
    return slot;
  }

  /** A session is there, or is not any more. `before`: how it was known when the store was asked. */
  #note({ seal: { key }, record }: SessionSlot, before: Header | undefined): void {
    if (record?.kind === 'session') this.#known.see(key, record.header);
    else if (record !== undefined) this.#known.forget(key);
    else if (before !== undefined && this.#known.find(key) === before) this.#miss(key, before);
  }

  /** Nobody in this process wrote it while it was looked for. */
  #miss(key: string, header: Header): void {
    if (!this.#couldLive(key, header)) return this.#known.forget(key);
    const now = this.#options.clock();
    this.#known.lose(key, Math.min(header.keptUntil, endOf(header, this.#options.settings(), now) ?? Infinity));
    this.#options.onLost?.();
  }

  /** All sessions here were ended since where the key begins otherwise. */
  #isOfNow(key: string): boolean {
    return key.startsWith(this.#records.prefix);
  }

  #couldLive(key: string, header: Header): boolean {
    const isLate = header.keptUntil - EARLY_MS < this.#options.clock();
    return this.#isOfNow(key) && !isLate && !this.#isEnded(key, header) && !this.#isOver(header);
  }

  /** Whether a record is of a session that may still be used. */
  isLive(key: string, record: SessionRecord): boolean {
    const { kind, header } = record;
    return kind === 'session' && !this.#isEnded(key, header) && !this.#isOver(header);
  }

  #judge(slot: SessionSlot): LoadedSession | undefined {
    const { record } = slot;
    if (record === undefined) return nothingAt(slot);
    const { kind, header } = record;
    if (kind !== 'session' || this.#isEnded(slot.seal.key, header)) return undefined;
    if (this.#isOver(header)) return nothingAt(slot);
    return { browserId: slot.browserId, key: slot.seal.key, header, entries: record.entries, slot };
  }

  /** What the store was to drop by now was put back: longer timeouts that were set since do not count for it. */
  #isOver(header: Header): boolean {
    const now = this.#options.clock();
    return header.keptUntil < now || isOver(header, this.#options.settings(), now);
  }

  #isEnded(key: string, { user, userGeneration, created }: Header): boolean {
    if (user !== null && userGeneration !== this.#options.userGeneration(user)) return true;
    const endedAt = this.#options.endedAt?.(key);
    return endedAt !== undefined && created <= endedAt;
  }
}

/** No session, and the slot where one would be. */
export function nothingAt(slot: SessionSlot): LoadedSession {
  return { browserId: slot.browserId, key: slot.seal.key, header: null, entries: NO_ENTRIES, slot };
}
