import { Unavailable } from '../base/errors.ts';
import { backoffMs } from '../base/backoff.ts';
import type { Worth } from '../memcache/store.ts';
import { isMadeFrom } from '../memcache/version.ts';
import { nothingAt, type FindingOptions, type LoadedSession, type SessionFinder } from './record/session-finder.ts';
import { isTouchDue, keepSeconds, type LifetimeSettings } from './record/lifetime.ts';
import { conflict, merge, takeBack, type ConflictRule } from './merge.ts';
import type { EncodedData, Header } from './record/record-format.ts';
import { OF_NOBODY, UNREADABLE, type SessionSlot, type Put, type SessionRecords } from './record/records.ts';
import type { Changes, Origin } from './session.ts';

export interface SessionSettings extends LifetimeSettings {
  /** Of a whole record, as it is sent. */
  readonly maxBytes: number;
  /** What two requests that changed one key lead to, where the later one cannot be run again. */
  readonly onConflict: Exclude<ConflictRule, 'rerun'>;
}

export interface WritingOptions extends FindingOptions {
  readonly settings: () => SessionSettings;
  /** After how many minutes without use a session with these entries may be dropped, where its data say so. */
  readonly timeoutOf?: (entries: EncodedData) => number;
}

/** What a request wants to be written. */
export interface Write {
  /** What its changes were made from. */
  readonly base: LoadedSession;
  readonly changes: Changes;
  readonly origin: Origin;
  readonly rule: ConflictRule;
  /** The session is to outlast what ended all of its user's: it was loaded before that, on their behalf. */
  readonly outlasts: boolean;
}

/** A write that was made, with what it takes to take it back. */
export interface Written {
  readonly before: LoadedSession;
  /** What the session holds now; `null` where it was ended or moved away. */
  readonly after: EncodedData | null;
  readonly version: Buffer;
  /** The browser id that the session moved to. */
  readonly movedTo: string | null;
  /** How often it was tried in vain before, because somebody else had come between. */
  readonly retries: number;
}

const WRITE_DEADLINE_MS = 2_000;

/** Changes sessions in the store, always from what was read there: whatever came between is merged, never lost. */
export class SessionWriter {
  readonly #records: SessionRecords;
  readonly #finder: SessionFinder;
  readonly #options: WritingOptions;

  constructor(records: SessionRecords, finder: SessionFinder, options: WritingOptions) {
    this.#records = records;
    this.#finder = finder;
    this.#options = options;
  }

  /** Whether it is time to write that a session was used. */
  isTouchDue({ header }: LoadedSession): boolean {
    return header !== null && isTouchDue(header, this.#options.settings(), this.#now());
  }

  /** Writes that a session was used, and says whether that was stored. Any real write goes before it. */
  async touch({ header, entries, slot }: LoadedSession): Promise<boolean> {
    if (header === null) return false;
    const now = this.#now();
    try {
      return (await this.#put(slot, { ...header, lastAccess: now, written: now }, entries)).isStored;
    } catch (error) {
      // The request has read what it wanted to; that the session may end a little early is no reason to refuse it.
      if (!(error instanceof Unavailable)) throw error;
      return false;
    }
  }

  /** Gives `undefined` where the session was ended meanwhile: what is ended is not made again. */
  write(write: Write): Promise<Written | undefined> {
    const { base, changes, rule } = write;
    return this.#retry(base, rule, (current) => {
      const entries = merge(base.entries, current.entries, changes, rule);
      return this.#attempt(current, this.#headerFor(current, write), entries);
    });
  }

