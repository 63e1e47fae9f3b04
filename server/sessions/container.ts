import { Problem, Unavailable } from '../base/errors.ts';
import { Turns, type Release } from '../base/turns.ts';
import type { MemoryUse, ServerStatus } from '../memcache/store.ts';
import { countFailure, countWrite, newCounts, newTraffic, type SessionCounts, type SessionTraffic } from './counts.ts';
import { nothingAt, SessionFinder, type LoadedSession } from './record/session-finder.ts';
import { endOf, keepSeconds } from './record/lifetime.ts';
import { SessionList } from './list/session-list.ts';
import { LossWatch } from './loss-watch.ts';
import { KnownSessions, type Losses } from './record/known-sessions.ts';
import type { ConflictRule } from './merge.ts';
import { idIn } from './record/record.ts';
import type { EncodedData, Header, SessionRecord } from './record/record-format.ts';
import { SessionRecords, type RecordsOptions } from './record/records.ts';
import { roundTrip, type RoundTrip } from './round-trip.ts';
import { Session, type Origin } from './session.ts';
import { nameIn } from './record/user-label.ts';
import { SessionWriter, type SessionSettings, type WritingOptions, type Written } from './session-writer.ts';

/** A session began, or was ended before its time. */
export interface SessionNews {
  readonly event: 'added' | 'ended';
  /** As lists name it; `null`: all sessions here, or all of the user. */
  readonly id: string | null;
  readonly user: string | null;
}

/** Whoever watches what is asked of the store, and which sessions are used: told at each request, and quick. */
export interface SessionWatch {
  answered(ms: number): void;
  /** The session with this key was found, or began. */
  used(key: string): void;
  /** It ended before its time, or moved to another key. */
  left(key: string): void;
}

interface ContainerOptions extends RecordsOptions, WritingOptions {
  /** Whoever listens. Of a session that expires nobody hears: the store drops it, or it is found to be over. */
  readonly onNews?: ((news: SessionNews) => void) | undefined;
  /** Remembers that the session with this key was ended by name. Times are milliseconds since 1970. */
  readonly noteEnded?: ((key: string, endedAt: number, until: number) => Promise<void>) | undefined;
  /** Told how long sessions live, in seconds, where whoever keeps them says so and not the settings. */
  readonly onLifetime?: ((seconds: number) => void) | undefined;
  /** Where to count; the container makes its own unless it is told. */
  readonly counts?: SessionCounts;
  readonly traffic?: SessionTraffic;
  readonly watch?: SessionWatch;
}

export const DEFAULT_SETTINGS: SessionSettings = {
  timeoutMinutes: 20,
  maxLifetimeMinutes: 0,
  resolutionSeconds: 20,
  maxBytes: 256 * 1024,
  onConflict: 'newest',
};

interface SaveOptions {
  /** Who made the request, for lists of sessions. */
  readonly origin?: Origin;
  /** A new browser id, for a session that is to rotate. */
  readonly moveTo?: string | undefined;
  /** The session is to outlast what ends all others of its user while the request is under way. */
  readonly outlasts?: boolean | undefined;
  /** The caller holds the turn. */
  readonly hasTurn?: boolean;
  /** The caller runs the request again after a ConflictError. Otherwise the settings say what a conflict leads to. */
  readonly mayRerun?: boolean;
}

/** What can be said of a session besides its data. Times are milliseconds since 1970. */
interface SessionFacts {
  readonly created: number;
  readonly lastAccess: number;
  /** When it ends if nobody uses it again; `null`: never. */
  readonly expires: number | null;
  /** What the record takes in the store, and what it may take. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** The servers that hold it, first place first; none where the store is process memory. */
  readonly places: readonly string[];
}

const NO_ORIGIN: Origin = { user: null, address: '', browser: '' };
/** A request that keeps others of the same session waiting longer than this loses its turn. */
const TURN_MS = 250;
const MAX_WAITING = 1_000;

/** Keeps sessions in a store, one record for each browser id. */
export class SessionContainer {
  /** All sessions here, for whoever looks after them. */
  readonly list: SessionList;
  readonly counts: SessionCounts;
  readonly traffic: SessionTraffic;
  readonly #options: ContainerOptions;
  readonly #records: SessionRecords;
  readonly #known: KnownSessions;
  readonly #finder: SessionFinder;
  readonly #writer: SessionWriter;
  readonly #lossWatch: LossWatch;
  readonly #turns = new Turns(TURN_MS, MAX_WAITING);

