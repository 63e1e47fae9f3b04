import type { Clock } from '../../base/clock.ts';
import { ageMs, isOver, type LifetimeSettings } from './lifetime.ts';
import { NO_ENTRIES, type EncodedData, type Header, type SessionRecord } from './record-format.ts';
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
  readonly clock: Clock;
}

/** A browser's requests that were under way when its id changed still find the session for so long. */
const POINTER_MS = 10_000;
/** Sessions that are moved while they are being moved make chains; a longer one is no accident. */
const MAX_POINTERS = 8;

/** Tells from a browser id's record whether there is a session that may still be used. */
export class SessionFinder {
  readonly #records: SessionRecords;
  readonly #options: FindingOptions;

  constructor(records: SessionRecords, options: FindingOptions) {
    this.#records = records;
    this.#options = options;
  }

  /** `undefined`: the browser id was ended or moved away. A `header` of `null`: there is no session, and may be one. */
  async find(browserId: string): Promise<LoadedSession | undefined> {
    let slot = await this.#records.read(browserId);
    for (let pointers = 0; slot.record?.kind === 'moved'; pointers++) {
      const isFresh = ageMs(slot.record.header.written, this.#options.clock()) <= POINTER_MS;
      if (!isFresh || pointers === MAX_POINTERS) return undefined;
      slot = await this.#records.read(slot.record.to);
      if (slot.record === undefined) return undefined;
    }
    return this.#judge(slot);
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