  /**
   * Moves a session with a request's changes to another browser id; the old one leads there for a while. One that another
   * request has just moved stays where it is: who knows only the old id must not choose where the session lives.
   */
  async move(write: Write, to: string): Promise<Written | undefined> {
    const { base, changes, rule } = write;
    let target = this.#records.empty(to);
    return this.#retry(base, rule, async (current) => {
      const header = this.#headerFor(current, write);
      const entries = merge(base.entries, current.entries, changes, rule);
      if (current.browserId !== base.browserId) return this.#attempt(current, header, entries);
      await this.#put(target, header, entries, 'owed');
      const put = await this.#putMark(current, { kind: 'moved', to }, header.created);
      // Nobody else knows this browser id yet, so what is there now is what was just put.
      if (!put.isStored) target = await this.#records.read(to);
      return { before: current, after: null, movedTo: to, ...put };
    });
  }

  /** Leaves a tombstone that lives as long as the session could have, in any copy. */
  async end(base: LoadedSession): Promise<Written | undefined> {
    return this.#retry(base, 'newest', async (current) => {
      const put = await this.#putMark(current, { kind: 'ended' }, current.header?.created ?? this.#now());
      return { before: current, after: null, movedTo: null, ...put };
    });
  }

  /** Puts back what was there before a write, as far as nobody has changed it since. */
  async undo(written: Written): Promise<void> {
    const { before } = written;
    await this.#untilStored(async () => {
      const slot = await this.#records.read(before.browserId);
      if (slot.version?.equals(written.version) === true) return this.#putBack(slot, before);
      if (written.after === null || slot.record?.kind !== 'session') return true;
      const entries = takeBack(before.entries, written.after, slot.record.entries);
      return (await this.#put(slot, slot.record.header, entries)).isStored;
    });
    if (written.movedTo !== null) await this.endKey(this.#records.keyOf(written.movedTo));
  }

  /** Ends the session with this key, whoever is using it; says what it was, if there was one or may have been. */
  async endKey(key: string): Promise<Header | undefined> {
    let ended: Header | undefined;
    await this.#untilStored(async () => {
      const slot = await this.#records.readKey(key);
      ended = this.#headerToEnd(slot);
      if (ended === undefined) return true;
      return (await this.#putMark({ ...nothingAt(slot), header: ended }, { kind: 'ended' }, ended.created)).isStored;
    });
    return ended;
  }

  #headerToEnd({ record, seal }: SessionSlot): Header | undefined {
    if (record === UNREADABLE) return { ...UNREADABLE.header, created: this.#now() };
    return record?.kind === 'session' && this.#finder.isLive(seal.key, record) ? record.header : undefined;
  }

  async #attempt(current: LoadedSession, header: Omit<Header, 'keptUntil'>, entries: EncodedData): Promise<Attempt> {
    const put = await this.#put(current.slot, header, entries);
    return { before: current, after: entries, movedTo: null, ...put };
  }

  /** Tries a write from what is there until nobody comes between. */
  async #retry(
    base: LoadedSession,
    rule: ConflictRule,
    attempt: (current: LoadedSession) => Promise<Attempt>,
  ): Promise<Written | undefined> {
    const deadline = performance.now() + WRITE_DEADLINE_MS;
    const attempts: Attempt[] = [];
    for (let current = base; ;) {
      const made = await attempt(current);
      if (made.isStored) return { ...made, retries: attempts.length };
      attempts.push(made);
      const found = await this.#finder.find(current.browserId);
      if (found === undefined) return undefined;
      const earlier = attempts.find((each) => hasReached(each, found));
      if (earlier !== undefined) return { ...earlier, retries: attempts.length };
      if (!isSameSession(base, found, rule)) return undefined;
      if (performance.now() > deadline) throw conflict('This session is being changed too fast. Try again.', rule);
      if (attempts.length > 1) await pause(attempts.length);
      current = found;
    }
  }

  async #untilStored(attempt: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + WRITE_DEADLINE_MS;
    for (let tries = 0; !(await attempt()); tries++) {
      if (performance.now() > deadline) throw conflict('This session is being changed too fast. Try again.', 'fail');
      await pause(tries);
    }
  }

  #headerFor(current: LoadedSession, { origin, outlasts }: Write): Omit<Header, 'keptUntil'> {
    const { header } = current;
    const now = this.#now();
    const user = origin.user ?? header?.user ?? null;
    // The number that the session has, not today's: a write must not save it from having been ended with its user's others.
    const keepsNumber = header !== null && header.user === user && !outlasts;
    return {
      created: header?.created ?? now,
      lastAccess: now,
      lastChange: now,
      written: now,
      user,
      userGeneration: keepsNumber ? header.userGeneration : user === null ? 0 : this.#options.userGeneration(user),
      address: origin.address || (header?.address ?? ''),
      browser: origin.browser || (header?.browser ?? ''),
    };
  }

  async #put(slot: SessionSlot, header: Omit<Header, 'keptUntil'>, entries: EncodedData, worth?: Worth): Promise<Put> {
    const { settings: settingsNow, timeoutOf } = this.#options;
    const settings = settingsNow();
    const now = this.#now();
    const timeoutMinutes = timeoutOf?.(entries) ?? settings.timeoutMinutes;
    const keepS = keepSeconds(header.created, { ...settings, timeoutMinutes }, now);
    const record = {
      kind: 'session',
      header: { ...header, keptUntil: now + keepS * 1_000 },
      entries,
    } as const;
    const put = await this.#records.put(slot, record, keepS, settings.maxBytes, worth);
    if (put.isStored) this.#finder.noteStored(slot, record.header);
    return put;
  }

  /** A record without data, in the place of one with. It outlives what it stands for. */
  async #putMark(loaded: LoadedSession, mark: Mark, created: number): Promise<Put> {
    const settings = this.#options.settings();
    const now = this.#now();
    const { slot } = loaded;
    const keptBefore = slot.record === undefined ? 0 : (slot.record.header.keptUntil - now) / 1_000;
    const keepS = Math.max(keepSeconds(created, settings, now), Math.ceil(keptBefore));
    const header = { ...OF_NOBODY, created, lastAccess: now, written: now, keptUntil: now + keepS * 1_000 };
    const put = await this.#records.put(slot, { ...mark, header }, keepS, Infinity, 'owed');
    if (put.isStored) this.#finder.noteEnded(slot);
    return put;
  }

  async #putBack(slot: SessionSlot, before: LoadedSession): Promise<boolean> {
    if (before.header === null) return this.#remove(slot);
    return (await this.#put(slot, { ...before.header, written: this.#now() }, before.entries, 'owed')).isStored;
  }

  async #remove(slot: SessionSlot): Promise<boolean> {
    const isGone = await this.#records.remove(slot);
    if (isGone) this.#finder.noteEnded(slot);
    return isGone;
  }

  #now(): number {
    return this.#options.clock();
  }
}

type Attempt = Omit<Written, 'retries'> & Put;
type Mark = { readonly kind: 'ended' } | { readonly kind: 'moved'; readonly to: string };

/** Whether changes made to `base` mean anything to what is there now. */
function isSameSession(base: LoadedSession, found: LoadedSession, rule: ConflictRule): boolean {
  if (base.header === null || base.header.created === found.header?.created) return true;
  if (rule === 'newest') return false;
  throw conflict('This session ended while the request was under way. Try again.', rule);
}

/**
 * Whether a write that seemed to fail is in what was found after all. With several copies it can be made in one, fail in
 * another, and be read and built upon by somebody else before we look again.
 */
function hasReached(attempt: Attempt, found: LoadedSession): boolean {
  if (attempt.movedTo !== null) return found.browserId === attempt.movedTo;
  const { version } = found.slot;
  return version !== undefined && (version.equals(attempt.version) || isMadeFrom(version, attempt.version));
}

async function pause(attempt: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt, 1, 20)));
}