  constructor(options: ContainerOptions) {
    this.#options = options;
    this.counts = options.counts ?? newCounts();
    this.traffic = options.traffic ?? newTraffic();
    this.#records = new SessionRecords(options);
    this.#known = options.known ?? new KnownSessions();
    const onLost = () => (this.counts.lost += 1);
    this.#finder = new SessionFinder(this.#records, { ...options, known: this.#known, onLost });
    this.#writer = new SessionWriter(this.#records, this.#finder, options);
    this.#lossWatch = new LossWatch(options.store, this.#records, this.#finder);
    this.list = new SessionList(this.#records, this.#finder, options);
  }

  /**
   * The same sessions, of which their data say how long they are good: those of other frameworks. They are kept so many
   * minutes (`undefined`: as here), and none that is there counts as idle.
   */
  withTimeoutsIn(minutesIn: (entries: EncodedData) => number | undefined): SessionContainer {
    const { settings, onLifetime, clock } = this.#options;
    const timeoutOf = (entries: EncodedData): number => {
      const timeoutMinutes = minutesIn(entries);
      if (timeoutMinutes === undefined) return settings().timeoutMinutes;
      const now = clock();
      onLifetime?.(keepSeconds(now, { ...settings(), timeoutMinutes }, now));
      return timeoutMinutes;
    };
    return new SessionContainer({
      ...this.#options,
      counts: this.counts,
      traffic: this.traffic,
      known: this.#known,
      settings: () => ({ ...settings(), timeoutMinutes: 0 }),
      timeoutOf,
    });
  }

  /** As they are set now. */
  get settings(): SessionSettings {
    return this.#options.settings();
  }

  /** Asks every server of the store now; none where it is process memory. */
  servers(): Promise<readonly ServerStatus[]> {
    return this.#options.store.servers();
  }

  /** Whether no server of the store is to be had, as far as that is known without asking. */
  get isDown(): boolean {
    return this.#options.store.isDown === true;
  }

  /**
   * How many of the sessions that this process knows are lost: counted when a request looks for one, and, once a server was
   * restarted or out of reach, in the background for whoever asks here.
   */
  watchLosses(): Losses {
    this.#lossWatch.watch();
    return this.#finder.losses();
  }

  /** How many sessions this process read or wrote that could still live: no server is asked. */
  get seen(): number {
    return this.#finder.knownKeys().length;
  }

  /** Whether the session with this key is among the lost ones. */
  wasLost(key: string): boolean {
    return this.#finder.wasLost(key);
  }

  /** How full the store is, where it is this process's memory. */
  get memory(): MemoryUse | undefined {
    return this.#options.store.memory;
  }

  /**
   * One request's copy of the browser's session, new and empty if there is none. `undefined`: the browser id was ended or
   * rotated away, and the browser needs another.
   */
  async load(browserId: string): Promise<Session | undefined> {
    this.counts.reads += 1;
    const loaded = await this.#counted(() => this.#finder.find(browserId));
    if (loaded?.header) this.#options.watch?.used(loaded.key);
    return loaded === undefined ? undefined : new Session(loaded, this.#options.clock());
  }

  /** A session for a browser id that was made just now: nothing can be stored for it, so nothing is asked. */
  begin(browserId: string): Session {
    return new Session(nothingAt(this.#records.empty(browserId)), this.#options.clock());
  }

  /** A new session in place of one that was ended: only for ids that somebody else chooses, and may choose again. */
  async beginAgain(browserId: string): Promise<Session | undefined> {
    const slot = await this.#records.read(browserId);
    const isThere = slot.record !== undefined && this.#finder.isLive(slot.seal.key, slot.record);
    return isThere ? this.load(browserId) : new Session(nothingAt(slot), this.#options.clock());
  }

  /**
   * Brings a request's changes to the store; without changes, that the session was used, if it is time to say so. Gives
   * what it takes to take a change back; `undefined` where nothing changed, or the session was ended meanwhile. A key
   * that another request changed too throws ConflictError, unless the settings say otherwise.
   */
  async save(session: Session, options: SaveOptions = {}): Promise<Written | undefined> {
    const loaded = Session.basisOf(session) as LoadedSession;
    const changes = session.changes();
    const isMoving = session.isRotating && options.moveTo !== undefined;
    if (session.isValid && changes.size === 0 && !isMoving) {
      if (this.#writer.isTouchDue(loaded)) await this.touch(session);
      return undefined;
    }
    const release =
      options.hasTurn === true ? undefined : (this.#turns.tryTake(loaded.key) ?? (await this.#wait(loaded.key)));
    try {
      if (!session.isValid) return await this.#counted(() => this.#writer.end(loaded));
      const rule: ConflictRule = options.mayRerun === true ? 'rerun' : this.#options.settings().onConflict;
      const { origin = NO_ORIGIN, outlasts = false } = options;
      const write = { base: loaded, changes, origin, rule, outlasts };
      const written = await this.#counted(() =>
        isMoving ? this.#writer.move(write, options.moveTo!) : this.#writer.write(write),
      );
      if (written !== undefined) countWrite(this.counts, write, written);
      return written;
    } finally {
      release?.();
    }
  }

  /** Says now that a session was used, also where it is not yet time to, and whether that was stored. */
  async touch(session: Session): Promise<boolean> {
    const loaded = Session.basisOf(session) as LoadedSession;
    const release = this.#turns.tryTake(loaded.key);
    if (release === undefined) return false;
    try {
      const isStored = await this.#counted(() => this.#writer.touch(loaded));
      if (isStored) this.counts.touches += 1;
      return isStored;
    } finally {
      release();
    }
  }

  /** Puts back what was there before a write, as far as nobody has changed it since. */
  async undo(written: Written): Promise<void> {
    await this.#writer.undo(written);
  }

  /**
   * Ends the session with this key, whoever is using it and whatever its record looks like. Gives its header, with nobody
   * as its user where that cannot be read; `undefined` where there is no session.
   */
  async endKey(key: string): Promise<Header | undefined> {
    const ended = await this.#writer.endKey(key);
    if (ended === undefined) return undefined;
    await this.#noteEnded(key, ended);
    this.#options.watch?.left(key);
    this.#tell({ event: 'ended', id: idIn(key), user: nameIn(ended.user) });
    return ended;
  }

  /** Ends the session of a browser id while the store is out of reach: whatever it still has is not believed. */
  noteEnded(browserId: string): Promise<void> {
    return this.#noteEnded(this.keyOf(browserId));
  }

  /** Tells whoever listens what a write began or ended, once nothing can take it back. `user`: who made the request. */
  announce(written: Written | undefined, user: string | null): void {
    if (written === undefined) return;
    const { before, after, movedTo } = written;
    const wasThere = before.header !== null;
    const isThere = after !== null || movedTo !== null;
    const key = movedTo === null ? before.key : this.keyOf(movedTo);
    if (wasThere && (!isThere || movedTo !== null)) this.#options.watch?.left(before.key);
    if (isThere && (!wasThere || movedTo !== null)) this.#options.watch?.used(key);
    if (wasThere === isThere) return;
    const id = idIn(key);
    this.#tell({ event: isThere ? 'added' : 'ended', id, user: nameIn(before.header?.user ?? user) });
  }

  /** Whoever loads, changes and saves while holding the turn is disturbed by nobody else in this process. */
  async turn(browserId: string): Promise<Release> {
    return this.#wait(this.keyOf(browserId));
  }

  /** Whether what is written to the store can be read there, with the lifetime of a session that began now. */
  roundTrip(): Promise<RoundTrip> {
    const now = this.#options.clock();
    return roundTrip(this.#options.store, keepSeconds(now, this.settings, now), this.#options.clock);
  }

  /** The store's key for the session of a browser id. */
  keyOf(browserId: string): string {
    return this.#records.keyOf(browserId);
  }

  /** What the keys of all sessions here begin with. */
  get keyPrefix(): string {
    return this.#records.prefix;
  }

  /** The record that a store's key has, without decoding its data; `undefined` where it cannot be opened. */
  peek(key: string, value: Buffer): SessionRecord | undefined {
    const record = this.#records.peek(key, value);
    return record instanceof Problem ? undefined : record;
  }

  /** Whether a request that only read it writes that it was used. */
  isTouchDue(session: Session): boolean {
    return this.#writer.isTouchDue(Session.basisOf(session) as LoadedSession);
  }

  /** The session as it is stored now, wherever it moved; `undefined` where it ended. */
  async reload(session: Session): Promise<Session | undefined> {
    return this.load(Session.basisOf(session).browserId);
  }

  /** As of when the session was loaded; `undefined` for one that was not stored then. */
  factsOf(session: Session): SessionFacts | undefined {
    const { header, key, slot } = Session.basisOf(session) as LoadedSession;
    if (header === null) return undefined;
    const { maxBytes, ...lifetime } = this.#options.settings();
    return {
      created: header.created,
      lastAccess: header.lastAccess,
      expires: endOf(header, lifetime, this.#options.clock()),
      bytes: slot.bytes,
      maxBytes,
      places: this.#options.store.placesOf(key),
    };
  }

  /** Counts a read or write of the store, how long it took, and what became of it. */
  async #counted<Result>(operation: () => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    let isFailed = false;
    try {
      return await operation();
    } catch (error) {
      isFailed = countFailure(this.counts, error);
      throw error;
    } finally {
      const tookMs = performance.now() - begun;
      this.traffic.operations.note(tookMs, isFailed);
      if (!isFailed) this.#options.watch?.answered(tookMs);
    }
  }

  async #wait(key: string): Promise<Release> {
    const release = await this.#turns.take(key);
    if (release === undefined)
      throw new Unavailable('Too many requests of this session are waiting. Try again.', { audience: 'anybody' });
    return release;
  }

  async #noteEnded(key: string, { created, keptUntil } = { created: 0, keptUntil: 0 }): Promise<void> {
    const now = this.#options.clock();
    const until = now + keepSeconds(now, this.settings, now) * 1_000;
    await this.#options.noteEnded?.(key, Math.max(now, created), Math.max(until, keptUntil));
  }

  #tell(news: SessionNews): void {
    this.counts[news.event === 'added' ? 'begun' : 'ended'] += 1;
    this.#options.onNews?.(news);
  }
}
